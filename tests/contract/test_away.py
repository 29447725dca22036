"""A store is away: what still works, what says so, and what is made good when it is back."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

import bot.needs
from bot.conversation import NO_MEMORY, TOO_LONG, Conversation
from bot.core.clock import FixedClock
from bot.core.errors import MindDown, RecordsDown
from bot.core.ports import Mine
from bot.core.push import Channel, Push, Unfollow
from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Turn, Why
from bot.inbox import Inbox
from bot.jobs import RESCUE_AFTER_S
from bot.library import Library
from bot.metrics import Metrics
from bot.sim import inbound
from bot.sim.answer import Valid
from bot.store.memory import MemoryMind, MemoryRecords
from bot.wechat.limits import TEXT_BYTES
from bot.wechat.paging import size_bytes
from bot.wechat.render import passive_xml
from kb.release import Release
from tests.contract.line import Line, open_line
from tests.contract.parts import LONG_S, NOW, Cable, Worker, message, said_words, states, until, worker
from tests.house import House, demo_settings, open_house

QUESTION = "驾驶证丢了怎么补办"
SHORT_S = 0.02
RESCUE = timedelta(seconds=RESCUE_AFTER_S)
Pair = tuple[Worker, Worker]


# ── Redis, in a whole house ───────────────────────────────────────────────────────────────────────────────


@dataclass
class Cut:
    """A house at the end of a line to Redis."""

    house: House
    line: Line

    async def readiness(self) -> tuple[int, str]:
        async with ClientSession() as http, http.get(f"{self.house.settings.local_url}/readyz") as answer:
            return answer.status, (await answer.json())["redis"]


@pytest.fixture
async def cut(data_dir: Path, redis_url: str, release: Release) -> AsyncIterator[Cut]:
    with tempfile.TemporaryDirectory(prefix="xx-") as short:
        async with open_line(Path(short) / "s", redis_url) as line:
            settings = await asyncio.to_thread(demo_settings, data_dir, line.url)
            async with open_house(settings, release) as house:
                yield Cut(house, line)


async def test_without_redis_questions_are_answered_and_retries_replayed(cut: Cut) -> None:
    phone = await cut.house.phone()
    with_memory = (await phone.says(QUESTION)).text
    assert await cut.readiness() == (200, "ok")
    await cut.line.cut()
    assert await cut.readiness() == (503, "away")
    pusher = cut.house.platform.pusher
    parcel = pusher.pack(phone.openid, inbound.text(QUESTION))
    turns = len(cut.house.turns)
    tries = [*await asyncio.gather(*(pusher.attempt(parcel, n) for n in (1, 2))), await pusher.attempt(parcel, 3)]
    xmls = {attempt.ended.xml for attempt in tries if isinstance(attempt.ended, Valid)}
    assert len(xmls) == 1 and len(cut.house.turns) == turns + 1
    said = tries[0].ended.reply.text
    assert NO_MEMORY in said and with_memory.split()[0] in said
    await cut.line.mend()
    assert await cut.readiness() == (200, "ok")
    assert NO_MEMORY not in (await phone.says(QUESTION)).text
    assert (await pusher.attempt(parcel, 4)).ended.xml in xmls


async def test_every_kind_of_push_is_taken_without_redis(cut: Cut) -> None:
    phone = await cut.house.phone()
    await cut.line.cut()
    pusher = cut.house.platform.pusher
    for pushed in (inbound.click("category:"), inbound.subscribe(), inbound.text("1"), inbound.view("https://a.cn")):
        attempt = await pusher.attempt(pusher.pack(phone.openid, pushed))
        assert attempt.status == 200, pushed
    await cut.line.mend()


# ── Redis, closer ─────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reply_too_long_for_its_word_is_cut_to_one_page(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = (Choice("业务分类", "菜单", Target("category:")),)
    for sentences in range(60, 90):
        reply = Text("".join(f"第{n}句要说的话。" for n in range(sentences)), offers, tail="回复数字或点选。")

        def decide(turn: Turn, reply: Text = reply) -> Outcome:
            return Outcome((reply,), turn.session, Why("answer", "sure"))

        monkeypatch.setattr(bot.needs, "decide", decide)
        talk = Conversation(Library(release), MemoryRecords(), FixedClock(NOW))
        (said,) = (await talk.hear_without_memory(message("问"))).said.replies
        assert isinstance(said, Text) and size_bytes(said) <= TEXT_BYTES and said.tail.endswith(NO_MEMORY)
        whole = f"第{sentences - 1}句要说的话。" in said.text and said.choices == offers
        assert (TOO_LONG in said.tail) is not whole and "更多" not in [choice.label for choice in said.choices]


async def test_a_dialog_does_not_begin_while_nobody_could_remember_it(release: Release) -> None:
    talk = Conversation(Library(release), MemoryRecords(), FixedClock(NOW))
    (said,) = (await talk.hear_without_memory(message("算算我什么时候能换证"))).said.replies
    assert isinstance(said, Text) and "没法继续" in said.text and not said.choices


async def test_a_retry_that_waits_for_another_worker_is_not_answered_alone(pair: Pair) -> None:
    first, second = pair
    push = message("一")
    go = first.echo.hold(push)
    slow = asyncio.create_task(first.inbox.answer(push, LONG_S))
    await first.echo.begun[push.key].wait()
    retry = asyncio.create_task(second.inbox.answer(push, LONG_S))
    await until(lambda: second.mind.calls.count("begin") > 1)
    second.mind.cut = True
    with pytest.raises(MindDown):
        await retry
    go.set()
    assert said_words(await slow) == "一" and second.echo.heard == []


async def test_a_reply_given_alone_is_not_sent_again_when_redis_is_back(pair: Pair, records: MemoryRecords) -> None:
    first, _ = pair
    push = message("一")
    first.mind.cut = True
    go = first.echo.hold(push)
    with pytest.raises(MindDown):
        await first.inbox.answer(push, SHORT_S)  # promised in SQL, but no mark could be set
    assert states(records) == ["awaiting"]
    go.set()
    assert said_words(await first.inbox.answer(push)) == "一"
    first.mind.cut = False
    first.clock.move(RESCUE)
    await first.tick("rescue").work()
    assert states(records) == ["void"]


async def test_a_commit_that_was_stored_though_nobody_learned_of_it_is_replayed(pair: Pair) -> None:
    first, second = pair
    push = message("一")
    commit = first.mind.commit

    async def unheard(*args: object, **named: object) -> None:
        await commit(*args, **named)
        raise MindDown("the answer was lost")

    first.mind.__dict__["commit"] = unheard
    with pytest.raises(MindDown):
        await first.inbox.answer(push)
    first.mind.__dict__.pop("commit")
    said = await second.inbox.answer(push)
    assert said_words(said) == "一" and await first.inbox.answer(push) == said
    assert first.echo.heard + second.echo.heard == ["一"]


# ── SQL ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Both:
    """The real conversation between two stores that may be away."""

    release: Release

    def __post_init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.mind = Cable(MemoryMind(), MindDown)
        self.records = Cable(MemoryRecords(), RecordsDown)
        talk = Conversation(Library(self.release), self.records, self.clock)
        self.inbox = Inbox(self.mind, self.records, talk, self.clock, Metrics(), "w0")
        self.jobs = worker(self.mind, self.records, self.clock)
        self.jobs.inbox = self.inbox

    async def says(self, text: str) -> str:
        push = message(text)
        said = await self.inbox.answer(push)
        assert said
        return passive_xml(push, said.replies, said.at) or ""

    def unfollow(self) -> Push:
        push = message("")
        return Push(push.key, push.channel, push.address, push.account, push.sent_at, Unfollow())

    async def remembers(self) -> bool:
        push = message("")
        begun = await self.mind.begin(push.key, push.who, "look")
        await self.mind.abandon(push.key, push.who, "look")
        assert isinstance(begun, Mine)
        return not begun.fresh


@pytest.fixture
def both(release: Release) -> Both:
    return Both(release)


async def test_without_sql_answers_go_on(both: Both) -> None:
    both.records.cut = True
    assert "菜单" in await both.says("菜单") or "业务" in await both.says("菜单")
    assert "CDATA" in await both.says(QUESTION)
    both.records.cut = False
    assert await both.says(QUESTION)


@pytest.mark.parametrize("away", ["records", "mind"])
async def test_who_leaves_while_a_store_is_away_is_forgotten_when_it_is_back(both: Both, away: str) -> None:
    await both.says("你好")
    citizen = await both.records.citizen(Channel.WECHAT, "o-ann", NOW)
    store: Cable = getattr(both, away)
    store.cut = True
    push = both.unfollow()
    for _ in range(3):  # as often as the platform says it
        with pytest.raises((RecordsDown, MindDown)):
            await both.inbox.answer(push)
    with pytest.raises((RecordsDown, MindDown)):
        await both.jobs.tick("forgetting").work()
    store.cut = False
    assert await both.jobs.tick("forgetting").work() == 1
    assert await both.records.address(citizen) is None and not await both.remembers()
    assert await both.jobs.tick("forgetting").work() == 0


async def test_a_repeated_farewell_settles_what_was_owed(both: Both) -> None:
    await both.says("你好")
    push = both.unfollow()
    both.records.cut = True
    with pytest.raises(RecordsDown):
        await both.inbox.answer(push)
    both.records.cut = False
    await both.inbox.answer(push)
    assert not await both.remembers() and await both.jobs.tick("forgetting").work() == 0
