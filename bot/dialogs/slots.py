"""Reading a slot: words ⇒ a value, a doubt, or a no. Only a value is kept; the others let the words go on to search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.dialogs.days import Maybe, NoSuchDay, arabic, find_day, said_day
from bot.dialogs.schema import Option, Slot
from kb.text import folded
from kb.when import Value as Plain

YES = frozenset(
    "是 是的 对 对的 对对 对啊 是啊 有 有的 要 会 嗯 嗯嗯 好 好的 可以 行 没错 确认 yes y ok".split()  # noqa: SIM905 — a list of words
)
NO = frozenset(
    (
        "不是",
        "不是的",
        "不",
        "不要",
        "不用",
        "不会",
        "不对",
        "没有",
        "没有的",
        "没",
        "还没",
        "还没有",
        "否",
        "无",
        "no",
        "n",
    )
)
SKIP = frozenset(("跳过", "不填", "略过"))
SURE_OF_NOTHING = frozenset(
    ("不清楚", "不知道", "不确定", "忘了", "忘记了", "记不清", "记不清了", "不记得", "不记得了", "说不清")
)
UNSURE = "unsure"
SKIPPED = "skipped"
ASKS = re.compile("[?？吗么呢]|怎|什么|啥|多少|哪|如何|能不能|可不可以|要不要|是不是|为什么|几")
SHORT = 12
AGE = re.compile(r"(?<!\d)(\d{1,3})(?!\d)\s*(?:周?岁)?")
AGED = re.compile(r"(?<!\d)(\d{1,3})\s*周?岁")
EXPIRY = re.compile("到期|过期|期满|有效期|截止")


@dataclass(frozen=True, slots=True)
class Value:
    """Understood, in the form in which a frame keeps it."""

    value: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Half understood. pending: what the frame keeps until it is settled. ask: the question that settles it."""

    pending: str
    ask: str


@dataclass(frozen=True, slots=True)
class No:
    """Not understood. reason: what was wrong, where one can say it; may be empty."""

    reason: str = ""


Read = Value | Doubt | No


def read(slot: Slot, text: str, today: date, pending: str = "") -> Read:
    """What these words say to this slot. pending: what an earlier Doubt left."""
    word = folded(text)
    if not word:
        return No()
    if option := _named(slot, word):
        return Value(option.value)
    if slot.optional and word in SKIP:
        return Value(SKIPPED)
    if pending and word in YES and len(pending) == len("2027-03-05"):
        return Value(pending)
    match slot.kind:
        case "date":
            return _read_day(word, today, pending)
        case "number":
            return _read_number(slot, word)
        case "yesno":
            return _read_yes(word)
        case "choice":
            return _read_choice(slot, word)


def spot(slot: Slot, text: str, today: date) -> Value | None:
    """A value for a slot that nobody asked for, only where the words leave no room for another meaning."""
    word = folded(text)
    match slot.kind:
        case "date":
            day = find_day(word, today) if EXPIRY.search(word) else None
            return Value(day.isoformat()) if isinstance(day, date) else None
        case "number":
            aged = AGED.search(arabic(word))
            return Value(aged[1]) if aged and slot.least <= int(aged[1]) <= slot.most else None
        case "choice":
            found = _within(slot, word)
            return Value(found.value) if found else None
        case "yesno":
            return None


def asks(text: str) -> bool:
    """Whether the words ask rather than tell."""
    return ASKS.search(folded(text)) is not None


def settling(pending: str) -> str:
    """The question that settles a doubt."""
    if len(pending) == len("2027-03"):
        return f"{pending[:4]}年{int(pending[5:])}月的哪一天？回复几号就行。"
    return f"您说的是{said_day(date.fromisoformat(pending))}吗？是就回复“是”，不是请写全年月日。"


def tells_end(text: str) -> bool:
    """Whether the words are about the end of a validity."""
    return EXPIRY.search(folded(text)) is not None


def is_yes_or_no(text: str) -> bool:
    """Whether the words only agree or refuse."""
    return folded(text) in YES | NO


def still_fits(slot: Slot, value: str) -> bool:
    """Whether a value kept earlier is one of this slot as it is now."""
    if slot.option(value) or (slot.optional and value == SKIPPED):
        return True
    match slot.kind:
        case "date":
            return isinstance(plain(slot, value), date)
        case "number":
            return value.isdigit() and slot.least <= int(value) <= slot.most
        case "yesno":
            return value in ("yes", "no", UNSURE)
        case "choice":
            return False


def plain(slot: Slot, value: str) -> Plain:
    """A kept value as kb.when compares it: a date, a number, or the word itself."""
    if slot.kind == "number" and value.isdigit():
        return int(value)
    if slot.kind == "date":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def shown(slot: Slot, value: str) -> str:
    """A kept value as we say it back."""
    if option := slot.option(value):
        return option.say
    kept = plain(slot, value)
    if isinstance(kept, date):
        return said_day(kept)
    return {"yes": "是", "no": "否", UNSURE: "不确定", SKIPPED: "未填"}.get(value, value)


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────


def _named(slot: Slot, word: str) -> Option | None:
    if word in SURE_OF_NOTHING:
        return slot.option(UNSURE)
    return next((one for one in slot.options if word in map(folded, (one.say, *one.also))), None)


def _within(slot: Slot, word: str) -> Option | None:
    """The one option whose words stand in a sentence; None when there are several or none."""
    found = [one for one in slot.options if any(_stands_in(folded(own), word) for own in (one.say, *one.also))]
    return found[0] if len(found) == 1 else None


def _stands_in(own: str, word: str) -> bool:
    """Whether an option's own words are part of others; 6年 is no part of 2026年, nor c1 of c10."""
    return len(own) > 1 and re.search(f"(?<![0-9a-z]){re.escape(own)}(?![0-9])", word) is not None


def _read_day(word: str, today: date, pending: str) -> Read:
    month = (int(pending[:4]), int(pending[5:7])) if len(pending) == len("2027-03") else None
    match find_day(word, today, month):
        case NoSuchDay(text=text):
            return No(f"日历上没有{text}。")
        case date() as day if asks(word):
            return _doubt(day.isoformat())
        case date() as day:
            return Value(day.isoformat())
        case Maybe(day=date() as day):
            return _doubt(day.isoformat())
        case Maybe(month=(year, number)):
            return _doubt(f"{year}-{number:02}")
        case _:
            return No()


def _doubt(pending: str) -> Doubt:
    return Doubt(pending, settling(pending))


def _read_number(slot: Slot, word: str) -> Read:
    found = AGE.findall(arabic(word))
    if len(found) != 1 or asks(word) or len(word) > SHORT:
        return No()
    if not slot.least <= int(found[0]) <= slot.most:
        return No(f"这里填{slot.least}到{slot.most}之间的数字。")
    return Value(str(int(found[0])))


def _read_yes(word: str) -> Read:
    if word in YES:
        return Value("yes")
    if word in NO:
        return Value("no")
    return Value(UNSURE) if word in SURE_OF_NOTHING else No()


def _read_choice(slot: Slot, word: str) -> Read:
    option = None if asks(word) or len(word) > 2 * SHORT else _within(slot, word)
    return Value(option.value) if option else No()
