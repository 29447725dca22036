"""The bell over Redis publish/subscribe, and its twin in memory.

One connection a worker listens to all topics and hands their notes to whoever waits in this process. When it was lost
and is there again, everybody gets an empty note, for something may have been missed.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.store.keys import BELL
from bot.store.open import CLUSTER, OPTIONS

log = structlog.get_logger()

AWAY = (RedisError, OSError, TimeoutError)
PAUSE_S = 0.5
LISTEN_S = 5.0
WAITING = 100
"""Notes kept for one listener; who is slower than this gets the oldest ones no more."""


class MemoryBell:
    """Notes within this process."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, set[asyncio.Queue[str]]] = defaultdict(set)

    async def ring(self, topic: str, note: str = "") -> None:
        self.hand_out(topic, note)

    @contextmanager
    def listen(self, topic: str) -> Iterator[asyncio.Queue[str]]:
        queue: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self._queues[topic].add(queue)
        try:
            yield queue
        finally:
            self._queues[topic].discard(queue)
            if not self._queues[topic]:
                del self._queues[topic]

    def hand_out(self, topic: str, note: str) -> None:
        """Give a note to the listeners of a topic in this process."""
        for queue in self._queues.get(topic, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(note)

    def hand_out_to_all(self) -> None:
        """Everybody should look."""
        for topic in list(self._queues):
            self.hand_out(topic, "")


class RedisBell(MemoryBell):
    """Notes between all workers that share a Redis."""

    def __init__(self, redis: Redis) -> None:
        super().__init__()
        self._redis = redis

    async def ring(self, topic: str, note: str = "") -> None:
        try:
            await self._redis.publish(f"{BELL}{topic}", note)
        except AWAY as error:
            log.warning("bell_away", reason=type(error).__name__)
            self.hand_out(topic, note)

    async def run(self) -> None:
        """Listen until cancelled, over every loss of the connection."""
        while True:
            try:
                async with self._redis.pubsub() as ears:
                    await ears.psubscribe(f"{BELL}*")
                    self.hand_out_to_all()
                    while True:
                        heard = await ears.get_message(ignore_subscribe_messages=True, timeout=LISTEN_S)
                        if heard:
                            self.hand_out(heard["channel"].decode().removeprefix(BELL), heard["data"].decode())
            except AWAY as error:
                log.warning("bell_away", reason=type(error).__name__)
                await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def open_bell(url: str) -> AsyncIterator[RedisBell]:
    """The bell of the workers at a Redis address; in a cluster any node passes a note on to all."""
    redis = Redis.from_url(url.replace(CLUSTER, "redis://"), **OPTIONS)
    bell = RedisBell(redis)
    listening = asyncio.create_task(bell.run(), name="bell")
    try:
        yield bell
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        await redis.aclose()
