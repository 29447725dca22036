"""reminders: ring what is due, once. SQL is the truth, the schedule says what is due soon, the outbox delivers."""

from __future__ import annotations

from datetime import timedelta

from bot.core.clock import Clock
from bot.core.reminders import Reminders, Schedule, is_quiet

LEASE_S = 60.0
BATCH = 100
AHEAD = timedelta(hours=1)
"""The schedule holds what rings within this."""
FILL_EVERY = timedelta(seconds=30)
"""How soon a lost schedule is there again, and a reminder for the next minutes is in it."""


class Ringing:
    """Rings due reminders. One per worker; they are claimed, so many workers may run it."""

    def __init__(self, reminders: Reminders, schedule: Schedule, clock: Clock) -> None:
        self._reminders = reminders
        self._schedule = schedule
        self._clock = clock
        self._fill_again = clock.now()

    async def work(self) -> int:
        """Fill the schedule when it is time, ring what is due; returns how many rang. Raises StoreDown."""
        now = self._clock.now()
        if now >= self._fill_again:
            await self._schedule.add(await self._reminders.planned(now + AHEAD))
            self._fill_again = now + FILL_EVERY
        if is_quiet(now):
            return 0
        rang = 0
        for reminder in await self._schedule.claim(now, LEASE_S, BATCH):
            rang += await self._reminders.ring(reminder, now)
            await self._schedule.drop(reminder)
        return rang
