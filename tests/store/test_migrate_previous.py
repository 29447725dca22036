"""From every revision there was to the newest: each row of each table survives, and the bot works on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, inspect, select, text
from sqlalchemy import types as kinds

from bot.core.effect import Followed, Forget, Rated
from bot.core.ports import RowState
from bot.core.push import PushKey
from bot.core.reply import Text
from bot.store.engine import make_database
from bot.store.migrate import revisions, upgrade
from bot.store.open import open_records
from tests.store.samples import KEY, NEXT_KEY, NOW, OPENID, SECRET, line
from tests.store.shelves import WECHAT

Rows = dict[str, list[dict[str, Any]]]
VALUES: tuple[tuple[type[Any], object], ...] = (
    (kinds.JSON, {"followed": "yes"}),
    (kinds.Boolean, True),
    (kinds.DateTime, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    (kinds.Date, datetime(2026, 1, 2, tzinfo=UTC).date()),
    (kinds.Float, 1.5),
    (kinds.Numeric, 2),
    (kinds.Integer, 1),
    (LargeBinary, b"box"),
    (kinds.String, "x"),
)
NUMBERED_BY_US = {"release_current"}
"""One row, always of the same number."""


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite'}"
        return
    server = request.getfixturevalue("postgres_url")
    statement(server, "DROP DATABASE IF EXISTS previous")
    statement(server, "CREATE DATABASE previous")
    yield server.replace("/postgres?", "/previous?")


def statement(url: str, words: str) -> None:
    """Outside a transaction, as PostgreSQL wants it for databases."""

    database = make_database(url)

    async def run() -> None:
        async with database._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:  # type: ignore[attr-defined]
            await connection.execute(text(words))
        await database.close()

    asyncio.run(run())


def done(url: str, work: Any) -> Any:
    database = make_database(url)

    async def run() -> Any:
        try:
            return await database.run(work)
        finally:
            await database.close()

    return asyncio.run(run())


def tables(connection: Connection) -> list[Table]:
    """As the database has them, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(connection: Connection) -> None:
    """A row in every table, with a value in every column."""
    for table in tables(connection):
        given = {column.name: value(column.type) for column in table.columns if not counts_up(column)}
        connection.execute(table.insert().values(given))


def counts_up(column: Column[Any]) -> bool:
    """The database numbers the rows itself, and must know that it gave this number."""
    numbered = column.primary_key and column.name == "id" and isinstance(column.type, kinds.Integer)
    return numbered and column.table.name not in NUMBERED_BY_US


def value(kind: Any) -> object:
    made = next(made for type_, made in VALUES if isinstance(kind, type_))
    # SQLite reflects no zone, and takes none.
    return made.replace(tzinfo=None) if isinstance(made, datetime) and not kind.timezone else made


def content(connection: Connection) -> Rows:
    return {
        table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in tables(connection)
    }


@pytest.mark.parametrize("revision", revisions())
def test_every_row_of_an_earlier_revision_survives(revision: str, empty_url: str) -> None:
    upgrade(empty_url, revision)
    done(empty_url, fill)
    before = done(empty_url, content)
    assert {"citizens", "outbox", "answer_log"} <= set(before) and all(before.values())
    upgrade(empty_url)
    after = done(empty_url, content)
    for name, rows in before.items():
        (old,), (new,) = rows, after[name]
        assert {column: new[column] for column in old} == old, name
    asyncio.run(works(empty_url))


async def works(url: str) -> None:
    """What the bot does with it every day."""
    async with open_records(url, SECRET) as records:
        citizen = await records.citizen(WECHAT, OPENID, NOW)
        await records.perform(KEY, citizen, [Followed("s"), Rated(KEY, "entry:B05-001", "v", 1)], NOW)
        await records.put("new", citizen, WECHAT, [Text("x")], NOW)
        (row,) = [row for row in await records.take(NOW, 30, 9) if row.key == "new"]
        await records.settle(row.id, RowState.SENT, NOW)
        assert await records.write_log([line("m:new", citizen)]) == 1
        await records.perform(NEXT_KEY, citizen, [Forget()], NOW)
        assert await records.citizen(WECHAT, OPENID, NOW) != citizen
        await records.perform(PushKey("x"), citizen, [Followed()], NOW)  # its effects were done before the upgrade


def test_all_revisions_are_tried(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    upgrade(url)
    names = done(url, lambda connection: inspect(connection).get_table_names())
    assert revisions()[0] == "0001" and "ratings" in names
