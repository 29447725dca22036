"""交接: which act is allowed in which state, and what comes of it. Pure: one writer at a time, whoever acts.

(none) ── ask ──▶ WAITING on duty, REQUEST off duty ── take ──▶ SERVED ── hand back ──▶ RETURNED
                   WAITING ── time out ──▶ REQUEST                 ├── end ──▶ ENDED
                                                                   └── time out ──▶ RETURNED
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.casework.duty import next_opening, promise
from bot.core.desk import Change, Conversation, Hours, State, Who, Words
from bot.core.reply import Text

SILENCE = timedelta(minutes=10)
"""An officer who says nothing for this long gives the floor back."""
PATIENCE = timedelta(minutes=15)
"""A citizen who waited this long is promised a time instead."""

TAKEN_LINE = "工作人员已接入，正在看您的问题，请稍候。"
BACK_LINE = "工作人员已把对话交回给我。我是欣欣，您可以接着问；还需要工作人员，请回复“人工”。"
END_LINE = "本次人工服务已结束，感谢您的等待。我是欣欣，有问题可以接着问我。"
LEFT_LINE = "工作人员暂时没有回应，对话先交回给我。我是欣欣，您可以接着问；还需要工作人员，请回复“人工”。"


SIGNED = "【工作人员】"
"""Before what an officer writes: his words come in the same white bubble as the robot's."""


class Kind(StrEnum):
    """What may be done to a conversation."""

    TAKE = "take"
    WRITE = "write"
    HAND_BACK = "back"
    END = "end"
    TIME_OUT = "timeout"


class Refused(StrEnum):
    """Why an act is not allowed."""

    TAKEN = "taken"
    """Another officer has the floor."""
    NOT_YOURS = "not yours"
    """Nobody has it, or it is over: take it first."""
    EMPTY = "empty"
    """There are no words."""
    NOT_DUE = "not due"
    """It is not time."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act. key: the same when it is repeated. officer, name: who acts, empty for the clock."""

    key: str
    kind: Kind
    officer: str = ""
    name: str = ""
    text: str = ""


def decide(before: Conversation, act: Act, hours: Sequence[Hours], now: datetime) -> Change | Refused:
    """What comes of an act now."""
    if act.kind is Kind.TIME_OUT:
        return _timed_out(before, hours, now)
    if before.state is State.SERVED and before.officer != act.officer:
        return Refused.TAKEN
    if act.kind is Kind.TAKE:
        return _taken(before, act)
    if before.state is not State.SERVED:
        return Refused.NOT_YOURS
    match act.kind:
        case Kind.WRITE if not act.text.strip():
            return Refused.EMPTY
        case Kind.WRITE:
            text = act.text.strip()
            return _served(act, Words(Who.OFFICER, text, reply=Text(SIGNED + text)))
        case Kind.HAND_BACK:
            return Change(State.RETURNED, act.officer, act.name, (Words(Who.SYSTEM, BACK_LINE),))
        case Kind.END:
            return Change(State.ENDED, act.officer, act.name, (Words(Who.SYSTEM, END_LINE),))


def is_due(one: Conversation, now: datetime) -> bool:
    """Whether nobody did what should have been done by now."""
    match one.state:
        case State.SERVED:
            return (one.word_at or one.since) + SILENCE <= now
        case State.WAITING:
            return one.since + PATIENCE <= now
        case State.REQUEST | State.RETURNED | State.ENDED:
            return False


def _taken(before: Conversation, act: Act) -> Change | Refused:
    match before.state:
        case State.WAITING | State.REQUEST:
            return _served(act, Words(Who.SYSTEM, TAKEN_LINE))
        case State.SERVED:
            return _served(act)
        case State.RETURNED | State.ENDED:
            return Refused.NOT_YOURS


def _served(act: Act, *words: Words) -> Change:
    return Change(State.SERVED, act.officer, act.name, words)


def _timed_out(before: Conversation, hours: Sequence[Hours], now: datetime) -> Change | Refused:
    if not is_due(before, now):
        return Refused.NOT_DUE
    if before.state is State.SERVED:
        return Change(State.RETURNED, before.officer, before.name, (Words(Who.SYSTEM, LEFT_LINE),))
    promised = next_opening(hours, now)
    return Change(State.REQUEST, words=(Words(Who.SYSTEM, promise_late(promised, now)),), promised_at=promised)


def promise_late(promised: datetime | None, now: datetime) -> str:
    """What a citizen is told who waited and was not taken."""
    return "让您久等了，工作人员都在忙。" + promise(promised, now).removeprefix("现在不在人工值班时间，")
