"""Admins of a test: a browser without a screen in which one of them signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape

from bot.core.staff import Role
from bot.web.keys import AUDIT
from tests.house import House
from tests.staff import Browser, browser, hired, sign_in

LINES = 1000


async def noted(house: House) -> list[str]:
    """Acts of the audit trail besides those on accounts, oldest first."""
    lines = await house.app[AUDIT].lines(None, LINES)
    return [line.act for line in reversed(lines) if not line.act.startswith(("account.", "sign"))]


@dataclass
class Admin:
    """Somebody who signed in."""

    house: House
    name: str
    opened: Browser

    async def sees(self, path: str, *, status: int = 200) -> str:
        async with self.opened.http.get(f"{self.opened.base}{path}") as answer:
            assert answer.status == status, (path, answer.status)
            return unescape(await answer.text())

    async def sends(self, path: str, fields: Mapping[str, str], *, csrf: bool = True) -> tuple[int, str, str]:
        """Status, page, and where it led."""
        token = {"csrf": self.opened.csrf} if csrf else {}
        async with self.opened.http.post(f"{self.opened.base}{path}", data={**fields, **token}) as answer:
            return answer.status, unescape(await answer.text()), answer.url.path


@asynccontextmanager
async def signed_in(house: House, name: str, *roles: Role) -> AsyncIterator[Admin]:
    """A new colleague with these roles, signed in."""
    async with browser(house.app) as opened:
        await sign_in(house.app, opened, await hired(house.app, name, *roles))
        yield Admin(house, name, opened)
