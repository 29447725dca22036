"""kill -9 between an officer's «send» and the platform: delivered once, or visibly waiting or uncertain; never lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.acts import Acts
from bot.casework.handover import SIGNED, TAKEN_LINE, Act, Kind
from bot.core.clock import SystemClock
from bot.core.desk import Conversation
from bot.core.errors import StoreDown
from bot.library import Library
from bot.sim import inbound
from bot.sim.answer import Valid
from bot.store.bell import MemoryBell
from bot.store.open import open_long_memory, open_mind
from bot.store.server import find_binary
from bot.switchboard import Switchboard
from bot.turns import GaveUp
from kb.release import Release
from tests.faults.service import Service
from tests.faults.test_retry_contract import openid, pusher
from tests.house import free_port

pytestmark = pytest.mark.faults

CITIZENS = 12
WORDS = 4
"""Of an officer to each citizen; a window of five takes them."""
SETTLED_S = 60.0
"""A row whose sender died is found uncertain when its lease ran out."""


@dataclass
class SlowPlatform:
    """api.weixin.qq.com that takes its time, so that a kill hits calls in progress. got: words that arrived."""

    got: Counter[str] = field(default_factory=Counter)

    async def token(self, _: web.Request) -> web.Response:
        return web.json_response({"access_token": "T" * 40, "expires_in": 7200})

    async def send(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.got[body["text"]["content"].removeprefix(SIGNED)] += 1
        await asyncio.sleep(0.4)
        return web.json_response({"errcode": 0, "errmsg": "ok"})


@dataclass
class Served(Service):
    """The service with a platform that answers."""

    api_base: str = ""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "WECHAT_API_BASE": self.api_base}


@asynccontextmanager
async def slow_platform() -> AsyncIterator[tuple[SlowPlatform, str]]:
    platform = SlowPlatform()
    app = web.Application()
    app.add_routes(
        [web.post("/cgi-bin/stable_token", platform.token), web.post("/cgi-bin/message/custom/send", platform.send)]
    )
    async with TestServer(app, host="127.0.0.1") as server:
        yield platform, str(server.make_url("")).rstrip("/")


@dataclass
class Server:
    """A Redis that can be killed, with an append-only file."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def start(self) -> None:
        command = [
            find_binary().path,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = await asyncio.create_subprocess_exec(
            *command, "--appendonly", "yes", stdout=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(20):
            while True:
                with suppress(RedisError, OSError):
                    async with Redis.from_url(self.url, driver_info=None) as client:
                        if await client.ping():
                            return
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        assert self.process
        self.process.kill()
        await self.process.wait()


def fates(folder: Path) -> dict[str, str]:
    """The state of the outbox row of every line of the desk."""
    with closing(sqlite3.connect(folder / "xinxin.sqlite")) as database:
        rows = database.execute(
            "select l.key, coalesce(o.state, 'none') from desk_lines l left join outbox o on o.key = 'desk:' || l.id "
            "where l.who = 'officer'"
        ).fetchall()
    return dict(rows)


async def officer_writes(acts: Acts, one: Conversation, words: Callable[[int], str]) -> None:
    """Take it and write; what did not go through is sent again with the same key, as the page does."""
    doing = [Act(f"act:{one.id}:take", Kind.TAKE, "one", "一")]
    doing += [Act(words(number), Kind.WRITE, "one", "一", words(number)) for number in range(WORDS)]
    for act in doing:
        async with asyncio.timeout(60):
            while True:
                with suppress(StoreDown, GaveUp):
                    assert isinstance(await acts.do(one.id, act), Conversation)
                    break
                await asyncio.sleep(0.2)


@pytest.mark.parametrize("disaster", ["worker", "redis"])
async def test_an_officers_words_are_neither_doubled_nor_lost(tmp_path: Path, release: Release, disaster: str) -> None:
    redis_folder = tmp_path / "server"
    redis_folder.mkdir()
    server = Server(redis_folder)
    await server.start()
    async with slow_platform() as (platform, api_base):
        service = Served(tmp_path, workers=2, redis_url=server.url, api_base=api_base)
        await service.start()
        try:
            await converse(service, server, platform, Library(release), disaster)
        finally:
            await service.stop()
            await server.kill()


async def converse(service: Served, server: Server, platform: SlowPlatform, library: Library, disaster: str) -> None:
    settings = service.settings()
    secret = settings.secret_key.get_secret_value()
    async with (
        pusher(service) as pushing,
        open_mind(server.url) as mind,
        open_long_memory(settings.sql_url, secret) as memory,
    ):
        for number in range(CITIZENS):
            attempt = await pushing.attempt(pushing.pack(openid(number), inbound.text("人工")))
            assert isinstance(attempt.ended, Valid)
        acts = Acts(mind, memory.records, Switchboard(memory.desk, MemoryBell()), library, SystemClock(), "test")
        waiting = await memory.desk.open()
        assert len(waiting) == CITIZENS

        async def strike() -> None:
            while sum(platform.got.values()) < CITIZENS // 2:
                await asyncio.sleep(0.02)
            if disaster == "worker":
                service.kill_a_worker()
            else:
                await server.kill()
                await asyncio.sleep(1)
                await server.start()

        writes = (officer_writes(acts, one, lambda number, one=one: f"{one.id}-{number}") for one in waiting)
        await asyncio.gather(strike(), *writes)
        states = await settled(service.data_dir)
    assert len(states) == CITIZENS * WORDS, "a line was lost"
    assert set(states.values()) <= {"sent", "uncertain", "held"}
    written = {words: times for words, times in platform.got.items() if words != TAKEN_LINE}
    assert written and max(written.values()) == 1, "words came twice"
    assert platform.got[TAKEN_LINE] <= CITIZENS, "somebody heard twice that he was taken"
    for key, state in states.items():
        words = key.rpartition("/")[0]
        if state == "sent":
            assert platform.got[words] == 1
        if state == "held":
            assert platform.got[words] == 0


async def settled(folder: Path) -> dict[str, str]:
    """The fates once nothing is on its way."""
    states: dict[str, str] = {}
    for _ in range(int(SETTLED_S / 0.5)):
        states = await asyncio.to_thread(fates, folder)
        if not {"waiting", "going", "none"} & set(states.values()):
            break
        await asyncio.sleep(0.5)
    return states
