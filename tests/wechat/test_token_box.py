"""The same box in memory and in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.clock import FixedClock
from bot.core.errors import MindDown
from bot.store.token_redis import open_token_box
from bot.wechat.token import MemoryTokenBox, TokenBox
from tests.wechat.wire import NOW

END = NOW + timedelta(hours=2)


@pytest.fixture(params=["memory", "redis"])
async def box(request: pytest.FixtureRequest) -> AsyncIterator[TokenBox]:
    if request.param == "memory":
        yield MemoryTokenBox(FixedClock(NOW))
        return
    async with open_token_box(request.getfixturevalue("redis_url")) as opened:
        yield opened


async def test_empty_box_holds_nothing(box: TokenBox) -> None:
    assert await box.get() is None


async def test_token_comes_out_as_it_went_in(box: TokenBox) -> None:
    await box.put("令牌-1", END)
    assert await box.get() == ("令牌-1", END)
    await box.put("令牌-2", END + timedelta(seconds=1))
    assert await box.get() == ("令牌-2", END + timedelta(seconds=1))


async def test_one_of_many_gets_the_lock(box: TokenBox) -> None:
    assert sorted(await asyncio.gather(*(box.lock(10) for _ in range(8)))) == [False] * 7 + [True]


async def test_put_gives_the_lock_back(box: TokenBox) -> None:
    await box.lock(10)
    await box.put("t", END)
    assert await box.lock(10)


async def test_lock_ends_by_itself_in_memory() -> None:
    clock = FixedClock(NOW)
    box = MemoryTokenBox(clock)
    await box.lock(10)
    clock.move(timedelta(seconds=10))
    assert await box.lock(10)


async def test_lock_ends_by_itself_in_redis(redis_url: str) -> None:
    async with open_token_box(redis_url) as box:
        assert await box.lock(0.05) and not await box.lock(0.05)
        await asyncio.sleep(0.08)
        assert await box.lock(0.05)


async def test_store_that_is_away_is_told_as_such() -> None:
    async with open_token_box("redis://127.0.0.1:9") as box:
        with pytest.raises(MindDown):
            await box.get()
        with pytest.raises(MindDown):
            await box.lock(1)
        with pytest.raises(MindDown):
            await box.put("t", END)
