"""A small api.weixin.qq.com: real HTTP, real tokens, answers by script."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

APP_ID, SECRET = "wx0123456789abcdef", "s3cret-s3cret-s3cret"
OK: dict[str, object] = {"errcode": 0, "errmsg": "ok"}


@dataclass
class Seen:
    """One call as it came in."""

    path: str
    query: dict[str, str]
    body: bytes


@dataclass
class FakeApi:
    """tokens: number of the good one. issued: calls for one. script: answers to come before the usual ones."""

    url: str = ""
    tokens: int = 0
    issued: int = 0
    life_s: int = 7200
    never_good: bool = False
    seen: list[Seen] = field(default_factory=list)
    script: deque[object] = field(default_factory=deque)
    token_script: deque[object] = field(default_factory=deque)

    @property
    def token(self) -> str:
        return f"TOKEN-{self.tokens}-TOKEN"

    def reset_token(self) -> None:
        """The account's token was reset elsewhere."""
        self.tokens += 1

    @property
    def sent(self) -> list[dict[str, object]]:
        return [json.loads(call.body) for call in self.seen if call.body]

    async def issue(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.issued += 1
        if self.token_script:
            return await respond(self.token_script.popleft())
        if (asked["appid"], asked["secret"]) != (APP_ID, SECRET):
            return error(40125)
        self.tokens = max(self.tokens, 1)
        await asyncio.sleep(0.02)
        return web.json_response({"access_token": self.token, "expires_in": self.life_s})

    async def call(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(Seen(request.path, dict(request.query), await request.read()))
        if self.never_good or request.query.get("access_token") != self.token:
            return error(40001)
        return await respond(self.script.popleft() if self.script else OK)


def error(code: int) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": f"no good rid: 6745-{code}-ab"})


class Drop:
    """Cut the connection without a word."""


class Stall:
    """Take the call and say nothing in time."""


async def respond(answer: object) -> web.StreamResponse:
    match answer:
        case int():
            return error(answer)
        case dict():
            return web.json_response(answer)
        case bytes():
            return web.Response(body=answer, content_type="image/jpeg")
        case web.Response():
            return answer
        case Stall():
            await asyncio.sleep(0.3)
            return web.json_response(OK)
        case _:
            raise ConnectionResetError


@asynccontextmanager
async def fake_api() -> AsyncIterator[FakeApi]:
    fake = FakeApi()

    @web.middleware
    async def dropper(request: web.Request, handler: object) -> web.StreamResponse:
        try:
            return await handler(request)  # type: ignore[operator, no-any-return]
        except ConnectionResetError:
            assert request.transport is not None
            request.transport.abort()
            raise

    app = web.Application(middlewares=[dropper], client_max_size=1 << 24)
    app.router.add_post("/cgi-bin/stable_token", fake.issue)
    app.router.add_route("*", "/{path:.*}", fake.call)
    server = TestServer(app)
    await server.start_server(access_log=None)
    async with server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake
