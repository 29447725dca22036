"""换证窗口: when a driving licence may be renewed, what comes after its end, what to bring.

Every number is a row of the figures of the release, told with its article; where one is not in force nothing is
reckoned from it.
Source: 公安部令第162号 第六十三条, 第六十四条, 第六十五条, 第七十条, 第七十三条, 第七十五条, 第七十九条.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.reminders import ring_at
from bot.core.reply import Choice, Target, Text
from bot.dialogs.days import plus_years, said_day
from kb.answer import UNVERIFIED, fact_text, place_facts
from kb.model import Fact, ProcedureId
from kb.release import Release

LEAD, GRACE, REVIVAL, LATE_DELAY, LONGEST_DELAY = "F-B04-01", "F-B04-05", "F-B07-06", "F-B07-04", "F-B07-05"
TESTED_AGE, CHECKED_AGE, LARGE_AGE, LIGHT_AGE = "F-B07-03", "F-B06-01", "F-E04-05", "F-B06-01"
RENEWING, DELAY, BY_AGE = ProcedureId("PR-B04-01"), ProcedureId("PR-B07-02"), ProcedureId("PR-B06-01")
RECOVERY = ProcedureId("PR-B07-03")
KIND = "renewal"
BEFORE_END = 30
"""Days before the end at which a reminder is offered while the window is open: a habit of ours, no rule."""
AGAIN = Choice("重新算一次", "重新算换证时间", Target("dialog:renewal"))
NOT_SO = "算得不对？直接说“不对，是……”。"


@dataclass(frozen=True, slots=True)
class Book:
    """The figures on a day, and which of them were used."""

    release: Release
    today: date
    used: dict[str, Fact]

    def number(self, key: str) -> int | None:
        """A figure as a number; None when it is not in force or was never verified."""
        fact = self.release.fact(key, self.today)
        if fact is None or fact.verified == "unverified" or not isinstance(fact.value, int):
            return None
        self.used[key] = fact
        return fact.value

    def rules(self) -> str:
        """What was used, below each law and the day since when: article, figure. Empty when nothing was."""
        by_law: dict[str, list[str]] = {}
        for fact in self.used.values():
            law = self.release.laws.get(fact.law)
            head = f"{f'《{law.short}》' if law else fact.law}（{said_day(fact.applies_from)}起）"
            by_law.setdefault(head, []).append(f"· {fact.article}：{fact.of}，{fact_text(fact)}")
        return "\n".join(f"依据{law}：\n" + "\n".join(lines) for law, lines in by_law.items())


def reckon(values: Mapping[str, str], release: Release, today: date) -> Text:
    """The result of a full form."""
    book = Book(release, today, {})
    if "long" in (values.get("expiry"), values.get("term")):
        return Text(_long(book), (*_ways(release, BY_AGE), AGAIN), tail=NOT_SO)
    expiry = _expiry(values, book)
    if expiry is None:
        return Text(f"这一项的期限{UNVERIFIED}。", (*_ways(release, RENEWING), AGAIN))
    text, next_ = _stage(expiry, values, book)
    parts = [text, *_extra(values, book), _things(next_[0], values, release, today)]
    parts += [_assumed(values), book.rules()]
    by_age = (BY_AGE,) if {LARGE_AGE, LIGHT_AGE} & book.used.keys() else ()
    offers = (*_remind_offers(expiry, book), *_ways(release, *next_, *by_age), AGAIN)
    return Text("\n".join(filter(None, parts)), offers, tail=NOT_SO)


def reminder_text(due: date, before: int) -> str:
    """What a reminder will say."""
    lead = "今天起可以申请换证了" if before > BEFORE_END else f"还有{before}天" if before else "今天是最后一天"
    return (
        f"【换证提醒】您让我提醒的驾驶证，有效期到{said_day(due)}，{lead}。"
        "先处理完违法和事故，再带材料办理；规定如有调整，以最新公布为准。回复“期满换证”看材料和步骤。"
    )


# ── the stages ────────────────────────────────────────────────────────────────────────────────────────────


def _expiry(values: Mapping[str, str], book: Book) -> date | None:
    if values["expiry"] != "unsure":
        return date.fromisoformat(values["expiry"])
    years = book.number(values["term"])
    return plus_years(date.fromisoformat(values["issued"]), years) if years is not None else None


def _stage(expiry: date, values: Mapping[str, str], book: Book) -> tuple[str, tuple[ProcedureId, ...]]:
    """What holds today, and the procedures that fit."""
    lead, grace = book.number(LEAD), book.number(GRACE)
    if lead is None or grace is None:
        return f"换证时间{UNVERIFIED}。", (RENEWING,)
    opens, ends = expiry - timedelta(days=lead), plus_years(expiry, grace)
    if values.get("place") == "away" and book.today < ends:
        return _away(opens, expiry, book), (DELAY, RENEWING)
    if book.today < opens:
        days = (opens - book.today).days
        return (
            f"【还没到时间】您可以在{said_day(opens)}到{said_day(expiry)}之间换证，还有{days}天开始。",
            (RENEWING,),
        )
    if book.today <= expiry:
        left = (expiry - book.today).days
        rest = f"还剩{left}天" if left else "今天是最后一天"
        return f"【现在就能办】{said_day(opens)}到{said_day(expiry)}都可以换证，{rest}。", (RENEWING,)
    if book.today < ends:
        return (
            f"【已经过期，还能换】驾驶证{said_day(expiry)}到期，换到新证前请不要开车。"
            f"请在{said_day(ends)}之前换证：超过有效期{grace}年以上没换的会被注销。",
            (RENEWING,),
        )
    return _cancelled(expiry, ends, book), (RECOVERY,)


def _away(opens: date, expiry: date, book: Book) -> str:
    """服役, 出国（境）: the delay."""
    late, longest = book.number(LATE_DELAY), book.number(LONGEST_DELAY)
    if late is None or longest is None:
        return f"延期办理的期限{UNVERIFIED}。"
    return (
        f"【可以申请延期】本来的换证时间是{said_day(opens)}到{said_day(expiry)}。人在境外、在部队等赶不回来的，"
        f"可以在有效期内或者{said_day(plus_years(expiry, late))}之前，向核发地车管所申请延期，最长{longest}年；"
        "延期期间不能开车。"
    )


def _cancelled(expiry: date, ends: date, book: Book) -> str:
    grace, revival = book.number(GRACE), book.number(REVIVAL)
    if revival is None:
        return f"【过期太久】驾驶证{said_day(expiry)}到期，已达{grace}年以上，应当注销；怎么恢复{UNVERIFIED}。"
    until = plus_years(ends, revival)
    book.used.pop(LEAD, None)
    first = f"【过期太久】驾驶证{said_day(expiry)}到期，超过有效期{grace}年以上没换证，会被注销，请不要开车。"
    if book.today <= until:
        return (
            f"{first}注销没超过{revival}年的，参加道路交通安全法律、法规和相关知识考试（科目一）合格后可以恢复。"
            f"按满{grace}年当天注销推算，是到{said_day(until)}；注销日期以系统登记为准。"
        )
    return f"{first}按满{grace}年当天注销推算，注销已超过{revival}年，不能只考科目一恢复，要重新申请；以窗口核对为准。"


def _long(book: Book) -> str:
    checked = book.number(CHECKED_AGE)
    year = f"满{checked}周岁以后，要每年体检并提交身体条件证明。" if checked is not None else ""
    said = f"【不用期满换证】长期有效的驾驶证没有到期日。{year}信息变了或者证损坏了，还是要换。"
    return "\n".join(filter(None, (said, book.rules())))


# ── what comes with it ────────────────────────────────────────────────────────────────────────────────────


def _extra(values: Mapping[str, str], book: Book) -> Iterator[str]:
    if values.get("place") == "elsewhere":
        yield "在核发地以外办，要同时办转入换证，原驾驶证由车管所收回。"
    age = int(values.get("age", 0))
    tested, vehicle = book.number(TESTED_AGE) if age else None, values.get("vehicle")
    if tested is None or age < tested:
        book.used.pop(TESTED_AGE, None)
    else:
        yield f"年满{tested}周岁：审验时要做记忆力、判断力、反应力等能力测试。"
    limit_key = {"large": LARGE_AGE, "light": LIGHT_AGE}.get(vehicle or "")
    limit = book.number(limit_key) if limit_key else None
    if limit_key and limit is not None and age >= limit:
        yield f"年满{limit}周岁持这类准驾车型：请看“到龄换证”，期满换证时一并问清；没有核准延长的，不得再驾驶这类车。"
    elif limit_key:
        book.used.pop(limit_key, None)


def _things(key: ProcedureId, values: Mapping[str, str], release: Release, today: date) -> str:
    """Materials and ways, as the procedure tells them; those of a recovery depend on more than we asked."""
    procedure = release.procedures.get(key)
    if procedure is None or key == RECOVERY:
        return ""
    elsewhere = values.get("place") == "elsewhere"
    wanted = [one for one in procedure.materials if elsewhere or "核发地以外" not in one.when]
    free = {one.name: f"（{one.exempt_if}的免交）" for one in wanted if one.exempt_if}
    names = "；".join(f"{one.name}{free.get(one.name, '')}" for one in wanted)
    ways = "；".join(f"{one.kind}：{one.how}" for one in procedure.channels if one.available != "no")
    first = "先处理完违法和事故。" if key == RENEWING else ""
    return place_facts(release, f"要带：{names}。{first}\n渠道：{ways}。", today)


def _assumed(values: Mapping[str, str]) -> str:
    if values["expiry"] == "unsure":
        return "到期日是按您说的起始日和有效期推算的，以驾驶证和交管12123上的为准。"
    return "按您说的到期日推算，我看不到您的驾驶证，以证上和交管12123上的为准。"


def _ways(release: Release, *keys: ProcedureId) -> Iterator[Choice]:
    for key in keys:
        if procedure := release.procedures.get(key):
            say = f"流程：{procedure.title}"
            yield Choice(say, say, Target(f"procedure:{key}"))


def _remind_offers(expiry: date, book: Book) -> Iterator[Choice]:
    """A reminder on the first day of the window, else some time before its end, where that lies ahead."""
    lead = book.number(LEAD)
    offers = [] if lead is None else [(lead, "能换的第一天提醒我")]
    offers.append((BEFORE_END, f"到期前{BEFORE_END}天提醒我"))
    for before, label in offers:
        if ring_at(expiry, before).date() > book.today:
            say = f"{label}（{said_day(expiry)}到期，提前{before}天）"
            yield Choice(label, say, Target(f"remind:{KIND}/{expiry.isoformat()}/{before}"))
