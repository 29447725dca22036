"""The bell: tells every worker that something changed, at once. It may be missed, so whoever listens also looks."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from typing import Protocol


class Bell(Protocol):
    """Notes between workers, by topic. A note is a hint to look, never the thing itself."""

    async def ring(self, topic: str, note: str = "") -> None:
        """Tell all who listen to this topic, in every worker. Never raises: who misses it looks by himself.

        topic: letters, digits, «:» and «-». note: short, no personal datum.
        """
        ...

    def listen(self, topic: str) -> AbstractContextManager[asyncio.Queue[str]]:
        """The notes of a topic from now on. An empty one may come at any time: something may have been missed."""
        ...
