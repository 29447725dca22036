"""The emulator's time: the machine's, moved by an offset."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """A clock with a settable offset; the bot's own movable clock fits, so that both can share one."""

    offset: timedelta

    def now(self) -> datetime:
        """The present moment in Asia/Shanghai."""
        ...


class SimClock:
    """The machine's clock plus an offset."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The present moment in Asia/Shanghai."""
        return datetime.now(SHANGHAI) + self.offset


def move(clock: Clock, by: timedelta) -> None:
    """Move the clock forward (or back, when by is negative)."""
    clock.offset = clock.offset + by
