"""Server-sent events: a stream that looks when the bell rings, and now and then by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from bot.core.errors import StoreDown
from bot.web.keys import BELL, CHAT

Look = Callable[[], Awaitable[bytes | None]]
"""What the listener does not know yet, as events; empty when there is nothing; None ends the stream."""
BEAT = b": beat\n\n"


async def stream(request: web.Request, topic: str, look: Look, every_s: float) -> web.StreamResponse:
    """Events until the browser goes or the process ends."""
    closing = request.app[CHAT].closing
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    with request.app[BELL].listen(topic) as notes:
        await response.prepare(request)
        await response.write(b": ready\n\n")
        ends = asyncio.create_task(closing.wait())
        try:
            while not closing.is_set():
                try:
                    seen = await look()
                except StoreDown:
                    seen = b""
                if seen is None:
                    break
                await response.write(seen or BEAT)
                await _note(notes, ends, every_s)
        finally:
            ends.cancel()
    return response


def event(data: str, name: str = "", key: str = "") -> bytes:
    """One event. data: one line."""
    head = (f"id: {key}\n" if key else "") + (f"event: {name}\n" if name else "")
    return f"{head}data: {data}\n\n".encode("utf-8", "replace")


async def _note(notes: asyncio.Queue[str], ends: asyncio.Task[bool], within_s: float) -> None:
    """Wait for a note, the end, or so many seconds; notes that came together count once."""
    note = asyncio.create_task(notes.get())
    await asyncio.wait({note, ends}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    note.cancel()
    with suppress(asyncio.QueueEmpty):
        while True:
            notes.get_nowait()
