"""Calls a day and a minute, by address. Source: wechat-platform.md §6."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.sim.clock import Clock
from bot.sim.codes import ApiError

A_DAY: Mapping[str, int] = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
}
A_MINUTE: Mapping[str, int] = {"/cgi-bin/stable_token": 10_000}
CLEARS_A_MONTH = 10


class Quotas:
    """Counts calls on the emulator's clock."""

    def __init__(self, clock: Clock, a_day: Mapping[str, int] = A_DAY, a_minute: Mapping[str, int] = A_MINUTE) -> None:
        self._clock = clock
        self._a_day = a_day
        self._a_minute = a_minute
        self._counts: Counter[tuple[str, str]] = Counter()
        self._clears: Counter[str] = Counter()

    def count(self, path: str) -> None:
        """Count a call. Raises ApiError: 45009 over the day's quota, 45011 over the minute's."""
        now = self._clock.now()
        self._count_one(path, f"{now:%Y-%m-%d}", self._a_day, 45009)
        self._count_one(path, f"{now:%Y-%m-%d %H:%M}", self._a_minute, 45011)

    def clear(self) -> None:
        """Forget all counts. Raises ApiError 48006 after ten times a month."""
        month = f"{self._clock.now():%Y-%m}"
        if self._clears[month] >= CLEARS_A_MONTH:
            raise ApiError(48006)
        self._clears[month] += 1
        self._counts.clear()

    def _count_one(self, path: str, period: str, limits: Mapping[str, int], code: int) -> None:
        if path not in limits:
            return
        if self._counts[path, period] >= limits[path]:
            raise ApiError(code)
        self._counts[path, period] += 1
