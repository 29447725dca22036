"""The gate: a stand-in until accounts are there. Only in a demonstration, and every cookie is an officer's name."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from bot.core.staff import Role, Staff, StaffId
from bot.web.keys import SETTINGS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def allowed(*_: Role) -> Callable[[Handler], Handler]:
    """Let in who has a cookie; unsafe methods need the token."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not (request.app[SETTINGS].demo and request.cookies.get("staff")):
                return web.json_response({"error": "请先登录。"}, status=401)
            if request.method != "GET" and request.headers.get("X-CSRF-Token") != csrf_of(request):
                return web.json_response({"error": "页面已过期，请刷新后再试。"}, status=403)
            return await handler(request)

        return guarded

    return decorate


def staff_of(request: web.Request) -> Staff:
    """Who makes this request."""
    name = request.cookies["staff"]
    return Staff(StaffId(name), name, frozenset({Role.OFFICER}), demo=True)


def csrf_of(request: web.Request) -> str:
    """What a script must send back."""
    return hashlib.sha256(request.cookies["staff"].encode()).hexdigest()[:16]


async def still_in(request: web.Request, *_: Role) -> bool:
    """Whether the sign-in behind a long answer still holds."""
    return "staff" in request.cookies
