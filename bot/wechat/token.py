"""access_token: one for all workers, fetched by one of them (wechat-platform §6)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.clock import Clock
from bot.core.errors import StoreDown
from bot.core.platform import Later
from bot.wechat.limits import TOKEN_EARLY_S, TOKEN_LOCK_S

WAIT_STEP_S = 0.05
WAIT_STEPS = 60
"""How long one waits for another refresher: 3 s."""

STORE_AWAY_S = 5.0
NO_CODE = 0
"""Where the trouble is ours and no code of the platform says it."""


class TokenBox(Protocol):
    """Where the token lies, shared by all workers. All raise StoreDown."""

    async def get(self) -> tuple[str, datetime] | None:
        """The token and when it ends, or None."""
        ...

    async def lock(self, seconds: float) -> bool:
        """Become the one refresher; False when another is. Ends with put, or by itself after so many seconds."""
        ...

    async def put(self, token: str, expires_at: datetime) -> None:
        """Keep a new token and give the lock back."""
        ...


class MemoryTokenBox:
    """A box for one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: tuple[str, datetime] | None = None
        self._locked_until: datetime | None = None

    async def get(self) -> tuple[str, datetime] | None:
        return self._kept

    async def lock(self, seconds: float) -> bool:
        now = self._clock.now()
        if self._locked_until is not None and now < self._locked_until:
            return False
        self._locked_until = now + timedelta(seconds=seconds)
        return True

    async def put(self, token: str, expires_at: datetime) -> None:
        self._kept = (token, expires_at)
        self._locked_until = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as the platform gave it. life_s: seconds it has left."""

    token: str = field(repr=False)
    life_s: int


Fetch = Callable[[], Awaitable[Issued | Later]]


class Tokens:
    """Hands out the token; renews it before its end, and when the platform says it is bad."""

    def __init__(self, box: TokenBox, fetch: Fetch, clock: Clock) -> None:
        self._box = box
        self._fetch = fetch
        self._clock = clock

    async def current(self) -> str | Later:
        """A token that should work, or Later when none can be had now."""
        try:
            return await self._current()
        except StoreDown:
            return Later(NO_CODE, STORE_AWAY_S)

    async def instead_of(self, bad: str) -> str | Later:
        """Another token than this one, which the platform refused: the one in the box if it changed, else a new one."""
        try:
            kept = await self._changed(bad)
            return kept[0] if kept else await self._renewed(bad)
        except StoreDown:
            return Later(NO_CODE, STORE_AWAY_S)

    async def _current(self) -> str | Later:
        kept = await self._box.get()
        now = self._clock.now()
        if kept is None or now >= kept[1]:
            return await self._renewed("")
        if now < kept[1] - timedelta(seconds=TOKEN_EARLY_S) or not await self._box.lock(TOKEN_LOCK_S):
            return kept[0]
        renewed = await self._fetched()
        # Still good for some minutes: the next call tries again.
        return kept[0] if isinstance(renewed, Later) else renewed

    async def _renewed(self, bad: str) -> str | Later:
        """Fetch one under the lock, or wait for whoever does."""
        for _ in range(WAIT_STEPS):
            if await self._box.lock(TOKEN_LOCK_S):
                return await self._fetched_under_lock(bad)
            await asyncio.sleep(WAIT_STEP_S)
            if kept := await self._changed(bad):
                return kept[0]
        return Later(NO_CODE, TOKEN_LOCK_S)

    async def _fetched_under_lock(self, bad: str) -> str | Later:
        if kept := await self._changed(bad):  # between our look and our lock
            await self._box.put(*kept)
            return kept[0]
        return await self._fetched()

    async def _changed(self, bad: str) -> tuple[str, datetime] | None:
        """What the box holds if it is another token and has not ended."""
        kept = await self._box.get()
        return kept if kept and kept[0] != bad and self._clock.now() < kept[1] else None

    async def _fetched(self) -> str | Later:
        """A failure leaves the lock to end by itself, so that nobody asks the platform again at once."""
        issued = await self._fetch()
        if isinstance(issued, Later):
            return issued
        await self._box.put(issued.token, self._clock.now() + timedelta(seconds=issued.life_s))
        return issued.token
