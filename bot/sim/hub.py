"""Live news for the open phone pages, one queue a page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

QUEUED = 500


@dataclass(frozen=True, slots=True)
class News:
    """One server-sent event. name: bubble, typing, user, menu, wire or world."""

    name: str
    data: object


Queue: TypeAlias = "asyncio.Queue[News | None]"
"""None ends the stream."""


class Hub:
    """Who listens to which user."""

    def __init__(self) -> None:
        self._queues: dict[Queue, str] = {}

    @contextmanager
    def listen(self, openid: str) -> Iterator[Queue]:
        """A queue of this user's news and of everybody's, for as long as the block runs."""
        queue: Queue = asyncio.Queue(QUEUED)
        self._queues[queue] = openid
        try:
            yield queue
        finally:
            self._queues.pop(queue, None)

    def tell(self, openid: str, name: str, data: object) -> None:
        """News for one user's pages."""
        for queue, listener in list(self._queues.items()):
            if listener == openid:
                self._put(queue, News(name, data))

    def tell_all(self, name: str, data: object) -> None:
        """News for every page."""
        for queue in list(self._queues):
            self._put(queue, News(name, data))

    def close(self) -> None:
        """End every stream: open pages must not hold up the end of the server."""
        for queue in list(self._queues):
            self._put(queue, None)

    def _put(self, queue: Queue, news: News | None) -> None:
        if queue.full():  # A page that does not read any more; it starts again from the state when it returns.
            queue.get_nowait()
        queue.put_nowait(news)
