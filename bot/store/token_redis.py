"""The access token in Redis, shared by all workers: a TokenBox as bot.wechat.token means it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisError

from bot.core.clock import SHANGHAI
from bot.core.errors import MindDown
from bot.store.keys import TOKEN, TOKEN_LOCK
from bot.store.open import CLUSTER

AWAY = (RedisError, OSError, TimeoutError)
ANSWER_S = 0.5
KEPT_S = 7200
"""No token lives longer. Not its own end: that is told by our clock, which may differ from the server's."""


class RedisTokenBox:
    """One account's token under two keys, with the lock that makes one worker its refresher."""

    def __init__(self, redis: Redis | RedisCluster) -> None:
        self._redis = redis

    async def get(self) -> tuple[str, datetime] | None:
        """The token and when it ends. Raises MindDown."""
        try:
            raw = await self._redis.get(TOKEN)
        except AWAY as error:
            raise MindDown("token") from error
        if raw is None:
            return None
        _, token, expires_at = json.loads(raw)
        return token, datetime.fromtimestamp(expires_at, SHANGHAI)

    async def lock(self, seconds: float) -> bool:
        """Become the refresher; the lock ends by itself. Raises MindDown."""
        try:
            return bool(await self._redis.set(TOKEN_LOCK, "1", nx=True, px=int(seconds * 1000)))
        except AWAY as error:
            raise MindDown("token") from error

    async def put(self, token: str, expires_at: datetime) -> None:
        """Keep the token and give the lock back, in one step. Raises MindDown."""
        kept = json.dumps([1, token, int(expires_at.timestamp())])
        try:
            async with self._redis.pipeline(transaction=True) as both:
                both.set(TOKEN, kept, ex=KEPT_S)
                both.delete(TOKEN_LOCK)
                await both.execute()
        except AWAY as error:
            raise MindDown("token") from error


@asynccontextmanager
async def open_token_box(redis_url: str) -> AsyncIterator[RedisTokenBox]:
    """A box with a connection of its own, closed at the end."""
    redis = _client(redis_url)
    try:
        yield RedisTokenBox(redis)
    finally:
        await redis.aclose()


def _client(url: str) -> Redis | RedisCluster:
    if url.startswith(CLUSTER):
        plain = "redis://" + url.removeprefix(CLUSTER)
        return RedisCluster.from_url(plain, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S)
    # driver_info: else redis-py reads its own version from the disk, inside the loop, for every connection.
    return Redis.from_url(url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, driver_info=None)
