"""A turn slower than the deadline: an empty answer now, the reply once later — by the outbox, or first at the next push."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clock import FixedClock
from bot.core.errors import MindDown, RecordsDown
from bot.core.push import Notice, Push, Unfollow
from bot.inbox import SORRY, GaveUp, late_key
from bot.jobs import RESCUE_AFTER_S, SORRY_AFTER
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.sim import inbound
from bot.sim.answer import Silent, Valid
from bot.sim.config import Faults
from bot.sim.phone import Phone
from bot.store.memory import MemoryMind, MemoryRecords
from bot.store.open import open_records
from bot.unsaid import HELD_FIRST
from bot.web.keys import INBOX, RECORDS
from tests.contract.parts import LONG_S, Cable, Worker, message, rows_of, said_words, states, until, worker
from tests.contract.slow import held_up
from tests.house import House

Pair = tuple[Worker, Worker]
SHORT_S = 0.02
QUESTION = "驾驶证丢了怎么补办"
RESCUE = timedelta(seconds=RESCUE_AFTER_S)


def outbox_of(house: House) -> Outbox:
    doors = house.doors
    return Outbox(doors.mind, doors.records, doors.platform, doors.clock, Metrics())


def customs(phone: Phone) -> list[str]:
    """What came to the phone without being asked for."""
    return [bubble.text for bubble in phone.user.transcript if bubble.via == "custom"]


# ── through the platform ──────────────────────────────────────────────────────────────────────────────────


async def test_a_late_reply_is_an_empty_answer_and_one_custom_message(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await house.phone()
    prompt = (await phone.says(QUESTION)).text
    go = held_up(house, monkeypatch, deadline_s=SHORT_S)
    delivery = await phone.says(QUESTION)
    assert isinstance(delivery.outcome, Silent) and customs(phone) == []
    go.set()
    await house.app[INBOX].drain()
    senders = [outbox_of(house) for _ in range(3)]
    await asyncio.gather(*(sender.work() for sender in senders))
    await until(lambda: customs(phone))
    await senders[0].work()
    assert customs(phone) == [phone.last().text]
    assert phone.last().text.split()[0] == prompt.split()[0]
    assert isinstance((await house.platform.pusher.attempt(delivery.parcel, 2)).ended, Silent)


async def test_without_permission_the_late_reply_is_said_first_at_the_next_message_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await house.phone()
    with monkeypatch.context() as patch:
        go = held_up(house, patch, deadline_s=SHORT_S)
        await phone.says(QUESTION)
        house.platform.faults = Faults(no_permission=True)
        go.set()
        await house.app[INBOX].drain()
    await outbox_of(house).work()
    late = house.last.said.replies[0]
    said = (await phone.says("谢谢")).text
    assert said.startswith(HELD_FIRST) and late.text.strip()[:60] in said
    assert HELD_FIRST not in (await phone.says("谢谢")).text
    assert customs(phone) == []


async def test_a_promise_that_cannot_be_written_makes_the_platform_repeat(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await house.phone()
    inbox = house.app[INBOX]
    away = Cable(house.app[RECORDS], RecordsDown)
    go = held_up(house, monkeypatch, deadline_s=SHORT_S)
    monkeypatch.setattr(inbox, "_records", away)
    away.cut = True
    pusher = house.platform.pusher
    parcel = pusher.pack(phone.openid, inbound.text(QUESTION))
    assert (await pusher.attempt(parcel, 1)).status == 503
    go.set()
    await inbox.drain()
    assert isinstance((await pusher.attempt(parcel, 2)).ended, Valid)
    away.cut = False
    await outbox_of(house).work()
    assert customs(phone) == []


# ── in the house ──────────────────────────────────────────────────────────────────────────────────────────


async def test_whoever_finishes_a_promised_turn_finishes_it_once(pair: Pair, records: MemoryRecords) -> None:
    first, second = pair
    push = message("一")
    go = first.echo.hold(push)
    assert await first.inbox.answer(push, SHORT_S) is None
    assert states(records) == ["awaiting"]
    go.set()
    await first.inbox.drain()
    assert states(records) == ["waiting"]
    first.clock.move(RESCUE)
    assert await second.tick("rescue").work() == 0
    assert [await w.inbox.answer(push) for w in pair] == [None, None]
    assert states(records) == ["waiting"] and first.echo.heard == ["一"]


async def test_the_rescue_finishes_what_a_dead_worker_promised(
    pair: Pair, records: MemoryRecords, short_leases: float
) -> None:
    first, second = pair
    push = message("一")
    first.echo.hold(push)
    assert await first.inbox.answer(push, SHORT_S) is None
    first.die()
    assert await second.tick("rescue").work() == 0  # it may still be at work
    second.clock.move(RESCUE)
    assert await second.tick("rescue").work() == 1
    assert states(records) == ["waiting"] and second.echo.heard == ["一"]
    assert await second.inbox.answer(push) is None


async def test_the_rescue_of_two_workers_finishes_a_turn_once(
    pair: Pair, records: MemoryRecords, short_leases: float
) -> None:
    first, second = pair
    push = message("一")
    citizen = await records.citizen(push.channel, push.address, first.clock.now())
    await records.put(late_key(push.key), citizen, push.channel, (), first.clock.now(), push=push)
    first.clock.move(RESCUE)
    await asyncio.gather(first.tick("rescue").work(), second.tick("rescue").work())
    assert states(records) == ["waiting"]
    assert first.echo.heard + second.echo.heard == ["一"]


async def test_a_promise_whose_reply_went_back_after_all_is_void(pair: Pair, records: MemoryRecords) -> None:
    first, second = pair
    push = message("一")
    go = first.echo.hold(push)
    first.mind.fails_next["mark"] = 1  # the promise is written, and then its worker cannot say so
    with pytest.raises(MindDown):
        await first.inbox.answer(push, SHORT_S)
    go.set()
    assert said_words(await second.inbox.answer(push, LONG_S)) == "一"
    first.clock.move(RESCUE)
    await second.tick("rescue").work()
    assert states(records) == ["void"]


async def test_a_rescue_without_redis_waits_and_loses_nothing(
    pair: Pair, records: MemoryRecords, short_leases: float
) -> None:
    first, second = pair
    push = message("一")
    first.echo.hold(push)
    assert await first.inbox.answer(push, SHORT_S) is None
    first.die()
    second.clock.move(RESCUE)
    second.mind.cut = True
    await second.tick("rescue").work()
    assert states(records) == ["awaiting"]
    second.mind.cut = False
    await second.tick("rescue").work()
    assert states(records) == ["waiting"]


async def test_a_turn_that_always_fails_ends_with_an_apology_and_holds_up_no_other(
    pair: Pair, records: MemoryRecords
) -> None:
    first, second = pair
    bad, good = message("坏", who="o-bad"), message("好", who="o-good")
    second.echo.fails.add(bad.key)
    for push in (bad, good):
        citizen = await records.citizen(push.channel, push.address, first.clock.now())
        await records.put(late_key(push.key), citizen, push.channel, (), first.clock.now(), push=push)
    second.clock.move(RESCUE)
    await second.tick("rescue").work()
    assert states(records) == ["awaiting", "waiting"]
    second.clock.move(SORRY_AFTER)
    await second.tick("rescue").work()
    assert states(records) == ["waiting", "waiting"]
    apology = (await records.take(second.clock.now(), 30, 5))[0]
    assert apology.replies[0].text == SORRY


async def test_a_turn_behind_a_slow_one_is_promised_too_and_keeps_its_place(pair: Pair, records: MemoryRecords) -> None:
    first, second = pair
    one, two = message("一"), message("二")
    go = first.echo.hold(one)
    assert await first.inbox.answer(one, SHORT_S) is None
    assert await second.inbox.answer(two, SHORT_S) is None
    go.set()
    await asyncio.gather(first.inbox.drain(), second.inbox.drain())
    first_row, second_row = rows_of(records)
    taken = await records.take(first.clock.now(), 30, 5)
    assert [row.key for row in taken] == [first_row.key] and second_row.state.value == "waiting"
    assert taken[0].replies[0].text == "一"


@pytest.mark.parametrize("body", [Unfollow(), Notice("view")], ids=["unfollow", "notice"])
async def test_a_push_without_a_reply_is_repeated_instead_of_promised(
    pair: Pair, records: MemoryRecords, body: Unfollow | Notice
) -> None:
    first, _ = pair
    push = message("")
    push = Push(push.key, push.channel, push.address, push.account, push.sent_at, body)
    go = first.echo.hold(push)
    with pytest.raises(GaveUp):
        await first.inbox.answer(push, SHORT_S)
    go.set()
    await first.inbox.drain()
    assert await first.inbox.answer(push) is not None
    assert rows_of(records) == []


async def test_a_promise_that_nobody_can_read_any_more_holds_up_no_other(data_dir: Path, clock: FixedClock) -> None:
    url = f"sqlite+aiosqlite:///{data_dir / 'xinxin.sqlite'}"
    push = message("一")
    async with open_records(url, "an earlier secret key, forgotten") as earlier:
        citizen = await earlier.citizen(push.channel, push.address, clock.now())
        await earlier.put(late_key(push.key), citizen, push.channel, (), clock.now(), push=push)
    async with open_records(url, "the secret key of today, unlike it") as records:
        one = worker(MemoryMind(), records, clock)
        clock.move(RESCUE)
        assert [await one.tick("rescue").work() for _ in range(2)] == [1, 0]
    assert one.echo.heard == []
