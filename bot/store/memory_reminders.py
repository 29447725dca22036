"""Reminders and their schedule without SQL and Redis, for the terminal and for tests of rules."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.effect import Remind
from bot.core.push import CitizenId
from bot.core.reminders import MOST, Reminder, ReminderState, ring_at


@dataclass(slots=True)
class _Kept:
    citizen: CitizenId
    reminder: Reminder
    state: ReminderState = ReminderState.PLANNED


class MemoryReminders:
    """Reminders in this process. rung: those that rang, for tests."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}
        self._ids = itertools.count(1)
        self.rung: list[Reminder] = []

    async def of(self, citizen: CitizenId) -> Sequence[Reminder]:
        return sorted(self._planned_of(citizen), key=lambda one: one.ring_at)

    async def planned(self, until: datetime) -> Sequence[tuple[int, datetime]]:
        planned = (kept.reminder for kept in self._kept.values() if kept.state is ReminderState.PLANNED)
        return [(one.id, one.ring_at) for one in planned if one.ring_at <= until]

    async def ring(self, reminder: int, now: datetime, send_at: datetime) -> bool:
        kept = self._kept.get(reminder)
        if kept is None or kept.state is not ReminderState.PLANNED or kept.reminder.ring_at > now:
            return False
        kept.state = ReminderState.RUNG
        self.rung.append(kept.reminder)
        return True

    def plan(self, citizen: CitizenId, wish: Remind) -> None:
        """The effect Remind."""
        planned = self._planned_of(citizen)
        same = any((one.kind, one.due, one.before) == (wish.kind, wish.due, wish.before) for one in planned)
        if same or len(planned) >= MOST:
            return
        number = next(self._ids)
        at = ring_at(wish.due, wish.before)
        self._kept[number] = _Kept(citizen, Reminder(number, wish.kind, wish.due, wish.before, at, wish.text))

    def cancel(self, citizen: CitizenId, number: int) -> None:
        """The effect CancelReminder."""
        kept = self._kept.get(number)
        if kept and kept.citizen == citizen and kept.state is ReminderState.PLANNED:
            kept.state = ReminderState.CANCELLED

    def forget(self, citizen: CitizenId) -> None:
        """Part of the effect Forget."""
        self._kept = {number: kept for number, kept in self._kept.items() if kept.citizen != citizen}

    def _planned_of(self, citizen: CitizenId) -> list[Reminder]:
        his = (kept for kept in self._kept.values() if kept.citizen == citizen)
        return [kept.reminder for kept in his if kept.state is ReminderState.PLANNED]


class MemorySchedule:
    """A schedule in this process."""

    def __init__(self) -> None:
        self._at: dict[int, datetime] = {}

    async def add(self, items: Iterable[tuple[int, datetime]]) -> None:
        for number, at in items:
            self._at.setdefault(number, at)

    async def claim(self, now: datetime, lease_s: float, limit: int) -> Sequence[int]:
        due = sorted((at, number) for number, at in self._at.items() if at <= now)[:limit]
        for _, number in due:
            self._at[number] = now + timedelta(seconds=lease_s)
        return [number for _, number in due]

    async def drop(self, reminder: int) -> None:
        self._at.pop(reminder, None)
