"""The one road out, against the emulated platform: windows, refusals, retries, uncertainty, and never a double."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.clock import FixedClock
from bot.core.effect import Forget
from bot.core.errors import MindDown, RecordsDown
from bot.core.ports import OutboxRow, Records, RowState, Said, SendResult, Window, WindowKind
from bot.core.push import Channel, CitizenId, CitizenKey, PushKey, citizen_key
from bot.core.reply import Reply, Text, Transfer
from bot.core.session import EMPTY
from bot.metrics import Metrics
from bot.outbox import LEASE_S, MOST_ATTEMPTS, Outbox
from bot.sim import inbound
from bot.sim.app import mount_sim
from bot.sim.config import Faults
from bot.sim.phone import Phone
from bot.sim.platform import Platform
from bot.store.memory import MemoryMind, MemoryRecords
from bot.store.open import open_records
from bot.wechat.client import WeChatClient, open_client
from bot.wechat.token import MemoryTokenBox
from tests.contract.parts import NOW, Cable, numbers
from tests.sim.conftest import CONFIG

pytestmark = pytest.mark.usefixtures("blockbuster")
LEASE = timedelta(seconds=LEASE_S)
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


@pytest.fixture(params=["memory", "sqlite"])
def file(request: pytest.FixtureRequest) -> Path | None:
    """Where the database lives; None for the twin."""
    if request.param == "memory":
        return None
    folder: Path = request.getfixturevalue("data_dir")
    return folder / "xinxin.sqlite"


@pytest.fixture
async def post(file: Path | None, clock: FixedClock) -> AsyncIterator[Post]:
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


# ── sent ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_may_be_sent_is_sent_once(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")
    assert [await post.outbox.work() for _ in range(3)] == [1, 0, 0]
    assert came(phone) == ["你好"] and (await post.row(key)).state is RowState.SENT


async def test_two_outboxes_never_send_one_row_twice(post: Post) -> None:
    phones = [await post.citizen() for _ in range(6)]
    for phone in phones:
        for word in "一二三":
            await post.put(phone, word)
    other = post.another()
    for _ in range(6):
        await asyncio.gather(post.outbox.work(), other.work())
    assert [came(phone) for phone in phones] == [["一", "二", "三"]] * 6


async def test_a_slow_citizen_does_not_run_out_the_lease_of_others(post: Post) -> None:
    phones = [await post.citizen() for _ in range(3)]
    for phone in phones:
        await post.put(phone, "你好")
    post.client.gate = asyncio.Event()
    work = asyncio.create_task(post.outbox.work())
    async with asyncio.timeout(2):
        while post.client.calls < 3:  # side by side, not one after the other
            await asyncio.sleep(0.005)
    post.client.gate.set()
    await work
    assert [came(phone) for phone in phones] == [["你好"]] * 3


# ── windows ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_without_a_window_nothing_is_tried_and_the_words_are_held(post: Post) -> None:
    phone = await post.citizen(window=0)
    key = await post.put(phone, "你好")
    await post.outbox.work()
    assert post.client.calls == 0 and (await post.row(key)).state is RowState.HELD
    assert await post.flagged(phone) and await post.unsaid(phone) == ["你好"]


async def test_a_window_gives_its_count_and_the_rest_is_held(post: Post) -> None:
    phone = await post.citizen(window=5)
    keys = [await post.put(phone, str(n)) for n in range(6)]
    for _ in range(7):
        await post.outbox.work()
    assert came(phone) == list("01234") and post.client.calls == 5
    assert (await post.row(keys[5])).state is RowState.HELD


async def test_a_window_that_ended_holds(post: Post) -> None:
    phone = await post.citizen(lasts=timedelta(minutes=1))
    post.clock.move(timedelta(minutes=1))
    key = await post.put(phone, "你好")
    await post.outbox.work()
    assert (await post.row(key)).state is RowState.HELD and post.client.calls == 0


async def test_each_reply_of_a_row_takes_one_message_of_the_window(post: Post) -> None:
    phone = await post.citizen(window=2)
    await post.put(phone, "一", "二", "三")
    for _ in range(5):
        await post.outbox.work()
    assert came(phone) == ["一", "二"] and await post.unsaid(phone) == ["三"]


async def test_a_second_try_takes_no_second_message_of_the_window(post: Post) -> None:
    phone = await post.citizen(window=2)
    await post.put(phone, "一")
    post.platform.faults = Faults(errcode=-1)
    await post.outbox.work()
    post.platform.faults = Faults()
    post.clock.move(timedelta(seconds=2))
    await post.outbox.work()
    await post.put(phone, "二")
    await post.outbox.work()
    assert came(phone) == ["一", "二"]


# ── the platform says no ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fault", "wait_s"),
    [
        (Faults(errcode=-1), 2),
        (Faults(errcode=45009), 3600),
        (Faults(wrong_token=True), 60),
        (Faults(http_status=503), 60),
    ],
    ids=["-1", "45009", "40001", "503"],
)
async def test_not_now_is_tried_again_when_it_is_time(post: Post, fault: Faults, wait_s: int) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")
    post.platform.faults = fault
    await post.outbox.work()
    assert await post.row(key) == Slot(
        RowState.WAITING, (await post.row(key)).reason, 1, NOW + timedelta(seconds=wait_s)
    )
    post.platform.faults = Faults()
    post.clock.move(timedelta(seconds=wait_s - 1))
    assert await post.outbox.work() == 0
    post.clock.move(timedelta(seconds=1))
    await post.outbox.work()
    assert came(phone) == ["你好"] and (await post.row(key)).state is RowState.SENT


async def test_what_was_refused_too_often_is_held_with_its_reason(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")
    post.platform.faults = Faults(errcode=-1)
    waits = []
    for _ in range(MOST_ATTEMPTS + 1):
        await post.outbox.work()
        row = await post.row(key)
        waits.append(row.next_try_at - post.clock.now())
        post.clock.at = max(post.clock.at, row.next_try_at)
    assert row.state is RowState.HELD and row.reason == "-1"
    assert waits[:5] == sorted(waits[:5]) and waits[0] < waits[4]
    assert await post.flagged(phone)


@pytest.mark.parametrize("code", [45015, 45047, 48001, 43004])
async def test_a_closed_door_holds_the_words_for_the_next_message(post: Post, code: int) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")
    post.platform.faults = Faults(errcode=code)
    await post.outbox.work()
    row = await post.row(key)
    assert (row.state, row.reason) == (RowState.HELD, str(code))
    assert await post.flagged(phone) and await post.unsaid(phone) == ["你好"]


async def test_the_platforms_own_count_is_believed(post: Post) -> None:
    phone = await post.citizen()
    for _ in range(5):
        post.platform.account.spend(phone.user)  # by another system of the same account
    key = await post.put(phone, "你好")
    await post.outbox.work()
    assert (await post.row(key)).reason == "45047" and came(phone) == []


@pytest.mark.parametrize("words", ["字" * 700, ""], ids=["45002", "empty"])
async def test_what_can_never_be_sent_is_a_dead_letter(post: Post, words: str) -> None:
    phone = await post.citizen()
    post.platform.faults = Faults(errcode=45002 if words else 0)
    key = await post.put(phone, words) if words else await post.put(phone, Transfer())
    await post.outbox.work()
    assert (await post.row(key)).state is RowState.DEAD
    post.platform.faults = Faults()
    post.clock.move(timedelta(days=1))
    assert await post.outbox.work() == 0 and not await post.flagged(phone)


# ── nobody knows ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", [Faults(drop=True), Faults(http_status=502)], ids=["hung up", "502"])
async def test_a_call_without_a_verdict_is_uncertain_and_never_made_again(post: Post, fault: Faults) -> None:
    phone = await post.citizen()
    await post.outbox.work()
    assert await post.client.typing(phone.openid)  # a token is there: only the call itself fails
    key = await post.put(phone, "你好")
    post.platform.faults = fault
    await post.outbox.work()
    post.platform.faults = Faults()
    post.clock.move(timedelta(hours=1))
    assert await post.outbox.work() == 0
    assert (await post.row(key)).state is RowState.UNCERTAIN and post.client.calls == 1
    assert await post.flagged(phone) and await post.unsaid(phone) == ["你好"]


async def test_a_sender_that_dies_after_the_call_leaves_an_uncertain_row(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")
    post.client.vanishes = True
    with pytest.raises(asyncio.CancelledError):
        await post.outbox.work()
    post.client.vanishes = False
    assert (await post.row(key)).state is RowState.GOING
    post.clock.move(LEASE - timedelta(seconds=1))
    assert await post.another().work() == 0
    post.clock.move(timedelta(seconds=1))
    assert await post.another().work() == 1
    assert (await post.row(key)).state is RowState.UNCERTAIN and await post.flagged(phone)
    post.clock.move(timedelta(days=1))
    await asyncio.gather(post.outbox.work(), post.another().work())
    assert came(phone) == ["你好"]


async def test_a_verdict_that_cannot_be_written_is_uncertain_later(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")
    post.records.fails_next["settle"] = 1
    await post.outbox.work()
    post.clock.move(LEASE)
    await post.outbox.work()
    assert (await post.row(key)).state is RowState.UNCERTAIN and came(phone) == ["你好"]


# ── several replies ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_retry_of_the_last_reply_does_not_repeat_the_first(post: Post) -> None:
    phone = await post.citizen()
    await post.put(phone, "一", "二")
    await post.outbox.work()
    await post.outbox.work()
    assert came(phone) == ["一"]
    post.platform.faults = Faults(errcode=-1)
    await post.outbox.work()
    post.platform.faults = Faults()
    post.clock.move(timedelta(seconds=2))
    for _ in range(3):
        await post.outbox.work()
    assert came(phone) == ["一", "二"]


async def test_replies_of_one_row_come_in_their_order_with_two_senders(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "一", "二", "三")
    other = post.another()
    for _ in range(5):
        await asyncio.gather(post.outbox.work(), other.work())
    assert came(phone) == ["一", "二", "三"] and (await post.row(key)).state is RowState.VOID


# ── stores away, citizens gone ────────────────────────────────────────────────────────────────────────────


async def test_without_redis_a_row_waits_instead_of_being_called_uncertain(post: Post) -> None:
    phones = [await post.citizen() for _ in range(2)]
    keys = [await post.put(phone, "你好") for phone in phones]
    post.mind.cut = True
    await post.outbox.work()
    post.mind.cut = False
    assert [(await post.row(key)).state for key in keys] == [RowState.WAITING] * 2
    post.clock.move(LEASE)
    await post.outbox.work()
    assert [came(phone) for phone in phones] == [["你好"]] * 2


async def test_trouble_with_one_row_is_not_the_others_trouble(post: Post) -> None:
    phones = [await post.citizen() for _ in range(3)]
    for phone in phones:
        await post.put(phone, "你好")
    post.records.fails_next["address"] = 1
    await post.outbox.work()
    assert sorted(came(phone) for phone in phones) == [[], ["你好"], ["你好"]]


async def test_who_left_gets_nothing_more(post: Post) -> None:
    phone = await post.citizen(window=0)
    citizen = await post.id_of(phone)
    held = await post.put(phone, "一")
    await post.outbox.work()
    waiting = await post.put(phone, "二")
    await post.records.perform(PushKey("e:bye"), citizen, (Forget(),), post.clock.now())
    assert [(await post.row(key)).state for key in (held, waiting)] == [RowState.VOID] * 2
    assert await post.outbox.work() == 0 and await post.outbox.rebuild() == 0


async def test_a_row_of_someone_forgotten_meanwhile_is_a_dead_letter(post: Post) -> None:
    phone = await post.citizen()
    citizen = await post.id_of(phone)
    await post.records.perform(PushKey("e:bye"), citizen, (Forget(),), post.clock.now())
    await post.records.put("k:after", citizen, Channel.WECHAT, (Text("你好"),), post.clock.now())
    await post.outbox.work()
    assert (await post.row("k:after")).state is RowState.DEAD and came(phone) == []


async def test_flags_that_redis_lost_are_set_again(post: Post) -> None:
    phone = await post.citizen(window=0)
    await post.put(phone, "你好")
    await post.outbox.work()
    await post.mind.set_unsaid(post.who(phone), unsaid=False)
    assert await post.outbox.rebuild() == 1
    assert await post.flagged(phone)
