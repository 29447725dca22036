"""What only SQL has: migrations, secrecy on disk, keys that change, an absent database."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.dialects import sqlite

from bot.core.clock import SHANGHAI
from bot.core.effect import Followed, Forget, Learned
from bot.core.errors import BadSettings, RecordsDown
from bot.core.ports import Records, RowState
from bot.core.push import Channel, CitizenId
from bot.core.reply import Text
from bot.store.engine import Clash, sql_url
from bot.store.migrate import upgrade
from bot.store.open import open_records
from bot.store.seal import Seal
from bot.store.tables import Instant, citizens, metadata, outbox
from tests.store.conftest import SqlBench, open_sql
from tests.store.samples import KEY, NOW, OPENID, PUSH, SECRET, WORDS, line

WECHAT = Channel.WECHAT
OTHER_SECRET = "another secret of the tests, as long"


# ── the tables ────────────────────────────────────────────────────────────────────────────────────────────


def shape(connection: Connection) -> dict[str, Any]:
    """Everything the inspector knows of the tables, in an order that can be compared."""
    found = inspect(connection)
    names = sorted(set(found.get_table_names()) - {"alembic_version"})
    return {
        name: {
            "columns": [{**column, "type": repr(column["type"])} for column in found.get_columns(name)],
            "primary": found.get_pk_constraint(name),
            "foreign": found.get_foreign_keys(name),
            "unique": sorted(found.get_unique_constraints(name), key=repr),
            "indexes": sorted(str({**index, "dialect_options": options(index)}) for index in found.get_indexes(name)),
        }
        for name in names
    }


def options(index: Any) -> dict[str, str]:
    """The condition of a partial index is an object of its own at each look."""
    return {name: str(value) for name, value in index.get("dialect_options", {}).items()}


def rebuilt(connection: Connection) -> None:
    metadata.drop_all(connection)
    metadata.create_all(connection)


async def test_migrations_build_what_the_code_means(sql: SqlBench) -> None:
    migrated = await sql.database.run(shape)
    await sql.database.run(rebuilt)
    assert migrated == await sql.database.run(shape)
    assert set(migrated) == set(metadata.tables)


async def test_migrating_again_changes_nothing(sql_address: str) -> None:
    await asyncio.to_thread(upgrade, sql_address)


async def test_no_citizen_is_written_to_twice_at_once_whatever_the_code_does(sql: SqlBench) -> None:
    citizen = await sql.records.citizen(WECHAT, OPENID, NOW)
    for key in ("k1", "k2"):
        await sql.records.put(key, citizen, WECHAT, [Text(key)], NOW)
    with pytest.raises(Clash):
        await sql.database.run(lambda connection: connection.execute(text("UPDATE outbox SET state = 'going'")))


async def test_moments_are_the_same_moments_everywhere(sql: SqlBench) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    await sql.records.citizen(WECHAT, OPENID, at)
    kept = await sql.database.run(lambda connection: connection.scalar(select(citizens.c.created_at)))
    assert kept is not None and kept == at and kept.tzinfo is SHANGHAI


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Instant().process_bind_param(datetime(2026, 1, 2), sqlite.dialect())


async def test_sqlite_is_set_up_for_several_workers(sqlite_url: str) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    async with open_sql(sqlite_url) as bench:
        found = await bench.database.run(
            lambda connection: {name: connection.scalar(text(f"PRAGMA {name}")) for name in names}
        )
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}


async def test_workers_that_write_at_once_wait_for_each_other(sql_address: str) -> None:
    async def work(name: str) -> None:
        async with open_records(sql_address, SECRET) as records:
            for number in range(8):
                citizen = await records.citizen(WECHAT, f"{name}{number}", NOW)
                await records.perform(f"{name}{number}", citizen, [Followed("s")], NOW)  # type: ignore[arg-type]
                await records.put(f"{name}{number}", citizen, WECHAT, [Text("x")], NOW)

    async with open_sql(sql_address) as bench:
        await asyncio.gather(*(work(name) for name in "abc"))
        assert len(await bench.rows(outbox)) == 24


# ── secrecy ───────────────────────────────────────────────────────────────────────────────────────────────


async def fill(records: Records) -> CitizenId:
    """A citizen with one row of everything."""
    citizen = await records.citizen(WECHAT, OPENID, NOW)
    await records.put("late", citizen, WECHAT, (), NOW, push=PUSH)
    await records.put("words", citizen, WECHAT, [Text(WORDS)], NOW)
    await records.perform(KEY, citizen, [Followed("s"), Learned("masked", "entry:B05-001")], NOW)
    await records.write_log([line("m:1", citizen)])
    return citizen


async def test_no_file_of_sqlite_holds_an_openid_or_a_citizens_words(sqlite_url: str, tmp_path: Path) -> None:
    async with open_sql(sqlite_url) as bench:
        await fill(bench.records)
        # While it is open there is a write-ahead log, too.
        files = await asyncio.to_thread(contents, tmp_path)
    files += await asyncio.to_thread(contents, tmp_path)
    whole = b"".join(files)
    assert len(files) > 2 and b"entry:B05-001" in whole
    for secret in (OPENID.encode(), WORDS.encode(), base64.b64encode(OPENID.encode())[:20]):
        assert secret not in whole


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()]


async def test_words_that_arrived_are_deleted(sql: SqlBench) -> None:
    await fill(sql.records)
    (row,) = await sql.records.take(NOW, 30, 5)
    await sql.records.settle(row.id, RowState.SENT, NOW)
    await sql.records.void("late")
    assert [row["payload"] for row in await sql.rows(outbox)] == [None, None]


async def test_forgetting_deletes_address_and_words(sql: SqlBench) -> None:
    citizen = await fill(sql.records)
    await sql.records.perform("m:9", citizen, [Forget()], NOW)  # type: ignore[arg-type]
    (kept,) = await sql.rows(citizens)
    assert (kept["address_key"], kept["address_box"], kept["flags"], kept["forgotten_at"]) == (None, None, {}, NOW)
    assert {(row["payload"], row["state"]) for row in await sql.rows(outbox)} == {(None, "void")}


async def test_an_earlier_secret_still_opens_and_finds(sql: SqlBench, sql_address: str) -> None:
    citizen = await sql.records.citizen(WECHAT, OPENID, NOW)
    await sql.records.put("words", citizen, WECHAT, [Text(WORDS)], NOW)
    async with open_records(sql_address, OTHER_SECRET, (SECRET,)) as records:
        assert await records.citizen(WECHAT, OPENID, NOW) == citizen
        assert await records.address(citizen) == OPENID
    async with open_records(sql_address, OTHER_SECRET) as records:
        assert await records.citizen(WECHAT, OPENID, NOW) == citizen, "found under the new secret from now on"


async def test_words_sealed_with_a_lost_secret_are_never_sent_empty(sql: SqlBench, sql_address: str) -> None:
    citizen = await sql.records.citizen(WECHAT, OPENID, NOW)
    await sql.records.put("words", citizen, WECHAT, [Text(WORDS)], NOW)
    async with open_records(sql_address, OTHER_SECRET) as records:
        assert await records.take(NOW, 30, 5) == []
        assert await records.address(citizen) is None
    (kept,) = await sql.rows(outbox)
    assert (kept["state"], kept["reason"]) == ("dead", "sealed with another key")


def test_two_secrets_seal_and_name_differently() -> None:
    mine, other = Seal(SECRET), Seal(OTHER_SECRET)
    assert mine.open(mine.close(b"x")) == b"x"
    assert other.open(mine.close(b"x")) is None
    assert mine.address_keys(WECHAT, OPENID) != other.address_keys(WECHAT, OPENID)
    assert mine.address_keys(WECHAT, OPENID) != mine.address_keys(Channel.CHAT, OPENID)


# ── an absent database ────────────────────────────────────────────────────────────────────────────────────

CITIZEN = CitizenId("c" * 32)
CALLS: dict[str, Callable[[Records], Awaitable[object]]] = {
    "citizen": lambda records: records.citizen(WECHAT, OPENID, NOW),
    "address": lambda records: records.address(CITIZEN),
    "flags": lambda records: records.flags(CITIZEN),
    "perform": lambda records: records.perform(KEY, CITIZEN, [Followed()], NOW),
    "put": lambda records: records.put("k", CITIZEN, WECHAT, [Text("x")], NOW),
    "fill": lambda records: records.fill("k", [Text("x")], NOW),
    "void": lambda records: records.void("k"),
    "take": lambda records: records.take(NOW, 30, 5),
    "settle": lambda records: records.settle(1, RowState.SENT, NOW),
    "expire": lambda records: records.expire(NOW),
    "stale": lambda records: records.stale(NOW, 10, 5),
    "unsaid": lambda records: records.unsaid(CITIZEN, KEY),
    "said": lambda records: records.said([1], KEY, NOW),
    "citizens_with_unsaid": lambda records: records.citizens_with_unsaid(),
    "write_log": lambda records: records.write_log([line()]),
    "trim": lambda records: records.trim("slot", NOW, NOW, NOW, 5),
    "ping": lambda records: records.ping(),
}
ABSENT = {
    "sqlite": "sqlite:////nowhere/at/all/xinxin.sqlite",
    "postgres": "postgresql://nobody:nothing@127.0.0.1:9/nowhere?ssl=disable",
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("kind", ABSENT)
async def test_an_absent_database_is_records_down(name: str, kind: str) -> None:
    async with open_records(ABSENT[kind], SECRET) as records:
        with pytest.raises(RecordsDown):
            await CALLS[name](records)


async def test_an_unmigrated_database_is_records_down(tmp_path: Path) -> None:
    async with open_records(f"sqlite:///{tmp_path}/empty.sqlite", SECRET) as records:
        with pytest.raises(RecordsDown):
            await records.citizen(WECHAT, OPENID, NOW)


async def test_a_database_that_does_not_exist_is_records_down(postgres_url: str) -> None:
    async with open_records(postgres_url.replace("/postgres?", "/nowhere?"), SECRET) as records:
        with pytest.raises(RecordsDown):
            await records.ping()


async def test_a_message_to_nobody_is_records_down(sql: SqlBench) -> None:
    with pytest.raises(RecordsDown):
        await sql.records.put("k", CITIZEN, WECHAT, [Text("x")], NOW)


@pytest.mark.parametrize("kind", ABSENT)
def test_migrating_an_absent_database_is_records_down(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.migrate.make_folder", lambda url: None)
    with pytest.raises(RecordsDown):
        upgrade(ABSENT[kind])


@pytest.mark.parametrize("wrong", ["", "data/xinxin.sqlite", "mysql://here/there", "sqlite://", "sqlite:///:memory:"])
def test_what_is_no_address_is_refused_at_once(wrong: str) -> None:
    with pytest.raises(BadSettings, match="DATABASE_URL"):
        sql_url(wrong)


@pytest.mark.parametrize("given", ["postgresql://a/b", "postgres://a/b", "postgresql+asyncpg://a/b"])
def test_the_driver_is_ours_to_choose(given: str) -> None:
    assert sql_url(given).drivername == "postgresql+asyncpg"
