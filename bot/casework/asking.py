"""转人工: a citizen asks for a person — what he is told, and what the officer will need to know."""

from __future__ import annotations

from bot.casework.duty import USUAL, next_opening, on_duty, promise
from bot.core.desk import Asked, State
from bot.core.effect import AskPerson
from bot.core.turn import Turn
from kb.search import search

QUEUED = "已为您转接人工，请稍候，工作人员会在这个对话里回复您。等候时可以接着问，我先尽力回答。"
QUEUED_BEHIND = "已为您转接人工，前面还有{number}位，请稍候，"
QUEUED_ALREADY = "您已经在等候人工了，您说的话工作人员都能看到，请再稍等一会儿。等候时可以接着问我。"
NOTED_ALREADY = "您的问题已经记下，工作人员上班后会看到并回复您；您现在补充的内容也会一并记下。"
IN_DANGER = "有人受伤或情况危险，请直接拨打120、122。"
ASKED = "市民要求人工"
MISSED_TWICE = "连续两次没有答上"

SUBJECTS = frozenset({"entry", "procedure", "close", "none", "urgent", "dialog"})
"""Kinds of targets in which a matter was named."""
MATCHES = 5
"""Candidates kept of each earlier question."""


def ask_person(turn: Turn) -> tuple[str, AskPerson | None]:
    """What to say now; and the wish itself, None when the citizen waits already."""
    if turn.session.desk is not None:
        return _safely(QUEUED_ALREADY if turn.session.desk is State.WAITING else NOTED_ALREADY), None
    hours = turn.hours or USUAL
    reason = MISSED_TWICE if turn.session.misses > 1 else ASKED
    if on_duty(hours, turn.now):
        return _safely(QUEUED), AskPerson(reason, asked_before(turn))
    promised = next_opening(hours, turn.now)
    ask = AskPerson(reason, asked_before(turn), off_duty=True, promised_at=promised)
    return _safely(promise(promised, turn.now, asked=_asked(turn))), ask


def with_place(text: str, ahead: int) -> str:
    """The same, saying how many wait before him."""
    return text.replace("已为您转接人工，请稍候，", QUEUED_BEHIND.format(number=ahead)) if ahead else text


def asked_before(turn: Turn) -> tuple[Asked, ...]:
    """The last turns as an officer needs them: what was asked, what was opened, what matched."""
    day, release = turn.now.date(), turn.release
    return tuple(
        Asked(
            exchange.said,
            exchange.target,
            tuple((one.id, round(one.score, 4)) for one in search(release, exchange.said, day, MATCHES).candidates),
        )
        for exchange in turn.session.recent
        if exchange.said
    )


def _asked(turn: Turn) -> bool:
    """Whether anything was said that an officer could answer."""
    return any(one.said and one.target.partition(":")[0] in SUBJECTS for one in turn.session.recent)


def _safely(text: str) -> str:
    return f"{text}\n{IN_DANGER}"
