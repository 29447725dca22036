"""Reminders in SQL, and their schedule in Redis and in a cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.core.clock import SHANGHAI, FixedClock
from bot.core.effect import CancelReminder, Forget, Remind
from bot.core.ports import RowState
from bot.core.push import Channel, CitizenId, PushKey
from bot.core.reminders import MOST, Schedule, is_quiet, not_before, ring_at
from bot.core.reply import Text
from bot.reminders import Ringing
from bot.store.memory_reminders import MemoryReminders, MemorySchedule
from bot.store.open import open_long_memory
from bot.store.reminders_sql import SqlReminders
from bot.store.schedule_redis import open_schedule
from bot.store.seal import Seal
from bot.store.tables_reminder import reminders as table
from tests.store.conftest import SqlBench
from tests.store.samples import NOW, OPENID, SECRET

WECHAT = Channel.WECHAT
DUE = date(2026, 9, 1)
WISH = Remind("renewal", DUE, 90, "今天起可以换证")
RING = ring_at(DUE, 90)


@pytest.fixture
def kept(sql: SqlBench) -> SqlReminders:
    return SqlReminders(sql.database, Seal(SECRET))


async def planned(sql: SqlBench, *wishes: Remind, address: str = OPENID) -> str:
    citizen = await sql.records.citizen(WECHAT, address, NOW)
    for number, wish in enumerate(wishes):
        await sql.records.perform(PushKey(f"{address}:{number}"), citizen, [wish], NOW)
    return citizen


async def test_a_wish_is_planned_once_and_sealed(sql: SqlBench, kept: SqlReminders) -> None:
    citizen = await planned(sql, WISH, WISH)
    (one,) = await kept.of(citizen)
    assert (one.kind, one.due, one.before, one.ring_at, one.text) == ("renewal", DUE, 90, RING, WISH.text)
    (row,) = await sql.rows(table)
    assert WISH.text.encode() not in row["text"] and row["push_key"]


async def test_a_repeated_push_makes_one(sql: SqlBench, kept: SqlReminders) -> None:
    citizen = await sql.records.citizen(WECHAT, OPENID, NOW)
    await asyncio.gather(*(sql.records.perform(PushKey("m:1"), citizen, [WISH], NOW) for _ in range(4)))
    assert len(await kept.of(citizen)) == 1


async def test_there_is_an_end_to_wishes(sql: SqlBench, kept: SqlReminders) -> None:
    citizen = await planned(sql, *(Remind("renewal", DUE, before, "x") for before in range(MOST + 2)))
    assert len(await kept.of(citizen)) == MOST


async def test_it_rings_once_with_its_row(sql: SqlBench, kept: SqlReminders) -> None:
    citizen = await planned(sql, WISH)
    ((number, at),) = await kept.planned(RING)
    assert at == RING and not await kept.planned(RING - timedelta(seconds=1))
    assert not await kept.ring(number, RING - timedelta(seconds=1), RING)
    assert sorted(await asyncio.gather(*(kept.ring(number, RING, RING) for _ in range(4)))) == [False] * 3 + [True]
    (row,) = await sql.records.take(RING, 30, 10)
    assert (row.key, row.citizen, row.replies) == (f"reminder:{number}", citizen, (Text(WISH.text),))
    assert row.state is RowState.GOING and not await kept.of(citizen)


async def test_what_rings_at_night_rests_until_morning_or_the_next_message(sql: SqlBench, kept: SqlReminders) -> None:
    citizen = await planned(sql, WISH, replace(WISH, before=91))
    night = RING.replace(hour=22)
    morning = not_before(night)
    for number, _ in await kept.planned(night):
        assert await kept.ring(number, night, morning)
    assert not await sql.records.take(morning - timedelta(seconds=1), 30, 10)
    rows = await sql.records.unsaid(CitizenId(citizen), PushKey("m:7"))
    assert [row.state for row in rows] == [RowState.RESTING] * 2 and await sql.records.citizens_with_unsaid()
    await sql.records.said([rows[0].id], PushKey("m:7"), night)
    assert [row.id for row in await sql.records.take(morning, 30, 10)] == [rows[1].id]


async def test_only_its_owner_cancels_it(sql: SqlBench, kept: SqlReminders) -> None:
    citizen, other = await planned(sql, WISH), await planned(sql, address="somebody else")
    (one,) = await kept.of(citizen)
    await sql.records.perform(PushKey("o:9"), other, [CancelReminder(one.id)], NOW)
    assert await kept.of(citizen)
    await sql.records.perform(PushKey("m:9"), citizen, [CancelReminder(one.id)], NOW)
    assert not await kept.of(citizen) and not await kept.ring(one.id, RING, RING)


async def test_who_is_forgotten_is_reminded_of_nothing(sql: SqlBench) -> None:
    citizen, _ = await planned(sql, WISH), await planned(sql, WISH, address="somebody else")
    await sql.records.perform(PushKey("m:9"), citizen, [Forget()], NOW)
    rows = await sql.database.run(lambda connection: connection.execute(select(table.c.citizen)).all())
    assert len(rows) == 1 and rows[0].citizen != citizen


async def test_long_memory_opens_them(sqlite_url: str) -> None:
    async with open_long_memory(sqlite_url, SECRET) as memory:
        assert not await memory.reminders.planned(RING)


# ── the schedule ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def schedule(mind_url: str) -> AsyncIterator[Schedule]:
    if not mind_url:
        yield MemorySchedule()
        return
    async with open_schedule(mind_url) as opened:
        for number in range(10):
            await opened.drop(number)
        yield opened


async def test_a_claim_is_one_workers_until_its_lease_ends(schedule: Schedule) -> None:
    await schedule.add([(1, NOW), (2, NOW + timedelta(minutes=5))])
    claims = await asyncio.gather(*(schedule.claim(NOW, 60, 10) for _ in range(3)))
    assert sorted(map(list, claims)) == [[], [], [1]]
    await schedule.add([(1, NOW)])
    assert not await schedule.claim(NOW, 60, 10)
    assert list(await schedule.claim(NOW + timedelta(seconds=60), 60, 10)) == [1]
    await schedule.drop(1)
    assert list(await schedule.claim(NOW + timedelta(hours=1), 60, 10)) == [2]


async def test_the_oldest_go_first(schedule: Schedule) -> None:
    await schedule.add([])
    await schedule.add([(number, NOW - timedelta(minutes=number)) for number in range(5)])
    assert list(await schedule.claim(NOW, 60, 2)) == [4, 3]


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(7, 59, True), (8, 0, False), (20, 59, False), (21, 0, True), (0, 0, True)]
)
def test_nobody_is_rung_at_night(hour: int, minute: int, quiet: bool) -> None:
    assert is_quiet(datetime(2026, 3, 4, hour, minute, tzinfo=SHANGHAI)) is quiet
    assert not is_quiet(RING)


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (datetime(2026, 3, 4, 9, 30, tzinfo=SHANGHAI), datetime(2026, 3, 4, 9, 30, tzinfo=SHANGHAI)),
        (datetime(2026, 3, 4, 22, 30, tzinfo=SHANGHAI), datetime(2026, 3, 5, 8, tzinfo=SHANGHAI)),
        (datetime(2026, 3, 5, 2, tzinfo=SHANGHAI), datetime(2026, 3, 5, 8, tzinfo=SHANGHAI)),
    ],
    ids=["day", "evening", "small hours"],
)
def test_what_is_due_at_night_goes_out_in_the_morning(now: datetime, goes: datetime) -> None:
    assert not_before(now) == goes


async def test_the_bells_go_on_when_the_clock_was_set_back() -> None:
    clock, reminders = FixedClock(RING + timedelta(days=30)), MemoryReminders()

    async def flag() -> None:
        """By day nothing waits."""

    ringing = Ringing(reminders, MemorySchedule(), clock, flag)
    assert await ringing.work() == 0
    clock.move(timedelta(days=-31))
    reminders.plan(CitizenId("c"), WISH)
    assert await ringing.work() == 0
    clock.move(timedelta(days=1))
    assert await ringing.work() == 1


@pytest.mark.parametrize(("hour", "flags"), [(10, 0), (22, 1)], ids=["by day it goes out", "at night it waits"])
async def test_words_that_wait_for_the_morning_are_flagged(hour: int, flags: int) -> None:
    clock, reminders = FixedClock(RING.replace(hour=hour)), MemoryReminders()
    flagged: list[datetime] = []

    async def flag() -> None:
        flagged.append(clock.now())

    reminders.plan(CitizenId("c"), WISH)
    ringing = Ringing(reminders, MemorySchedule(), clock, flag)
    assert await ringing.work() == 1 and await ringing.work() == 0
    assert len(flagged) == flags
