"""Somebody at the desk: signs in and acts through /api/desk as the page does."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, CookieJar


class Officer:
    """An officer's browser."""

    def __init__(self, http: ClientSession, base: str, csrf: str) -> None:
        self.http, self.base = http, base
        self.csrf = csrf

    async def asks(self, path: str = "", method: str = "GET", body: object = None) -> tuple[int, dict[str, Any]]:
        headers = {"X-CSRF-Token": self.csrf}
        async with self.http.request(method, f"{self.base}/api/desk{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def sees(self) -> dict[str, Any]:
        """The list."""
        status, body = await self.asks()
        assert status == 200, body
        return body

    async def opens(self, key: str) -> dict[str, Any]:
        """One conversation."""
        status, body = await self.asks(f"/{key}")
        assert status == 200, body
        return body

    async def does(self, key: str, act: str, text: str = "", again: str = "") -> tuple[int, dict[str, Any]]:
        """take, write, back, end."""
        return await self.asks(f"/{key}/{act}", "POST", {"key": again or uuid.uuid4().hex, "text": text})

    async def takes_first(self) -> str:
        """Take the conversation that waits longest, or the oldest request."""
        seen = await self.sees()
        key = str((seen["waiting"] + seen["requests"])[0]["id"])
        status, body = await self.does(key, "take")
        assert status == 200, body
        return key


@asynccontextmanager
async def signed_in(base: str, role: str = "officer1") -> AsyncIterator[Officer]:
    """Become somebody of the demonstration, as one click does."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        async with http.post(f"{base}/demo/sign-in", data={"role": role, "next": "/desk"}) as answer:
            found = re.search('<meta name="csrf" content="([^"]+)"', await answer.text())
        assert found
        yield Officer(http, base, found.group(1))


async def until(look: Callable[[], Any], within_s: float = 10.0) -> Any:
    """Wait until something is there."""
    async with asyncio.timeout(within_s):
        while True:
            found = look()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.05)


async def event(lines: Any, name: str, holding: str = "") -> Any:
    """The next event of that name on an open stream, with these words in it."""
    async with asyncio.timeout(10):
        kind = ""
        async for raw in lines:
            line = raw.decode().rstrip()
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind == name and holding in line:
                return json.loads(line.removeprefix("data: "))
    raise AssertionError("the stream ended")
