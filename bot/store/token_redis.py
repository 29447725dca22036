"""The access token in Redis, shared by all workers: a TokenBox as bot.wechat.token means it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.core.clock import SHANGHAI
from bot.core.errors import MindDown

TOKEN_KEY = "xinxin:{wechat-token}:token"  # noqa: S105 — a name, not a secret
LOCK_KEY = "xinxin:{wechat-token}:lock"
"""The same hash tag, so that both live on one node of a cluster."""

AWAY = (RedisError, OSError, TimeoutError)
ANSWER_S = 0.5
KEPT_S = 7200
"""No token lives longer. Not its own end: that is told by our clock, which may differ from the server's."""


class RedisTokenBox:
    """One account's token under two keys, with the lock that makes one worker its refresher."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self) -> tuple[str, datetime] | None:
        """The token and when it ends. Raises MindDown."""
        try:
            raw = await self._redis.get(TOKEN_KEY)
        except AWAY as error:
            raise MindDown("token") from error
        if raw is None:
            return None
        _, token, expires_at = json.loads(raw)
        return token, datetime.fromtimestamp(expires_at, SHANGHAI)

    async def lock(self, seconds: float) -> bool:
        """Become the refresher; the lock ends by itself. Raises MindDown."""
        try:
            return bool(await self._redis.set(LOCK_KEY, "1", nx=True, px=int(seconds * 1000)))
        except AWAY as error:
            raise MindDown("token") from error

    async def put(self, token: str, expires_at: datetime) -> None:
        """Keep the token and give the lock back, in one step. Raises MindDown."""
        kept = json.dumps([1, token, int(expires_at.timestamp())])
        try:
            async with self._redis.pipeline(transaction=True) as both:
                both.set(TOKEN_KEY, kept, ex=KEPT_S)
                both.delete(LOCK_KEY)
                await both.execute()
        except AWAY as error:
            raise MindDown("token") from error


@asynccontextmanager
async def open_token_box(redis_url: str) -> AsyncIterator[RedisTokenBox]:
    """A box with a connection of its own, closed at the end."""
    redis: Redis = Redis.from_url(
        redis_url,
        socket_timeout=ANSWER_S,
        socket_connect_timeout=ANSWER_S,
        # Else redis-py reads its own version from the disk, inside the loop, for every connection.
        driver_info=None,
    )
    try:
        yield RedisTokenBox(redis)
    finally:
        await redis.aclose()
