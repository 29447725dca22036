"""reminders: ring what is due, once. SQL is the truth, the schedule says what is due soon, the outbox delivers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.core.clock import Clock, Pause
from bot.core.reminders import Reminders, Schedule, is_quiet, not_before

LEASE_S = 60.0
BATCH = 100
AHEAD = timedelta(hours=1)
"""The schedule holds what rings within this."""
FILL_EVERY = timedelta(seconds=30)
"""How soon a lost schedule is there again, and a reminder for the next minutes is in it."""

Flag = Callable[[], Awaitable[object]]
"""Sets the «words are waiting» flags: Outbox.rebuild."""


class Ringing:
    """Rings due reminders. One per worker; they are claimed, so many workers may run it.

    At night it rings, too, but nothing goes out before the morning: who writes meanwhile is not disturbed by it.
    """

    def __init__(self, reminders: Reminders, schedule: Schedule, clock: Clock, flag: Flag) -> None:
        self._reminders = reminders
        self._schedule = schedule
        self._clock = clock
        self._flag = flag
        self._between_fills = Pause(clock, FILL_EVERY)

    async def work(self) -> int:
        """Fill the schedule when it is time, ring what is due; returns how many rang. Raises StoreDown."""
        now = self._clock.now()
        if self._between_fills.is_over():
            await self._schedule.add(await self._reminders.planned(now + AHEAD))
            self._between_fills.begin()
        rang = 0
        for reminder in await self._schedule.claim(now, LEASE_S, BATCH):
            rang += await self._reminders.ring(reminder, now, not_before(now))
            await self._schedule.drop(reminder)
        if rang and is_quiet(now):
            await self._flag()
        return rang
