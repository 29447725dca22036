"""提醒: what a citizen asked to be told one day, when it may ring, and the doors it goes through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from bot.core.clock import SHANGHAI
from bot.core.push import CitizenId

QUERY = "reminders"
"""The Need that lists the reminders of the citizen who asks."""
MOST = 20
"""Reminders one citizen may have planned."""
USUAL_HOUR = time(9)
QUIET_UNTIL = time(8)
QUIET_FROM = time(21)
"""免打扰: nobody is rung between these."""


class ReminderState(StrEnum):
    PLANNED = "planned"
    RUNG = "rung"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One planned reminder. due: the day it is about. ring_at: when it is said."""

    id: int
    kind: str
    due: date
    before: int
    ring_at: datetime
    text: str


def ring_at(due: date, before: int) -> datetime:
    """When a reminder rings that is wanted so many days before a day."""
    return datetime.combine(due - timedelta(days=before), USUAL_HOUR, SHANGHAI)


def is_quiet(at: datetime) -> bool:
    """Whether nobody may be rung now."""
    return not QUIET_UNTIL <= at.astimezone(SHANGHAI).time() < QUIET_FROM


def not_before(at: datetime) -> datetime:
    """When what is due now may go out by itself: at once, at night in the morning."""
    if not is_quiet(at):
        return at
    local = at.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, SHANGHAI)


class Reminders(Protocol):
    """Reminders in long memory, the truth. They are made and cancelled by effects. All raise RecordsDown."""

    async def of(self, citizen: CitizenId) -> Sequence[Reminder]:
        """The planned reminders of a citizen, the next one first."""
        ...

    async def planned(self, until: datetime) -> Sequence[tuple[int, datetime]]:
        """Id and time of every planned reminder that rings until then."""
        ...

    async def ring(self, reminder: int, now: datetime, send_at: datetime) -> bool:
        """PLANNED ⇒ RUNG, with its outbox row in the same transaction; False when it was not planned or not due.

        send_at: when it goes out; later than now, the row rests until then, or until the citizen's next message.
        """
        ...


class Schedule(Protocol):
    """What rings soon, shared by all workers; may be lost, and is filled again from long memory. All raise MindDown."""

    async def add(self, items: Iterable[tuple[int, datetime]]) -> None:
        """Reminders and their times; those that are there already stay as they are."""
        ...

    async def claim(self, now: datetime, lease_s: float, limit: int) -> Sequence[int]:
        """Take due reminders for this worker; who does not drop them within the lease leaves them to others."""
        ...

    async def drop(self, reminder: int) -> None:
        """It rang, or need not."""
        ...
