"""/wechat: where the platform verifies the address and pushes what citizens do."""

from __future__ import annotations

import time

import structlog
from aiohttp import web

from bot.core.errors import BadPush, StoreDown
from bot.core.push import Unknown
from bot.inbox import GaveUp
from bot.web.body import BadBody, whole_body
from bot.web.keys import DOOR, INBOX, METRICS
from bot.wechat.limits import BODY_BYTES
from bot.wechat.render import passive_xml

log = structlog.get_logger()


def routes() -> list[web.RouteDef]:
    return [web.get("/wechat", verify), web.post("/wechat", receive)]


async def verify(request: web.Request) -> web.Response:
    """The platform's check when the address is saved in its console."""
    try:
        echo = request.app[DOOR].verify(request.query)
    except BadPush as bad:
        return _refuse(request, bad)
    return web.Response(text=echo)


async def receive(request: web.Request) -> web.Response:
    """A push in; the passive reply, an empty answer or a refusal out."""
    begun = time.perf_counter()
    metrics = request.app[METRICS]
    door = request.app[DOOR]
    try:
        opened = door.open(request.query, await _body(request))
    except BadPush as bad:
        return _refuse(request, bad)
    if isinstance(opened.push.body, Unknown):
        log.info("unknown_push", kind=opened.push.body.kind)
    try:
        said = await request.app[INBOX].answer(opened.push)
    except (StoreDown, GaveUp) as away:
        # Not dropped: the platform sends the push again, and by then the store or another worker may answer.
        metrics.pushes("wechat", "again").inc()
        log.warning("push_again", reason=type(away).__name__)
        return web.Response(status=503)
    xml = passive_xml(opened.push, said.replies, said.at) if said else None
    metrics.pushes("wechat", "answered" if xml else "silent").inc()
    metrics.latency("wechat").observe(time.perf_counter() - begun)
    return web.Response(body=door.seal(opened, xml), content_type="text/xml" if xml else "text/plain")


async def _body(request: web.Request) -> bytes:
    try:
        return await whole_body(request, BODY_BYTES)
    except BadBody as bad:
        raise BadPush(400, bad.reason) from None


def _refuse(request: web.Request, bad: BadPush) -> web.Response:
    request.app[METRICS].refused.labels(bad.reason).inc()
    log.info("refused_push", status=bad.status, reason=bad.reason)
    return web.Response(status=bad.status)
