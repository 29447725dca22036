"""Every address × everybody: what the server lets whom do, asked of the running service, against one explicit table.

Whoever adds a route adds its row to TABLE; a route without one fails here. `None` is public.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.core.staff import Role
from bot.serve import worker
from bot.settings import Settings
from kb.release import Release
from tests.house import House
from tests.staff import Browser, browser, hired, sign_in

OFFICER, ADMIN, AUDITOR = Role.OFFICER, Role.ADMIN, Role.AUDITOR
ANYBODY = frozenset(Role)
"""Whoever signed in."""

TABLE: dict[str, frozenset[Role] | None] = {
    "GET /": None,
    "GET /wechat": None,
    "POST /wechat": None,
    "GET /chat": None,
    "GET /chat/chat.css": None,
    "GET /chat/chat.js": None,
    "GET /chat/embed.js": None,
    "GET /chat/icon.svg": None,
    "POST /api/chat/session": None,
    "POST /api/chat": None,
    "GET /api/chat/events": None,
    "POST /api/chat/seen": None,
    "GET /healthz": None,
    "GET /readyz": None,
    "GET /metrics": None,
    "GET /assets/{name}": None,
    "GET /login": None,
    "POST /login": None,
    "POST /logout": ANYBODY,
    "GET /staff": ANYBODY,
    "POST /staff/password": ANYBODY,
    "GET /staff/audit": frozenset({ADMIN, AUDITOR}),
    "GET /staff/accounts": frozenset({ADMIN}),
    "POST /staff/accounts": frozenset({ADMIN}),
    "POST /staff/accounts/{id}/roles": frozenset({ADMIN}),
    "POST /staff/accounts/{id}/active": frozenset({ADMIN}),
    "POST /staff/accounts/{id}/password": frozenset({ADMIN}),
    "GET /desk": frozenset({OFFICER}),
    "GET /api/desk": frozenset({OFFICER}),
    "GET /api/desk/events": frozenset({OFFICER}),
    "GET /api/desk/{id}": frozenset({OFFICER}),
    "PUT /api/desk/{id}/draft": frozenset({OFFICER}),
    "POST /api/desk/{id}/take": frozenset({OFFICER}),
    "POST /api/desk/{id}/write": frozenset({OFFICER}),
    "POST /api/desk/{id}/back": frozenset({OFFICER}),
    "POST /api/desk/{id}/end": frozenset({OFFICER}),
    "GET /admin": frozenset({ADMIN, AUDITOR}),
    "GET /admin/entry/{id}": frozenset({ADMIN, AUDITOR}),
    "POST /admin/entry/{id}": frozenset({ADMIN}),
    "POST /admin/entry/{id}/drop": frozenset({ADMIN}),
    "POST /admin/entry/{id}/submit": frozenset({ADMIN}),
    "GET /admin/releases": frozenset({ADMIN, AUDITOR}),
    "GET /admin/releases/{id}": frozenset({ADMIN, AUDITOR}),
    "POST /admin/releases/{id}/{act}": frozenset({ADMIN}),
    "POST /api/admin/try": frozenset({ADMIN, AUDITOR}),
}
DEMO: dict[str, frozenset[Role] | None] = {
    "POST /demo/sign-in": None,
    "GET /tour": None,
    "GET /tour/tour.css": None,
    "GET /tour/tour.js": None,
    "GET /tour/reminder": None,
    "GET /tour/proposal": None,
}
"""Only with --demo; besides, the emulated platform, which is no part of the service."""

PEOPLE: dict[str, tuple[Role, ...] | None] = {
    "nobody": None, "officer": (OFFICER,), "admin": (ADMIN,), "auditor": (AUDITOR,), "stranger": (),
}  # fmt: skip
"""A stranger signed in and has no role."""
OUT = {401, 403}
NOTHING = {"entry/{id}": "entry/A01-999", "releases/{id}": f"releases/{'0' * 64}", "{act}": "approve"}
"""Nothing that exists, where the address does not take just any word."""


def addresses(app: web.Application) -> set[str]:
    """Every route of the service."""
    return {
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD" and not route.handler.__module__.startswith("bot.sim")
    }


@pytest.fixture
async def app(house_settings: Settings, release: Release) -> AsyncIterator[web.Application]:
    """The service without --demo."""
    settings = house_settings.model_copy(update={"demo": False})
    async with worker(settings, settings.redis_url.get_secret_value(), release=release) as (opened, _):
        yield opened


async def test_every_route_has_its_row(app: web.Application) -> None:
    assert addresses(app) == set(TABLE)


async def test_a_demonstration_adds_only_its_own(house: House) -> None:
    assert addresses(house.app) == set(TABLE) | set(DEMO)


@pytest.mark.parametrize("who", PEOPLE)
async def test_each_may_do_what_the_table_says_and_no_more(app: web.Application, who: str) -> None:
    roles = PEOPLE[who]
    staff = None if roles is None else await hired(app, who, *roles)
    wrong = []
    for address, allowed in TABLE.items():
        async with browser(app) as opened:
            if staff:
                await sign_in(app, opened, staff)
            status, told = await asks(opened, address)
            if allowed is None:
                async with browser(app) as nobody:
                    fits = address == "GET /login" or status == (await asks(nobody, address))[0] != 401
            elif roles is None:
                fits = status == 401 or (status == 303 and told.startswith("/login?next="))
            elif allowed == ANYBODY or allowed & set(roles):
                fits = status not in OUT
            else:
                fits = status == 403
            if not fits:
                wrong.append((address, status, told[:60]))
    assert not wrong


@pytest.mark.parametrize("who", ["officer", "admin", "auditor"])
async def test_nothing_changes_without_the_token_of_the_sign_in(app: web.Application, who: str) -> None:
    staff = await hired(app, who, *(PEOPLE[who] or ()))
    for address, allowed in TABLE.items():
        if allowed is None or address.startswith("GET "):
            continue
        async with browser(app) as opened:
            await sign_in(app, opened, staff)
            opened.csrf = ""
            assert (await asks(opened, address))[0] == 403, address


async def asks(opened: Browser, address: str) -> tuple[int, str]:
    """Call an address; what it names in braces is nothing that exists. Only the beginning of the answer is read."""
    method, _, path = address.partition(" ")
    for named, nothing in NOTHING.items():
        path = path.replace(named, nothing)
    url = opened.base + re.sub(r"\{[^}]*\}", "0", path)
    form = None if method == "GET" else {"csrf": opened.csrf}
    async with opened.http.request(method, url, data=form, allow_redirects=False) as answer:
        streams = answer.content_type == "text/event-stream"
        return answer.status, answer.headers.get("Location") or ("" if streams else await answer.text(errors="replace"))
