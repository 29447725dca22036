"""Records, the outbox: one suite for the memory twin, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.core.ports import OutboxRow, RowState
from bot.core.push import Channel, PushKey
from bot.core.reply import Text
from tests.store.conftest import RecordsBench
from tests.store.samples import KEY, NEXT_KEY, NOW, PUSH, REPLIES, REPLY
from tests.store.shelves import SECOND, WECHAT, held, meet, put, take

# ── outbox: from put to taken ─────────────────────────────────────────────────────────────────────────────


async def test_a_message_is_taken_with_its_words(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await shelf.records.put("k", citizen, WECHAT, REPLIES, NOW)
    (row,) = await take(shelf)
    assert row == OutboxRow(row.id, "k", citizen, WECHAT, RowState.GOING, REPLIES, None, 0, NOW, NOW)


async def test_a_key_that_exists_is_left_as_it_is(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await put(shelf, "k", citizen, "first")
    await put(shelf, "k", citizen, "second")
    (row,) = await take(shelf)
    assert row.replies == (Text("first"),)
    await put(shelf, "k", citizen, "third")
    assert await take(shelf) == []


async def test_a_key_put_by_many_at_once_is_one_row(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await asyncio.gather(*(put(shelf, "k", citizen) for _ in range(5)))
    assert len(await take(shelf)) == 1


async def test_a_late_reply_waits_for_its_turn_and_is_then_sent(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await shelf.records.put("late", citizen, WECHAT, (), NOW, push=PUSH)
    assert await take(shelf) == []
    (stale,) = await shelf.records.stale(NOW + 10 * SECOND, 10, 5)
    assert stale.push == PUSH and stale.state is RowState.AWAITING
    assert await shelf.records.fill("late", [REPLY], NOW + 11 * SECOND)
    assert not await shelf.records.fill("late", [Text("again")], NOW)
    assert await shelf.records.stale(NOW + 20 * SECOND, 10, 5) == []
    (row,) = await take(shelf, after=11 * SECOND)
    assert row.replies == (REPLY,) and row.push is None


async def test_only_old_enough_turns_are_stale_and_the_oldest_come_first(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    for number in range(3):
        push = replace(PUSH, key=PushKey(f"m:{number}"))
        await shelf.records.put(f"late:{number}", citizen, WECHAT, (), NOW + number * SECOND, push=push)
    stale = await shelf.records.stale(NOW + 11 * SECOND, 10, 5)
    assert [row.key for row in stale] == ["late:0", "late:1"]
    assert [row.key for row in await shelf.records.stale(NOW + 60 * SECOND, 10, 1)] == ["late:0"]


async def test_a_late_turn_without_a_reply_sends_nothing(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await shelf.records.put("late", citizen, WECHAT, (), NOW, push=PUSH)
    assert await shelf.records.fill("late", (), NOW)
    assert await take(shelf) == []


async def test_a_void_row_is_never_filled(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await shelf.records.put("late", citizen, WECHAT, (), NOW, push=PUSH)
    await shelf.records.void("late")
    await shelf.records.void("never there")
    assert not await shelf.records.fill("late", [REPLY], NOW)
    assert not await shelf.records.fill("never there", [REPLY], NOW)


async def test_what_waits_already_cannot_be_voided(shelf: RecordsBench) -> None:
    await put(shelf, "k", await meet(shelf))
    await shelf.records.void("k")
    assert len(await take(shelf)) == 1


# ── outbox: taking ────────────────────────────────────────────────────────────────────────────────────────


async def test_the_oldest_go_first_and_one_of_each_citizen(shelf: RecordsBench) -> None:
    ann, bob = await meet(shelf, "ann"), await meet(shelf, "bob")
    for key, citizen in (("a1", ann), ("a2", ann), ("b1", bob), ("b2", bob)):
        await put(shelf, key, citizen)
    first = await take(shelf)
    assert [row.key for row in first] == ["a1", "b1"]
    assert await take(shelf) == []
    await shelf.records.settle(first[0].id, RowState.SENT, NOW)
    assert [row.key for row in await take(shelf)] == ["a2"]


async def test_taking_keeps_to_its_limit(shelf: RecordsBench) -> None:
    for name in ("ann", "bob", "cid"):
        await put(shelf, name, await meet(shelf, name))
    assert [row.key for row in await take(shelf, limit=2)] == ["ann", "bob"]
    assert [row.key for row in await take(shelf, limit=2)] == ["cid"]


async def test_two_takers_never_get_one_row_or_one_citizen(shelf: RecordsBench) -> None:
    citizens = [await meet(shelf, f"o{number}") for number in range(4)]
    for number in range(12):
        await put(shelf, f"k{number:02}", citizens[number % 4])
    taken = [row for rows in await asyncio.gather(*(take(shelf) for _ in range(5))) for row in rows]
    assert sorted(row.key for row in taken) == ["k00", "k01", "k02", "k03"]


async def test_a_message_to_be_tried_later_waits_until_then(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await put(shelf, "k", citizen)
    for tries in range(2):
        (row,) = await take(shelf, after=tries * 10 * SECOND)
        assert row.attempts == tries
        due = NOW + (tries + 1) * 10 * SECOND
        await shelf.records.settle(row.id, RowState.WAITING, NOW, reason="-1", next_try_at=due)
    assert await take(shelf, after=19 * SECOND) == []
    (row,) = await take(shelf, after=20 * SECOND)
    assert row.attempts == 2 and row.reason == "-1"


async def test_a_younger_message_does_not_wait_for_one_that_is_tried_later(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await put(shelf, "k1", citizen)
    await put(shelf, "k2", citizen)
    (row,) = await take(shelf)
    await shelf.records.settle(row.id, RowState.WAITING, NOW, next_try_at=NOW + 60 * SECOND)
    assert [row.key for row in await take(shelf)] == ["k2"]


# ── outbox: verdicts ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_sent_message_is_done_with(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await put(shelf, "k", citizen)
    (row,) = await take(shelf)
    await shelf.records.settle(row.id, RowState.SENT, NOW)
    assert await take(shelf, after=timedelta(days=1)) == []
    assert await shelf.records.expire(NOW + timedelta(days=1)) == []
    assert await shelf.records.unsaid(citizen, KEY) == []


async def test_a_message_whose_sender_died_is_uncertain_and_never_sent_again(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await put(shelf, "k", citizen)
    (row,) = await take(shelf)
    assert await shelf.records.expire(NOW + 29 * SECOND) == []
    (lost,) = await shelf.records.expire(NOW + 30 * SECOND)
    assert lost == replace(row, state=RowState.UNCERTAIN)
    assert await shelf.records.expire(NOW + 31 * SECOND) == []
    assert await take(shelf, after=timedelta(days=1)) == []
    assert [row.state for row in await shelf.records.unsaid(citizen, KEY)] == [RowState.UNCERTAIN]


async def test_two_who_look_for_lost_messages_find_each_once(shelf: RecordsBench) -> None:
    await put(shelf, "k", await meet(shelf))
    await take(shelf)
    found = await asyncio.gather(*(shelf.records.expire(NOW + 60 * SECOND) for _ in range(3)))
    assert sum(map(len, found)) == 1


async def test_the_verdict_of_a_slow_sender_still_counts(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await put(shelf, "k", citizen)
    (row,) = await take(shelf)
    await shelf.records.expire(NOW + 60 * SECOND)
    await shelf.records.settle(row.id, RowState.SENT, NOW + 61 * SECOND)
    assert await shelf.records.unsaid(citizen, KEY) == []


async def test_a_verdict_on_a_row_nobody_holds_changes_nothing(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    row = await held(shelf, "k", citizen)
    await shelf.records.settle(row.id, RowState.SENT, NOW)
    assert [row.state for row in await shelf.records.unsaid(citizen, KEY)] == [RowState.HELD]


async def test_held_words_are_said_once_and_again_to_the_same_push(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    rows = [await held(shelf, key, citizen) for key in ("k1", "k2")]
    unsaid = await shelf.records.unsaid(citizen, KEY)
    assert [(row.key, row.replies, row.reason) for row in unsaid] == [
        ("k1", (Text("k1"),), "no window"),
        ("k2", (Text("k2"),), "no window"),
    ]
    assert await shelf.records.said([rows[0].id], KEY, NOW)
    assert not await shelf.records.said([rows[1].id], KEY, NOW)
    assert [row.state for row in await shelf.records.unsaid(citizen, KEY)] == [RowState.SAID, RowState.SAID]
    assert await shelf.records.unsaid(citizen, NEXT_KEY) == []


async def test_saying_nothing_says_nothing(shelf: RecordsBench) -> None:
    await held(shelf, "k", await meet(shelf))
    assert not await shelf.records.said([], KEY, NOW)


async def test_everyone_with_unsaid_words_is_known(shelf: RecordsBench) -> None:
    await held(shelf, "k1", await meet(shelf, "ann"))
    await held(shelf, "k2", await meet(shelf, "ann"))
    await held(shelf, "k3", await shelf.records.citizen(Channel.CHAT, "bob", NOW))
    await put(shelf, "k4", await meet(shelf, "cid"))
    assert list(await shelf.records.citizens_with_unsaid()) == [(Channel.CHAT, "bob"), (WECHAT, "ann")]
