"""Somebody who works here, for a test: an account, and a browser in which it signed in."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar, web
from yarl import URL

from bot.core.staff import SHELL, Role, Staff
from bot.passwords import NO_PASSWORD
from bot.web.gate import cookie_key, cookie_name
from bot.web.keys import ACCOUNTS, CLOCK, ENTRANCE, SETTINGS

PASSWORD = "a password of the tests"


class Browser:
    """A browser with its cookies; it follows no redirect by itself."""

    def __init__(self, http: ClientSession, base: str, csrf: str = "") -> None:
        self.http, self.base, self.csrf = http, base, csrf

    async def gets(self, path: str, **more: Any) -> tuple[int, str]:
        async with self.http.get(f"{self.base}{path}", allow_redirects=False, **more) as answer:
            return answer.status, await self._told(answer)

    async def posts(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> tuple[int, str]:
        """Send a form, with the token of this sign-in unless `csrf` says otherwise."""
        whole = {"csrf": self.csrf, **(fields or {})}
        async with self.http.post(f"{self.base}{path}", data=whole, allow_redirects=False, **more) as answer:
            return answer.status, await self._told(answer)

    async def signs_in(self, name: str, password: str = PASSWORD, way: str = "") -> tuple[int, str]:
        status, told = await self.posts("/login", {"name": name, "password": password, "next": way})
        if status == 303:
            _, page = await self.gets("/staff")
            self.csrf = re.search('name="csrf" content="([^"]+)"', page).group(1)
        return status, told

    @staticmethod
    async def _told(answer: ClientResponse) -> str:
        """Where it leads, or what it says."""
        return answer.headers.get("Location") or await answer.text(errors="replace")


@asynccontextmanager
async def browser(app: web.Application) -> AsyncIterator[Browser]:
    """A browser that nobody signed in with."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(http, app[SETTINGS].local_url)


async def hired(
    app: web.Application, name: str, *roles: Role, password: str = "", must_change: bool = False, demo: bool = False
) -> Staff:
    """An account. Without a password it can only be signed in by `signed_in`."""
    hashed = await app[ENTRANCE].passwords.hashed(password) if password else NO_PASSWORD
    made = await app[ACCOUNTS].add(name, roles, hashed, SHELL, app[CLOCK].now(), must_change=must_change, demo=demo)
    assert made
    return made


async def sign_in(app: web.Application, opened: Browser, staff: Staff) -> None:
    """A sign-in without a password, which would take its tenth of a second."""
    cookie, opened.csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(8)
    await app[ACCOUNTS].begin(cookie_key(cookie), staff.id, opened.csrf, app[CLOCK].now())
    opened.http.cookie_jar.update_cookies({cookie_name(app[SETTINGS]): cookie}, URL(opened.base))


@asynccontextmanager
async def signed_in(app: web.Application, name: str, *roles: Role) -> AsyncIterator[Browser]:
    """A browser in which a new colleague with these roles signed in."""
    async with browser(app) as opened:
        await sign_in(app, opened, await hired(app, name, *roles))
        yield opened
