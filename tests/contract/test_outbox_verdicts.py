"""What the platform says to a message, against the emulated one: not now, never, no, or nothing at all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.ports import RowState
from bot.core.reply import Transfer
from bot.outbox import LEASE_S, MOST_ATTEMPTS
from bot.sim.config import Faults
from tests.contract.parts import NOW
from tests.contract.post import Post, Slot, came

LEASE = timedelta(seconds=LEASE_S)


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
