"""The gate of the pages for staff: who signed in, what he may do, and whether a form is ours.

    @allowed(Role.OFFICER)
    async def take(request: web.Request) -> web.Response: ...

Everything is decided here, on the server, at each request; what a page shows or hides is only courtesy.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from functools import wraps
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.core.errors import StoreDown
from bot.core.staff import LASTS, Role, SignIn, Staff
from bot.settings import Settings
from bot.web.body import BODY_S, BROKEN
from bot.web.keys import ACCOUNTS, CLOCK, SETTINGS, SIGNED_IN
from bot.web.page_shell import render

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
FORM = "application/x-www-form-urlencoded"
AWAY = "系统暂时不可用，请稍后再试。"
BEFORE_CHANGE = frozenset({"/staff", "/staff/password", "/logout"})
"""All that is open to somebody whose password must be changed first."""


def allowed(*roles: Role) -> Callable[[Handler], Handler]:
    """Let in only who signed in and has one of these roles; without roles, anybody who signed in.

    Not signed in: pages lead to /login, /api/ answers 401. Role missing, or a form without its CSRF token: 403.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                # An answer is a mapping, and an empty one is false.
                refused = await _refusal(request, roles)
                return await handler(request) if refused is None else refused
            except StoreDown:
                return no_entry(request, 503, AWAY)

        return guarded

    return decorate


def staff_of(request: web.Request) -> Staff:
    """Who makes this request; only behind `allowed`."""
    return request[SIGNED_IN].staff


def csrf_of(request: web.Request) -> str:
    """What a form or script of this sign-in must send back; only behind `allowed`."""
    return request[SIGNED_IN].csrf


async def still_in(request: web.Request, *roles: Role) -> bool:
    """Whether the sign-in behind a long answer (server-sent events) still holds; ask every few seconds."""
    signed_in = await look(request, touch=False)
    return signed_in is not None and signed_in.staff.may(roles)


async def look(request: web.Request, *, touch: bool = True) -> SignIn | None:
    """Who signed in in this browser, or None."""
    cookie = request.cookies.get(cookie_name(request.app[SETTINGS]), "")
    if not cookie:
        return None
    signed_in = await request.app[ACCOUNTS].signed_in(cookie_key(cookie), request.app[CLOCK].now(), touch=touch)
    if signed_in is None or (signed_in.staff.demo and not request.app[SETTINGS].demo):
        return None
    return signed_in


async def form(request: web.Request) -> dict[str, str]:
    """The fields of a form, read once, within the limits of size and time. Forms with files are none."""
    if request.content_type != FORM:
        return {}
    try:
        async with asyncio.timeout(BODY_S):
            fields = await request.post()
    except (TimeoutError, *BROKEN, ValueError):
        raise web.HTTPBadRequest from None
    return {name: value for name, value in fields.items() if isinstance(value, str)}


async def choices(request: web.Request, field: str) -> list[str]:
    """Every value of a field that may be ticked more than once; after `form`, which keeps the limits."""
    if request.content_type != FORM:
        return []
    return [value for value in (await request.post()).getall(field, []) if isinstance(value, str)]


def from_here(request: web.Request) -> bool:
    """Whether an unsafe request comes from a page of ours, as far as the browser tells: one fence of two."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:  # of all modern browsers, over TLS or on one machine
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    ours = {request.host, urlsplit(request.app[SETTINGS].base_url).netloc}
    return origin is None or urlsplit(origin).netloc in ours


def no_entry(request: web.Request, status: int, sentence: str) -> web.Response:
    """A refusal as the asker can read it: JSON for scripts, words for people."""
    if request.path.startswith("/api/"):
        return web.json_response({"error": sentence}, status=status)
    return render(request, "refused.html", {"sentence": sentence}, status=status)


# ── the cookie ────────────────────────────────────────────────────────────────────────────────────────────


def cookie_name(settings: Settings) -> str:
    """With the prefix, browsers take the cookie only from this very host, and only over TLS."""
    return "__Host-staff" if is_secure(settings) else "staff"


def cookie_key(cookie: str) -> str:
    """What stands in SQL for a cookie."""
    return hashlib.sha256(cookie.encode(errors="replace")).hexdigest()


def set_cookie(response: web.StreamResponse, settings: Settings, cookie: str) -> None:
    """Only for this host, out of reach of scripts and of requests that other sites begin."""
    response.set_cookie(
        cookie_name(settings),
        cookie,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=is_secure(settings),
        httponly=True,
        samesite="Strict",
    )


def del_cookie(response: web.StreamResponse, settings: Settings) -> None:
    response.del_cookie(cookie_name(settings), path="/", secure=is_secure(settings), httponly=True, samesite="Strict")


def is_secure(settings: Settings) -> bool:
    """Over TLS, unless this is a demonstration or a trial on one machine."""
    address = urlsplit(settings.base_url)
    return address.scheme != "http" or not _is_loopback(address.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────


async def _refusal(request: web.Request, roles: tuple[Role, ...]) -> web.Response | None:
    """Why the request goes no further, or None; then staff_of and csrf_of answer."""
    signed_in = await look(request)
    if signed_in is None:
        return _to_login(request)
    if signed_in.staff.must_change and request.path not in BEFORE_CHANGE:
        return _to_change(request)
    request[SIGNED_IN] = signed_in
    if not signed_in.staff.may(roles):
        return no_entry(request, 403, "您的账号没有这项权限。如需使用，请联系管理员。")
    if request.method not in SAFE and not (from_here(request) and await _has_token(request, signed_in.csrf)):
        return no_entry(request, 403, "页面已过期，请刷新后再试。")
    return None


async def _has_token(request: web.Request, csrf: str) -> bool:
    given = request.headers.get(CSRF_HEADER, "")
    if not given:
        given = (await form(request)).get(CSRF_FIELD, "")
    return hmac.compare_digest(given.encode(errors="replace"), csrf.encode())


def _to_login(request: web.Request) -> web.Response:
    if request.path.startswith("/api/") or request.method not in SAFE:
        return no_entry(request, 401, "请先登录。")
    raise web.HTTPSeeOther(f"/login?next={quote(request.path_qs, safe='')}")


def _to_change(request: web.Request) -> web.Response:
    if request.path.startswith("/api/") or request.method not in SAFE:
        return no_entry(request, 403, "请先修改密码。")
    raise web.HTTPSeeOther("/staff")
