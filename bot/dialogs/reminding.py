"""Setting, listing and cancelling reminders: what is said, and the effect that makes it so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.core.effect import CancelReminder, Effect, Remind
from bot.core.push import Channel
from bot.core.reminders import MOST, Reminder, ring_at
from bot.core.reply import Choice, Target, Text
from bot.core.turn import Turn, Unavailable
from bot.dialogs.days import said_day
from bot.dialogs.forms import FORMS
from bot.dialogs.services import renewal

LIST = Target("reminders")
MINE = Choice("我的提醒", "我的提醒", LIST)
FARTHEST_DAYS = 366 * 12
TOO_LATE = "这个提醒的时间已经过了，没有设。可以重新算一次换证时间。"
AWAY = "现在读不到您的提醒，稍后回复“我的提醒”再试；已经设好的不受影响。"
NONE = "您现在没有提醒。算出换证时间以后，可以点“提醒我”来设。"
HOW = {
    Channel.WECHAT: (
        "到时候在微信里告诉您；如果那天之前的48小时里您没来过，微信不允许我主动发，我会在您下次来时第一句就说。"
    ),
    Channel.CHAT: "网页不能主动发消息，到时候您再打开这个对话，我第一句就告诉您。",
}
WISHED = re.compile(
    r"(?:换证提醒[：:]|.{1,20}提醒我（)([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日到期[，,]提前([0-9]{1,3})天）?"
)
UNKNOWN = Text("")
WORDS = {"renewal": renewal.reminder_text}
"""What a reminder of each kind says."""

Done = tuple[Text, tuple[Effect, ...]]


def set_reminder(rest: str, turn: Turn) -> Done | None:
    """rest: KIND/DUE/BEFORE. None when it is no such thing: targets come from outside.

    UNKNOWN while those that are planned are not known: nothing may be confirmed that would not be kept.
    """
    kind, _, rest = rest.partition("/")
    due_text, _, before_text = rest.partition("/")
    wording = WORDS.get(kind)
    try:
        due = date.fromisoformat(due_text)
    except ValueError:
        return None
    if wording is None or not before_text.isascii() or not before_text.isdigit() or len(before_text) > 3:
        return None
    before = int(before_text)
    if not 0 <= (due - turn.now.date()).days <= FARTHEST_DAYS or ring_at(due, before) <= turn.now:
        return Text(TOO_LATE, (Choice(FORMS[kind].label, FORMS[kind].label, Target(f"dialog:{kind}")),)), ()
    known = turn.known.get(LIST)
    if known is None:
        return UNKNOWN, ()
    if not isinstance(known, Sequence):
        return Text(AWAY, (MINE,)), ()
    planned = [one for one in known if isinstance(one, Reminder)]
    day = said_day(ring_at(due, before).date())
    if any((one.kind, one.due, one.before) == (kind, due, before) for one in planned):
        return Text(f"这条提醒已经设好了，{day}上午9点。{HOW[turn.push.channel]}", (MINE,)), ()
    if len(planned) >= MOST:
        return Text(f"您已经有{MOST}条提醒了，请先取消用不着的。", (MINE,)), ()
    text = f"好的，{day}上午9点提醒您换证。{HOW[turn.push.channel]}"
    return Text(text, (MINE,)), (Remind(kind, due, before, wording(due, before)),)


def wished(said: str) -> Target | None:
    """The reminder a tap asks for, also one in an old message: its words say which."""
    found = WISHED.fullmatch(said.strip())
    if found is None:
        return None
    year, month, day, before = map(int, found.groups())
    return Target(f"remind:{renewal.KIND}/{year:04}-{month:02}-{day:02}/{before}")


def list_reminders(turn: Turn) -> Text | None:
    """The citizen's reminders with a way to cancel each; None while they are not known."""
    known = turn.known.get(LIST)
    match known:
        case None:
            return None
        case Unavailable():
            return Text(AWAY, (MINE,))
        case Sequence():
            planned = [one for one in known if isinstance(one, Reminder)]
            return _listed(planned) if planned else Text(NONE, tuple(_openers(turn)))
        case _:
            return Text(AWAY, (MINE,))


def cancel_reminder(rest: str) -> Done | None:
    """rest: the id. Whose it is, the store looks."""
    if not rest.isascii() or not rest.isdigit() or len(rest) > 15:
        return None
    return Text("好的，这条提醒取消了。", (MINE,)), (CancelReminder(int(rest)),)


def _listed(planned: Sequence[Reminder]) -> Text:
    lines = [f"第{n}条 {said_day(one.ring_at.date())}：{_about(one)}" for n, one in enumerate(planned[:MOST], 1)]
    choices = tuple(
        Choice(f"取消第{n}条", f"取消第{n}条提醒", Target(f"unremind:{one.id}"))
        for n, one in enumerate(planned[:MOST], 1)
    )
    return Text("您的提醒：\n" + "\n".join(lines), choices)


def _about(one: Reminder) -> str:
    return f"{'换证' if one.kind == renewal.KIND else '办理'}（{said_day(one.due)}到期）"


def _openers(turn: Turn) -> list[Choice]:
    """What leads to a reminder, but for what is under way already."""
    is_open = {frame.form for frame in turn.session.frames if frame.asked}
    forms = [form for form in FORMS.values() if form.id not in is_open]
    return [Choice(form.label, form.label, Target(f"dialog:{form.id}")) for form in forms]
