"""What we remember of one citizen between two turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.core.desk import State
from bot.core.push import CitizenId, PushKey
from bot.core.reply import Choice, Target, Text

VERSION = 1


class Floor(StrEnum):
    """Who speaks: the bot, or an officer who took over. The SQL row is the truth; this is a copy."""

    BOT = "bot"
    OFFICER = "officer"


class Exchange(NamedTuple):
    """One past turn, for context. said is masked."""

    said: str
    target: Target
    at: datetime


Values = tuple[tuple[str, str], ...]
"""Slots and their values in the order in which they were filled. A date stands as 2027-03-05."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One dialog in progress.

    form: its id. fingerprint: of the form it was begun with. values: what was said so far. asked: the slot that is
    open; empty once the dialog came to its end, which one turn may still correct. doubt: what was half understood
    (2027-03, or a day to be confirmed). failures: misses at the open slot. at: when it was last touched. past: values
    before each step, oldest first, to go back to.
    """

    form: str
    fingerprint: str
    asked: str
    at: datetime
    values: Values = ()
    doubt: str = ""
    failures: int = 0
    past: tuple[Values, ...] = ()


@dataclass(frozen=True, slots=True)
class Rateable:
    """The last answer from the knowledge base: what «有用» and «没用» are about.

    push_key: of the push it answered. vote: what the citizen said of it, 1 or -1; 0 nothing yet.
    """

    push_key: PushKey
    answer: Target
    version: str
    vote: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """Everything a rule may know about the conversation so far.

    citizen: the surrogate id, empty while SQL could not give one.
    offers: what the last reply offered, in the order of the numbers shown.
    rest: pages of the last reply not shown yet («更多»).
    node: the menu node the citizen stands in, empty outside the menu; resumed after a question.
    recent: the last exchanges, oldest first, at most five.
    misses: questions in a row that found no answer.
    rateable: the answer a vote is about.
    frames: dialogs in progress, the one that is asked last at the end.
    desk: the state of the open conversation with a person, None without one; a copy like the floor.
    """

    citizen: CitizenId = CitizenId("")
    offers: tuple[Choice, ...] = ()
    rest: tuple[Text, ...] = ()
    node: Target = Target("")
    recent: tuple[Exchange, ...] = ()
    floor: Floor = Floor.BOT
    misses: int = 0
    rateable: Rateable | None = None
    frames: tuple[Frame, ...] = ()
    desk: State | None = None


EMPTY = Session()


def with_desk(session: Session, state: State | None) -> Session:
    """The session with a fresh copy of the floor."""
    floor = Floor.OFFICER if state is State.SERVED else Floor.BOT
    return replace(session, floor=floor, desk=state)
