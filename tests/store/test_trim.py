"""What is too old is deleted in batches, by one worker at a time; what may still be needed stays."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.core.clock import FixedClock
from bot.core.effect import Delivered, Followed, Rated
from bot.core.ports import RowState
from bot.core.push import PushKey
from bot.core.reply import Text
from bot.jobs import EFFECTS_KEPT, TRIM_BATCH, trim
from bot.store.open import open_records
from bot.store.tables import answer_log, outbox, template_fates
from bot.store.tables_ratings import ratings
from tests.store.conftest import SqlBench
from tests.store.samples import KEY, NEXT_KEY, NOW, OPENID, SECRET, line
from tests.store.shelves import WECHAT

KEEP = timedelta(days=180)


async def put_all(sql: SqlBench, key: str, at: datetime) -> None:
    records = sql.records
    citizen = await records.citizen(WECHAT, OPENID, at)
    effects = [Delivered(key, "success"), Rated(PushKey(key), "entry:B05-001", "v", 1)]
    await records.perform(PushKey(f"e:{key}"), citizen, effects, at)
    await records.write_log([line(key, citizen, at)])
    for state in (RowState.SENT, RowState.HELD):
        await records.put(f"{key}:{state}", citizen, WECHAT, [Text("x")], at)
        (row,) = await records.take(at, 30, 1)
        await records.settle(row.id, state, at)


async def counts(sql: SqlBench) -> list[int]:
    return [len(await sql.rows(table)) for table in (answer_log, ratings, template_fates, outbox)]


async def test_only_what_is_older_goes_and_words_not_yet_said_stay(sql: SqlBench) -> None:
    clock = FixedClock(NOW)
    await put_all(sql, "old", NOW)
    await put_all(sql, "new", NOW + KEEP)
    clock.move(KEEP)
    assert await trim(sql.records, clock, KEEP) == 2 - 1  # only the old effects are over their own age
    clock.move(timedelta(minutes=1))
    assert await trim(sql.records, clock, KEEP) == 4
    assert await counts(sql) == [1, 1, 1, 3]
    assert {row["key"] for row in await sql.rows(outbox)} == {"old:held", "new:sent", "new:held"}


async def test_one_worker_a_minute_deletes(sql: SqlBench, sql_address: str) -> None:
    await put_all(sql, "old", NOW)
    clock = FixedClock(NOW + KEEP + timedelta(days=1))
    async with open_records(sql_address, SECRET) as other:
        done = await asyncio.gather(trim(sql.records, clock, KEEP), trim(other, clock, KEEP))
    assert sorted(done) == [0, 5]


async def test_many_rows_go_in_batches(sql: SqlBench) -> None:
    await sql.records.write_log([line(f"m:{number}") for number in range(TRIM_BATCH + 5)])
    later = NOW + KEEP + timedelta(days=1)
    assert await sql.records.trim("one", later, later - KEEP, NOW, TRIM_BATCH) == TRIM_BATCH
    assert await trim(sql.records, FixedClock(later), KEEP) == 5


async def test_a_push_that_may_come_again_is_not_done_twice(sql: SqlBench) -> None:
    citizen = await sql.records.citizen(WECHAT, OPENID, NOW)
    await sql.records.perform(KEY, citizen, [Followed("first")], NOW)
    clock = FixedClock(NOW + EFFECTS_KEPT)
    await trim(sql.records, clock, timedelta(days=1))
    await sql.records.perform(KEY, citizen, [Followed("second")], clock.now())
    assert (await sql.records.flags(citizen))["scene"] == "first"
    await sql.records.perform(NEXT_KEY, citizen, [Followed("third")], clock.now())
    assert (await sql.records.flags(citizen))["scene"] == "third"
