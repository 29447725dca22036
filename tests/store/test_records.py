"""Records, citizens and answer log: one suite for the memory twin, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.core.effect import Delivered, Effect, Followed, Forget, Learned, Rated
from bot.core.push import Channel, CitizenId, PushKey
from tests.store.conftest import RecordsBench
from tests.store.samples import KEY, NEXT_KEY, NOW, OPENID, PUSH, REPLIES, line
from tests.store.shelves import WECHAT, held, meet, put, take

# ── citizens and effects ──────────────────────────────────────────────────────────────────────────────────


async def test_a_citizen_keeps_his_id(shelf: RecordsBench) -> None:
    first = await meet(shelf)
    assert await shelf.records.citizen(WECHAT, OPENID, NOW + timedelta(days=1)) == first
    assert await shelf.records.address(first) == OPENID


async def test_the_same_address_on_another_channel_is_another_citizen(shelf: RecordsBench) -> None:
    assert await shelf.records.citizen(Channel.CHAT, OPENID, NOW) != await meet(shelf)


async def test_a_citizen_met_by_many_at_once_is_one(shelf: RecordsBench) -> None:
    assert len(set(await asyncio.gather(*(meet(shelf) for _ in range(8))))) == 1


async def test_nobody_lives_at_an_unknown_id(shelf: RecordsBench) -> None:
    assert await shelf.records.address(CitizenId("nobody")) is None
    assert await shelf.records.flags(CitizenId("nobody")) == {}


async def test_following_leaves_a_flag_and_the_scene(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await shelf.records.perform(KEY, citizen, [Followed("window-3")], NOW)
    await shelf.records.perform(NEXT_KEY, citizen, [Followed()], NOW)
    assert await shelf.records.flags(citizen) == {"followed": "yes", "scene": "window-3"}


async def test_a_repeated_push_performs_nothing_again(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    effects: list[Effect] = [Learned("驾照丢了", "entry:B05-001"), Delivered("t1", "success")]
    await asyncio.gather(*(shelf.records.perform(KEY, citizen, effects, NOW) for _ in range(4)))
    assert [(row["said"], row["picked"]) for row in await shelf.kept("proposals")] == [("驾照丢了", "entry:B05-001")]
    assert [(row["message_id"], row["status"]) for row in await shelf.kept("template_fates")] == [("t1", "success")]


async def test_a_later_vote_replaces_the_earlier_and_is_nobodys_once_forgotten(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    up, down = (Rated(PushKey("m:7"), "entry:B05-001", "abc", value) for value in (1, -1))
    await shelf.records.perform(KEY, citizen, [up], NOW)
    await shelf.records.perform(NEXT_KEY, citizen, [down], NOW)
    (kept,) = await shelf.kept("ratings")
    assert (kept["push_key"], kept["answer"], kept["value"], kept["citizen"]) == ("m:7", "entry:B05-001", -1, citizen)
    await shelf.records.perform(PushKey("m:9"), citizen, [Forget()], NOW)
    assert [(row["value"], row["citizen"]) for row in await shelf.kept("ratings")] == [(-1, "")]


async def test_forgetting_leaves_no_way_back_to_the_citizen(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await shelf.records.perform(KEY, citizen, [Followed("window-3")], NOW)
    await shelf.records.write_log([line("m:1", citizen)])
    await shelf.records.perform(NEXT_KEY, citizen, [Forget()], NOW)
    assert await shelf.records.address(citizen) is None
    assert await shelf.records.flags(citizen) == {}
    (kept,) = await shelf.kept("answer_log")
    assert kept["citizen"] == "" and kept["said"] == "我的车牌〔车牌〕"
    assert await meet(shelf) != citizen


async def test_forgetting_takes_back_what_waits_to_be_said(shelf: RecordsBench) -> None:
    citizen, other = await meet(shelf), await meet(shelf, "other")
    row = await held(shelf, "held", citizen)
    await put(shelf, "waiting", citizen)
    await put(shelf, "other's", other)
    await shelf.records.put("awaiting", citizen, WECHAT, (), NOW, push=PUSH)
    await shelf.records.perform(KEY, citizen, [Forget()], NOW)
    assert [row.key for row in await take(shelf)] == ["other's"]
    assert await shelf.records.stale(NOW, 0, 10) == []
    assert await shelf.records.unsaid(citizen, KEY) == []
    assert not await shelf.records.said([row.id], KEY, NOW)
    assert not await shelf.records.fill("awaiting", REPLIES, NOW)


async def test_a_log_line_on_its_way_while_the_citizen_is_forgotten_loses_him_too(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    await shelf.records.perform(KEY, citizen, [Forget()], NOW)
    await shelf.records.write_log([line("m:1", citizen)])
    (kept,) = await shelf.kept("answer_log")
    assert kept["citizen"] == ""


# ── answer log ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_line_of_the_log_reads_back_whole(shelf: RecordsBench) -> None:
    citizen = await meet(shelf)
    assert await shelf.records.write_log([line("m:1", citizen)]) == 1
    (kept,) = await shelf.kept("answer_log")
    assert kept["citizen"] == citizen and kept["at"] == NOW and kept["latency_ms"] == 3.25
    assert [tuple(seen) for seen in kept["candidates"]] == [("B05-001", 0.93), ("B05-002", 0.5)]
    assert list(kept["reasons"]) == ["同义", "词"] and kept["rating"] is None


async def test_lines_written_before_are_passed_over(shelf: RecordsBench) -> None:
    await shelf.records.write_log([line("m:1"), line("m:2")])
    assert await shelf.records.write_log([line("m:2"), line("m:3"), line("m:3")]) == 1
    assert await shelf.records.write_log([line("m:3")]) == 0
    assert await shelf.records.write_log([]) == 0
    assert [row["push_key"] for row in await shelf.kept("answer_log")] == ["m:1", "m:2", "m:3"]


async def test_two_workers_with_the_same_lines_write_each_once(shelf: RecordsBench) -> None:
    lines = [line(f"m:{number}") for number in range(100)]
    written = await asyncio.gather(*(shelf.records.write_log(lines) for _ in range(3)))
    assert sum(written) == 100 and len(await shelf.kept("answer_log")) == 100


async def test_a_strange_character_holds_up_no_line(shelf: RecordsBench) -> None:
    strange = [replace(line("m:1"), said="a\0b\ud800c"), line("m:2")]
    assert await shelf.records.write_log(strange) == 2
    citizen = await meet(shelf)
    effects: list[Effect] = [Followed("s\0"), Learned("a\0b\ud800c", "none\0"), Delivered("t\0", "ok\0")]
    await shelf.records.perform(KEY, citizen, effects, NOW)
    assert len(await shelf.kept("proposals")) == 1


async def test_the_store_is_there(shelf: RecordsBench) -> None:
    await shelf.records.ping()
