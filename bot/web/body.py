"""The body of a request: whole, within a limit of size, and within a limit of time."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

BODY_S = 10.0
"""Who sends a few kilobytes for longer than this only keeps a connection busy."""

BROKEN = (HttpProcessingError, web.RequestPayloadError)
"""What aiohttp throws at a body that is not compressed or cut as announced."""


class BadBody(Exception):
    """The body is too long, comes too slowly or is not what its headers say.

    reason: a short word for the counter and the log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def whole_body(request: web.Request, most_bytes: int) -> bytes:
    """All of the body, refused before it is read whole when it is too long. Raises BadBody."""
    if (request.content_length or 0) > most_bytes:
        raise BadBody("too long")
    body = b""
    if request.content.is_eof() and not request.content.exception():  # all of it came with its head
        body = request.content.read_nowait()
        if len(body) <= most_bytes:
            return body
    try:
        async with asyncio.timeout(BODY_S):
            while not request.content.at_eof() and len(body) <= most_bytes:
                body += await request.content.read(most_bytes + 1 - len(body))
    except TimeoutError:
        raise BadBody("too slow") from None
    except BROKEN:
        raise BadBody("broken") from None
    if len(body) > most_bytes:
        raise BadBody("too long")
    return body
