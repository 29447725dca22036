"""/tour in a demonstration: the phone beside the desk and the admin pages, in six steps. Not there without --demo."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.core.errors import StoreDown
from bot.core.push import Channel
from bot.core.releases import ReleaseState
from bot.core.reminders import not_before
from bot.web.keys import CLOCK, PUBLISHER, RECORDS, REMINDERS
from bot.web.page import STATIC, TOUR, file_route, page_route

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
Reaches = Callable[[str, datetime], bool]
"""Whether the platform would still take a message for this openid at that time."""


def routes(reaches: Reaches) -> list[web.RouteDef]:
    """Files are read here, once, before the loop runs."""

    async def reminder(request: web.Request) -> web.Response:
        """When the next reminder of a phone rings, how far that is, and whether it will reach the phone by itself."""
        openid, now = request.query.get("openid", ""), request.app[CLOCK].now()
        try:
            citizen = await request.app[RECORDS].citizen(Channel.WECHAT, openid, now)
            planned = await request.app[REMINDERS].of(citizen)
        except StoreDown:
            return web.json_response({}, status=503)
        if not planned:
            return web.json_response({"at": ""})
        at = not_before(max(planned[0].ring_at, now))
        move_s = math.ceil((at - now).total_seconds())
        return web.json_response({"at": at.isoformat(), "move_s": move_s, "reaches": reaches(openid, at)})

    page = page_route("/tour", (STATIC / "tour.html").read_bytes(), POLICY, TOUR)
    files = [file_route("/tour/tour.css", "tour.css"), file_route("/tour/tour.js", "tour.js")]
    return [page, *files, web.get("/tour/reminder", reminder), web.get("/tour/proposal", proposal)]


async def proposal(request: web.Request) -> web.Response:
    """The page of the newest change that waits for approval; empty when none does."""
    try:
        rows = await request.app[PUBLISHER].releases.rows()
    except StoreDown:
        return web.json_response({}, status=503)
    waiting = next((row.id for row in rows if row.state is ReleaseState.PROPOSED), "")
    return web.json_response({"page": f"/admin/releases/{waiting}" if waiting else ""})
