"""A tiny account behind the emulator: it opens pushes with the emulator's cipher and answers what a test tells it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.sim.app import mount_sim
from bot.sim.clock import SimClock
from bot.sim.config import Mode, SimConfig
from bot.sim.crypto import cipher_of, seal, signature
from bot.sim.phone import Phone
from bot.sim.platform import Platform

CUT_S = 1.0
"""Long enough for any answer on a busy machine, so that only an answer that is meant to be late is cut."""

CONFIG = SimConfig(
    app_id="wxba5fad812f8e6fb9",
    app_secret="0123456789abcdef",
    token="AAAAA",
    aes_key="A" * 43,
    account="gh_97417a04a28d",
    push_url="",
    cut_s=CUT_S,
    mark_fail_after=3,
)
CIPHER = cipher_of(CONFIG.app_id, CONFIG.aes_key)


def text_xml(heard: ET.Element, content: str) -> str:
    """A passive text reply to a push."""
    return reply_xml(heard, f"<MsgType>text</MsgType><Content><![CDATA[{content}]]></Content>")


def reply_xml(heard: ET.Element, inner: str) -> str:
    """A passive reply to a push with any content."""
    to, sender = heard.findtext("FromUserName"), heard.findtext("ToUserName")
    head = f"<ToUserName>{to}</ToUserName><FromUserName>{sender}</FromUserName><CreateTime>1700000000</CreateTime>"
    return f"<xml>{head}{inner}</xml>"


def sealed_xml(xml: str, nonce: str) -> str:
    """A reply in its envelope."""
    sealed = seal(CIPHER, CONFIG.token, xml.encode(), timestamp="1700000000", nonce=nonce)
    return (
        f"<xml><Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt><MsgSignature>{sealed.signature}</MsgSignature>"
        f"<TimeStamp>{sealed.timestamp}</TimeStamp><Nonce>{sealed.nonce}</Nonce></xml>"
    )


@dataclass
class Echo:
    """The account. answer: what it says to a push, in plain XML or raw; delays: seconds for each coming push."""

    answer: Callable[[ET.Element], str] = lambda heard: text_xml(heard, f"听到：{heard.findtext('Content')}")
    raw: bytes | None = None
    status: int = 200
    delays: list[float] = field(default_factory=list)
    heard: list[ET.Element] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)

    async def verify(self, request: web.Request) -> web.Response:
        query = request.query
        good = signature(CONFIG.token, query["timestamp"], query["nonce"]) == query["signature"]
        return web.Response(text=query["echostr"]) if good else web.Response(status=403)

    async def hear(self, request: web.Request) -> web.Response:
        outer = ET.fromstring(await request.text())
        encrypted = outer.findtext("Encrypt")
        heard = ET.fromstring(CIPHER.decrypt(encrypted)) if encrypted else outer
        self.heard.append(heard)
        self.queries.append(dict(request.query))
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))
        if self.raw is not None or self.status != 200:
            return web.Response(body=self.raw or b"", status=self.status)
        xml = self.answer(heard)
        return web.Response(text=sealed_xml(xml, request.query["nonce"]) if encrypted else xml)


@dataclass
class World:
    """Everything a test touches."""

    platform: Platform
    echo: Echo
    base: str
    http: ClientSession

    async def call(self, method: str, path: str, body: object = None, **query: str) -> dict[str, object]:
        """Call the API; a string body goes as it is."""
        data = None if body is None else body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        sent = data.encode() if data is not None else None
        async with self.http.request(method, self.base + path, params=query, data=sent) as response:
            assert response.status == 200
            answer = await response.json()
            assert isinstance(answer, dict)
            return answer

    async def stable(self, *, force: bool = False) -> dict[str, object]:
        body = {"grant_type": "client_credential", "appid": CONFIG.app_id, "secret": CONFIG.app_secret}
        return await self.call("POST", "/cgi-bin/stable_token", {**body, "force_refresh": force})

    async def token(self) -> str:
        return str((await self.stable())["access_token"])

    async def api(self, path: str, body: object = None, **query: str) -> dict[str, object]:
        """Call with a good token; POST when there is a body."""
        method = "GET" if body is None else "POST"
        return await self.call(method, f"/cgi-bin/{path}", body, access_token=await self.token(), **query)

    async def send(self, phone: Phone, content: str = "您好") -> object:
        """Send a custom text; returns the errcode."""
        body = {"touser": phone.openid, "msgtype": "text", "text": {"content": content}}
        return (await self.api("message/custom/send", body))["errcode"]


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def mode() -> Mode:
    return Mode.SECURE


@pytest.fixture
async def world(echo: Echo, mode: Mode) -> AsyncIterator[World]:
    """The emulator and the account on one port, as in a demonstration."""
    app = web.Application()
    app.router.add_get("/wechat", echo.verify)
    app.router.add_post("/wechat", echo.hear)
    server = TestServer(app)
    server.port = free_port()
    base = f"http://127.0.0.1:{server.port}"
    config = replace(CONFIG, push_url=f"{base}/wechat", public_url=base, mode=mode)
    platform = Platform(config, SimClock(), _why)
    mount_sim(app, platform)
    await server.start_server()
    async with ClientSession() as http:
        yield World(platform, echo, base, http)
    await server.close()


@pytest.fixture
async def phone(world: World) -> Phone:
    """A phone that follows the account and has no window left from it."""
    phone = Phone(world.platform)
    phone.user.followed = True
    return phone


async def _why(openid: str) -> dict[str, object] | None:
    return {"decision": "sure", "openid": openid}


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
