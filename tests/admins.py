"""Admins of a test: accounts, and a browser without a screen that signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from html import unescape

from aiohttp import ClientSession

from bot.core.staff import Role, Staff, StaffId
from bot.store.staff_stand_in import NOTES, PEOPLE
from tests.house import House


@contextmanager
def people(**roles: Role) -> Iterator[None]:
    """These accounts exist: name=role."""
    PEOPLE.update({name: Staff(StaffId(f"id-{name}"), name, frozenset({role})) for name, role in roles.items()})
    NOTES.clear()
    yield
    PEOPLE.clear()


def noted() -> list[str]:
    """Acts of the audit trail, oldest first."""
    return [act for _, act, _, _ in NOTES]


@dataclass
class Admin:
    """Somebody who signed in."""

    house: House
    name: str
    http: ClientSession

    async def sees(self, path: str, *, status: int = 200) -> str:
        async with self.http.get(f"{self.house.settings.local_url}{path}") as answer:
            assert answer.status == status, (path, answer.status)
            return unescape(await answer.text())

    async def sends(self, path: str, fields: Mapping[str, str], *, csrf: bool = True) -> tuple[int, str, str]:
        """Status, page, and where it led."""
        token = {"csrf": f"csrf-id-{self.name}"} if csrf else {}
        url = f"{self.house.settings.local_url}{path}"
        async with self.http.post(url, data={**fields, **token}) as answer:
            return answer.status, unescape(await answer.text()), answer.url.path


@asynccontextmanager
async def signed_in(house: House, name: str) -> AsyncIterator[Admin]:
    async with ClientSession(headers={"Cookie": f"staff={name}"}) as http:
        yield Admin(house, name, http)
