"""The bell: every worker hears it, and whoever may have missed it is told to look."""

from __future__ import annotations

import asyncio

import pytest
import redis

from bot.core.bell import Bell
from bot.store.bell import MemoryBell, RedisBell, open_bell

PATIENCE_S = 10.0


async def heard(queue: asyncio.Queue[str]) -> str:
    """The next note that says anything."""
    async with asyncio.timeout(PATIENCE_S):
        while not (note := await queue.get()):
            pass
    return note


async def subscribed(queue: asyncio.Queue[str]) -> None:
    """The empty note that comes with the connection."""
    assert await asyncio.wait_for(queue.get(), PATIENCE_S) == ""


async def test_all_listeners_of_a_topic_hear_a_note_and_others_do_not() -> None:
    bell: Bell = MemoryBell()
    with bell.listen("desk") as first, bell.listen("desk") as second, bell.listen("release") as other:
        await bell.ring("desk", "7")
        assert (await heard(first), await heard(second)) == ("7", "7")
        assert other.empty()


async def test_who_is_too_slow_keeps_the_newest_notes() -> None:
    bell = MemoryBell()
    with bell.listen("desk") as queue:
        for number in range(250):
            await bell.ring("desk", str(number))
        assert queue.get_nowait() == "150"


@pytest.fixture(params=["redis_url", "cluster_url"])
def bell_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


async def test_another_worker_hears_it(bell_url: str) -> None:
    async with open_bell(bell_url) as here, open_bell(bell_url) as there:
        with there.listen("desk") as queue:
            await subscribed(queue)
            await here.ring("desk", "7")
            assert await heard(queue) == "7"


async def test_after_a_lost_connection_everybody_looks(redis_url: str) -> None:
    async with open_bell(redis_url) as bell:
        with bell.listen("desk") as queue:
            await subscribed(queue)
            with redis.Redis.from_url(redis_url, driver_info=None) as client:
                client.client_kill_filter(_type="pubsub")
            await subscribed(queue)
            await bell.ring("desk", "again")
            assert await heard(queue) == "again"


async def test_a_server_that_is_away_costs_nobody_an_error() -> None:
    async with open_bell("redis://127.0.0.1:9") as bell:
        assert isinstance(bell, RedisBell)
        with bell.listen("desk") as queue:
            await bell.ring("desk", "7")
            assert await heard(queue) == "7"
