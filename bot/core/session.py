"""What we remember of one citizen between two turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.desk import State
from bot.core.push import CitizenId
from bot.core.reply import Choice, Target, Text

VERSION = 1


class Floor(StrEnum):
    """Who speaks: the bot, or an officer who took over. The SQL row is the truth; this is a copy."""

    BOT = "bot"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One past turn, for context. said is masked."""

    said: str
    target: Target
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Everything a rule may know about the conversation so far.

    citizen: the surrogate id, empty while SQL could not give one.
    offers: what the last reply offered, in the order of the numbers shown.
    rest: pages of the last reply not shown yet («更多»).
    node: the menu node the citizen stands in, empty outside the menu; resumed after a question.
    recent: the last exchanges, oldest first, at most five.
    misses: questions in a row that found no answer.
    desk: the state of the open conversation with a person, None without one; a copy like the floor.
    """

    citizen: CitizenId = CitizenId("")
    offers: tuple[Choice, ...] = ()
    rest: tuple[Text, ...] = ()
    node: Target = Target("")
    recent: tuple[Exchange, ...] = ()
    floor: Floor = Floor.BOT
    misses: int = 0
    desk: State | None = None


EMPTY = Session()


def with_desk(session: Session, state: State | None) -> Session:
    """The session with a fresh copy of the floor."""
    floor = Floor.OFFICER if state is State.SERVED else Floor.BOT
    return replace(session, floor=floor, desk=state)
