"""/healthz, /readyz, /metrics: for the machines that watch this one."""

from __future__ import annotations

import asyncio
import hmac

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.core.errors import StoreDown
from bot.web.keys import CALLERS, LIBRARY, METRICS, MIND, RECORDS, SETTINGS, WORKER

PROBE_S = 2.0
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def routes() -> list[web.RouteDef]:
    return [web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)]


async def alive(_: web.Request) -> web.Response:
    """The process runs and its loop turns."""
    return web.json_response({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Whether whole service can be given: stores answer, a release is loaded. Never asks WeChat."""
    app = request.app
    stores = {"redis": app[MIND].ping(), "sql": app[RECORDS].ping()}
    results = await asyncio.gather(
        *(asyncio.wait_for(ping, PROBE_S) for ping in stores.values()), return_exceptions=True
    )
    state = {name: _word(result) for name, result in zip(stores, results, strict=True)}
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, StoreDown | TimeoutError):
            raise result
    well = all(word == "ok" for word in state.values())
    release = app[LIBRARY].current
    body = {
        "status": "ready" if well else "not ready",
        **state,
        "worker": app[WORKER],
        "release": release.id[:12],
        "entries": len(release.entries),
    }
    return web.json_response(body, status=200 if well else 503)


async def metrics(request: web.Request) -> web.Response:
    """Prometheus text: with the bearer token when one is set, else only for this machine."""
    token = request.app[SETTINGS].metrics_token.get_secret_value()
    if token:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(errors="replace"), f"Bearer {token}".encode()):
            raise web.HTTPForbidden
    elif request.app[CALLERS].address(request) not in LOOPBACK:
        raise web.HTTPForbidden
    return web.Response(
        body=generate_latest(request.app[METRICS].registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


def _word(result: object) -> str:
    return "away" if isinstance(result, BaseException) else "ok"
