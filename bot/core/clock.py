"""Time comes from a clock that is handed in, as an aware datetime in Asia/Shanghai."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that knows what time it is."""

    def now(self) -> datetime:
        """The present moment in Asia/Shanghai."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)


class MovableClock:
    """The machine's clock with an offset: demonstrations and tests move it, nothing else does."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(SHANGHAI) + self.offset


class Pause:
    """How long something rests after it was done. A clock that was set back ends the pause: who waits for a time that
    lies days ahead would wait for days."""

    def __init__(self, clock: Clock, length: timedelta) -> None:
        self._clock = clock
        self._length = length
        self._since: datetime | None = None

    def is_over(self) -> bool:
        """Whether it is time again; at first it is."""
        return self._since is None or not self._since <= self._clock.now() < self._since + self._length

    def begin(self) -> None:
        """It was done just now."""
        self._since = self._clock.now()


class FixedClock:
    """A clock that stands until it is told to move."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by
