"""/login and /logout: a sign-in begins and ends.

A sign-in is a row in SQL under the hash of a random cookie, so it can be ended from this side at any moment: at
sign-out, when the roles change, when the account is stopped. A new cookie is made at each sign-in;
an old one is never adopted.
"""

from __future__ import annotations

import re
import secrets

from aiohttp import web

from bot.core.errors import StoreDown
from bot.core.staff import FAILURES, LOCKED_FOR, Role, Staff
from bot.web.demo_roles import ROLES
from bot.web.gate import (
    AWAY,
    allowed,
    cookie_key,
    cookie_name,
    del_cookie,
    form,
    from_here,
    look,
    no_entry,
    set_cookie,
    staff_of,
)
from bot.web.keys import ACCOUNTS, AUDIT, CALLERS, CLOCK, ENTRANCE, SETTINGS
from bot.web.page_shell import render

COOKIE_BYTES = 32
LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
"""A path of this host; «//other.host» and «/\\other.host» are none."""
REFUSED = (
    f"用户名或密码不正确，或者账号已停用、暂时锁定。连续输错{FAILURES}次会锁定{LOCKED_FOR.seconds // 60}分钟；"
    "如忘记密码，请联系管理员重置。"
)
TOO_OFTEN = "尝试次数过多，请稍等一分钟再试。"


def routes() -> list[web.RouteDef]:
    return [web.get("/login", page), web.post("/login", sign_in), web.post("/logout", sign_out)]


async def page(request: web.Request) -> web.StreamResponse:
    """The form; who is signed in already goes on, unless he wants to be somebody else: `again`."""
    way = local(request.query.get("next", ""))
    try:
        signed_in = await look(request)
    except StoreDown:
        return no_entry(request, 503, AWAY)
    if signed_in is not None and "again" not in request.query:
        raise web.HTTPSeeOther(way or "/staff")
    return _form(request, way)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Name and password in; a sign-in and the way on out."""
    if not from_here(request):
        return no_entry(request, 403, "请从本站的登录页面登录。")
    fields = await form(request)
    way, name = local(fields.get("next", "")), fields.get("name", "")
    entrance, now = request.app[ENTRANCE], request.app[CLOCK].now()
    if not entrance.by_address.allows(request.app[CALLERS].address(request)):
        return _form(request, way, name, TOO_OFTEN, status=429)
    try:
        staff = await entrance.enter(name, fields.get("password", ""), now)
        if staff is None:
            return _form(request, way, name, REFUSED, status=403)
        return await let_in(request, staff, way or "/staff")
    except StoreDown:
        return _form(request, way, name, AWAY, status=503)


@allowed()
async def sign_out(request: web.Request) -> web.StreamResponse:
    """The sign-in of this browser ends."""
    settings, staff = request.app[SETTINGS], staff_of(request)
    await request.app[ACCOUNTS].end(cookie_key(request.cookies[cookie_name(settings)]))
    await request.app[AUDIT].note(staff.id, "sign-out", staff.name, request.app[CLOCK].now())
    response = web.Response(status=303, headers={"Location": "/login"})
    del_cookie(response, settings)
    return response


async def let_in(request: web.Request, staff: Staff, way: str) -> web.Response:
    """Begin a sign-in, and lead on. The one that this browser had before ends."""
    app, now = request.app, request.app[CLOCK].now()
    earlier = request.cookies.get(cookie_name(app[SETTINGS]))
    if earlier:
        await app[ACCOUNTS].end(cookie_key(earlier))
    cookie, csrf = secrets.token_urlsafe(COOKIE_BYTES), secrets.token_urlsafe(COOKIE_BYTES)
    await app[ACCOUNTS].begin(cookie_key(cookie), staff.id, csrf, now)
    await app[AUDIT].note(staff.id, "sign-in", staff.name, now)
    response = web.Response(status=303, headers={"Location": way})
    set_cookie(response, app[SETTINGS], cookie)
    return response


def local(way: str) -> str:
    """The same way when it stays on this host, else nothing."""
    return way if LOCAL.fullmatch(way) else ""


def home_of(staff: Staff) -> str:
    """Where somebody of these roles works."""
    if Role.OFFICER in staff.roles:
        return "/desk"
    if Role.ADMIN in staff.roles:
        return "/admin"
    return "/staff/audit" if Role.AUDITOR in staff.roles else "/staff"


def _form(request: web.Request, way: str, name: str = "", trouble: str = "", *, status: int = 200) -> web.Response:
    values = {"way": way, "name": name, "trouble": trouble, "roles": ROLES}
    return render(request, "login.html", values, status=status)
