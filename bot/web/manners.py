"""What holds for every request: headers on each answer, and an end for what nobody expected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from traceback import extract_tb

import structlog
from aiohttp import web

from bot.web.keys import METRICS

log = structlog.get_logger()

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # An address may hold a session; other sites need not know where their visitor came from.
    "Referrer-Policy": "no-referrer",
    # Of what is not a page or its file, nothing may be kept by a browser or a proxy.
    "Cache-Control": "no-store",
}
SERVER = "xinxin"
"""Instead of the versions of what we are made of, which aiohttp tells."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """On every answer, unless the route said otherwise; for on_response_prepare."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = SERVER


@web.middleware
async def caught(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A failure nobody expected: counted, logged without a word of the request, and answered 503.

    One of the three places that catch everything. The platform and the chat page send the same again.
    """
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001 — every door of the house, as above
        request.app[METRICS].errors.labels("web").inc()
        route = request.match_info.route.resource
        # Where it failed, not what it said: an exception may carry a citizen's words.
        log.error("request_failed", route=route and route.canonical, error=type(error).__name__, at=place(error))
        return web.Response(status=503)


def place(error: BaseException) -> list[str]:
    """The calls that led to an exception, without any value."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
