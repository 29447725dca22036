"""A sender with everything around it: the emulated platform, its client, and stores that can be away."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.clock import FixedClock
from bot.core.errors import MindDown, RecordsDown
from bot.core.platform import SendResult, Window, WindowKind
from bot.core.ports import OutboxRow, Records, RowState, Said
from bot.core.push import Channel, CitizenId, CitizenKey, PushKey, citizen_key
from bot.core.reply import Reply, Text
from bot.core.session import EMPTY
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.sim import inbound
from bot.sim.app import mount_sim
from bot.sim.phone import Phone
from bot.sim.platform import Platform
from bot.store.memory import MemoryMind, MemoryRecords
from bot.store.open import open_records
from bot.wechat.client import WeChatClient, open_client
from bot.wechat.token import MemoryTokenBox
from tests.contract.parts import Cable, numbers
from tests.sim.conftest import CONFIG

BY = PushKey("m:next")


@dataclass
class Slot:
    """A row as a test looks at it."""

    state: RowState
    reason: str
    attempts: int
    next_try_at: datetime


class Counting:
    """The client, counting calls; vanishes: the call is made, and then its sender dies."""

    def __init__(self, client: WeChatClient) -> None:
        self._client = client
        self.calls = 0
        self.vanishes = False
        self.gate: asyncio.Event | None = None

    async def send(self, address: str, reply: Reply) -> SendResult:
        self.calls += 1
        if self.gate:
            await self.gate.wait()
        result = await self._client.send(address, reply)
        if self.vanishes:
            raise asyncio.CancelledError
        return result

    async def typing(self, address: str) -> SendResult:
        return await self._client.typing(address)


@dataclass
class Post:
    """A sender with everything around it."""

    platform: Platform
    client: Counting
    clock: FixedClock
    mind: Cable
    records: Cable
    inner: Records
    outbox: Outbox
    file: Path | None

    def another(self) -> Outbox:
        """The outbox of another worker."""
        return Outbox(self.mind, self.records, self.client, self.clock, Metrics())

    async def citizen(self, *, window: int = 5, lasts: timedelta = timedelta(hours=48)) -> Phone:
        """A follower who just said something."""
        phone = Phone(self.platform)
        phone.user.followed = True
        if window:
            self.platform.account.hear(phone.user, inbound.text("在吗"))
            await self.opens(phone, Window(WindowKind.MESSAGE, window, self.clock.now() + lasts))
        return phone

    async def opens(self, phone: Phone, window: Window) -> None:
        key, who = PushKey(f"m:{next(numbers)}"), self.who(phone)
        await self.mind.begin(key, who, "h")
        said = Said((), self.clock.now())
        await self.mind.commit(key, who, "h", EMPTY, said, passive=True, window=window, log=b"")

    async def id_of(self, phone: Phone) -> CitizenId:
        return await self.records.citizen(Channel.WECHAT, phone.openid, self.clock.now())

    async def put(self, phone: Phone, *replies: Reply | str) -> str:
        key = f"k:{next(numbers)}"
        given = [Text(reply) if isinstance(reply, str) else reply for reply in replies]
        await self.records.put(key, await self.id_of(phone), Channel.WECHAT, given, self.clock.now())
        return key

    def who(self, phone: Phone) -> CitizenKey:
        return citizen_key(Channel.WECHAT, phone.openid)

    async def row(self, key: str) -> Slot:
        if isinstance(self.inner, MemoryRecords):
            kept: OutboxRow = self.inner._rows[key].row
            return Slot(kept.state, kept.reason, kept.attempts, kept.next_try_at)
        return await asyncio.to_thread(_sqlite_row, self.file, key)

    async def unsaid(self, phone: Phone) -> list[str]:
        rows = await self.records.unsaid(await self.id_of(phone), BY)
        return [reply.text for row in rows for reply in row.replies]

    async def flagged(self, phone: Phone) -> bool:
        key = PushKey(f"m:{next(numbers)}")
        begun = await self.mind.begin(key, self.who(phone), "h")
        await self.mind.abandon(key, self.who(phone), "h")
        return bool(begun.unsaid)


def _sqlite_row(file: Path | None, key: str) -> Slot:
    assert file
    with closing(sqlite3.connect(file)) as database:
        query = "select state, reason, attempts, next_try_at from outbox where key = ?"
        state, reason, attempts, at = database.execute(query, (key,)).fetchone()
    return Slot(RowState(state), reason, attempts, datetime.fromisoformat(at).replace(tzinfo=UTC))


def came(phone: Phone) -> list[str]:
    return [bubble.text for bubble in phone.user.transcript if bubble.via == "custom"]


@asynccontextmanager
async def open_post(file: Path | None, clock: FixedClock) -> AsyncIterator[Post]:
    """The emulator on a port of its own, and a client of it. file: of the database; None for the twin."""
    app = web.Application()
    platform = Platform(replace(CONFIG, push_url="http://127.0.0.1:9/wechat"), clock)
    mount_sim(app, platform)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(app))
        inner: Records = MemoryRecords()
        if file:
            inner = await stack.enter_async_context(open_records(f"sqlite+aiosqlite:///{file}", "s" * 40))
        base = str(server.make_url("")).rstrip("/")
        box = MemoryTokenBox(clock)
        client = Counting(
            await stack.enter_async_context(open_client(base, CONFIG.app_id, CONFIG.app_secret, box, clock))
        )
        mind, records = Cable(MemoryMind(), MindDown), Cable(inner, RecordsDown)
        yield Post(platform, client, clock, mind, records, inner, Outbox(mind, records, client, clock, Metrics()), file)
