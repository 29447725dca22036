"""What rings soon, in Redis: a sorted set by time, claimed with a lease; and the diary of the ticks.

A claimed reminder stays in the set with the end of its lease as its time: a worker that dies leaves it to the others.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisError

from bot.core.errors import MindDown
from bot.store.codec import stamp
from bot.store.keys import SCHEDULE, TICKS
from bot.store.open import CLUSTER, OPTIONS

AWAY = (RedisError, OSError, TimeoutError)
ANSWER_S = 1.0

CLAIM = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do
  redis.call('ZADD', KEYS[1], ARGV[2], member)
end
return due
"""
"""Now, the end of the lease, how many ⇒ the members that are ours until then."""


class RedisSchedule:
    """A Schedule and a diary that all workers share."""

    def __init__(self, redis: Redis | RedisCluster) -> None:
        self._redis: Any = redis

    async def add(self, items: Iterable[tuple[int, datetime]]) -> None:
        scores = {str(number): stamp(at) for number, at in items}
        if scores:
            await self._do("zadd", SCHEDULE, scores, nx=True)

    async def claim(self, now: datetime, lease_s: float, limit: int) -> Sequence[int]:
        until = stamp(now + timedelta(seconds=lease_s))
        return [int(member) for member in await self._do("eval", CLAIM, 1, SCHEDULE, stamp(now), until, limit)]

    async def drop(self, reminder: int) -> None:
        await self._do("zrem", SCHEDULE, str(reminder))

    async def note(self, tick: str, line: Mapping[str, str]) -> None:
        """Write down that a tick ran. Raises MindDown."""
        await self._do("hset", TICKS, tick, json.dumps(line, ensure_ascii=False))

    async def notes(self) -> dict[str, dict[str, str]]:
        """The last run of every tick, by its name. Raises MindDown."""
        kept = await self._do("hgetall", TICKS)
        return {name.decode(): json.loads(line) for name, line in kept.items()}

    async def _do(self, command: str, *given: Any, **more: Any) -> Any:
        try:
            return await getattr(self._redis, command)(*given, **more)
        except AWAY as error:
            raise MindDown("schedule") from error


@asynccontextmanager
async def open_schedule(url: str) -> AsyncIterator[RedisSchedule]:
    """The schedule at a Redis address, with a connection of its own."""
    options = {**OPTIONS, "socket_timeout": ANSWER_S}
    redis: Redis | RedisCluster
    if url.startswith(CLUSTER):
        redis = RedisCluster.from_url("redis://" + url.removeprefix(CLUSTER), **options)
    else:
        redis = Redis.from_url(url, **options)
    try:
        yield RedisSchedule(redis)
    finally:
        await redis.aclose()
