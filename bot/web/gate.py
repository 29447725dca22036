"""The gate of the pages for staff (a stand-in): who signed in, what he may do, and whether a form is ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from bot.core.staff import Role, Staff
from bot.web.keys import ACCOUNTS, SETTINGS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SIGNED_IN = web.RequestKey("signed_in", Staff)


def allowed(*roles: Role) -> Callable[[Handler], Handler]:
    """Let in only who signed in and has one of these roles."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            name = request.cookies.get("staff", "") if request.app[SETTINGS].demo else ""
            account = await request.app[ACCOUNTS].by_name(name)
            if account is None or not account.staff.active:
                raise web.HTTPUnauthorized
            request[SIGNED_IN] = account.staff
            if not account.staff.may(roles):
                raise web.HTTPForbidden(text="您的账号没有这项权限。")
            if request.method not in {"GET", "HEAD"} and csrf_of(request) not in {
                request.headers.get("X-CSRF-Token"),
                (await form(request)).get("csrf"),
            }:
                raise web.HTTPForbidden(text="页面已过期，请刷新后再试。")
            return await handler(request)

        return guarded

    return decorate


def staff_of(request: web.Request) -> Staff:
    """Who makes this request; only behind `allowed`."""
    return request[SIGNED_IN]


def csrf_of(request: web.Request) -> str:
    """What a form or script of this sign-in must send back; only behind `allowed`."""
    return f"csrf-{staff_of(request).id}"


async def form(request: web.Request) -> dict[str, str]:
    """The fields of a form."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
