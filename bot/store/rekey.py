"""Sealing everything anew with the newest SECRET_KEY, so that an earlier one can be thrown away.

Row by row, in batches, beside a running service: a box that the newest key opens is left alone, so it may be broken off
and started again. A row that somebody changed in between is left to him, who seals with the newest key anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, select, update

from bot.core.push import Channel
from bot.store.engine import Database, make_database
from bot.store.seal import Seal
from bot.store.tables import citizens, outbox
from bot.store.tables_desk import conversations, desk_lines
from bot.store.tables_reminder import reminders

BATCH = 200

SEALED: tuple[Column[Any], ...] = (
    citizens.c.address_box,
    outbox.c.payload,
    conversations.c.draft,
    desk_lines.c.text,
    reminders.c.text,
)
"""Every column that is sealed. A new one is added here, and nowhere else; its table has the primary key `id`."""


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """What became of a column. lost: boxes that none of the given keys opens."""

    column: str
    sealed: int
    lost: int


async def rekey(url: str, secret: str, previous: tuple[str, ...]) -> list[Rekeyed]:
    """Seal every column anew. Raises RecordsDown; what was done until then stays done."""
    database = await asyncio.to_thread(make_database, url)
    try:
        seal = Seal(secret, previous)
        return [await _column(database, seal, column) for column in SEALED]
    finally:
        await database.close()


async def _column(database: Database, seal: Seal, column: Column[Any]) -> Rekeyed:
    name, sealed, lost, after = f"{column.table.name}.{column.name}", 0, 0, None
    while batch := await database.run(_batch(seal, column, after)):
        sealed += batch.sealed
        lost += batch.lost
        after = batch.last
    return Rekeyed(name, sealed, lost)


@dataclass(frozen=True, slots=True)
class _Batch:
    last: Any
    sealed: int
    lost: int


def _batch(seal: Seal, column: Column[Any], after: Any) -> Callable[[Connection], _Batch | None]:
    table = column.table
    query = select(table).where(column.is_not(None)).order_by(table.c.id).limit(BATCH)
    if after is not None:
        query = query.where(table.c.id > after)

    def work(connection: Connection) -> _Batch | None:
        rows = connection.execute(query).all()
        done = [_renew(connection, seal, column, row) for row in rows]
        return _Batch(rows[-1].id, done.count("sealed"), done.count("lost")) if rows else None

    return work


def _renew(connection: Connection, seal: Seal, column: Column[Any], row: Row[Any]) -> str:
    """One row: sealed, left as it is, or lost."""
    box = row._mapping[column.name]
    renewed = seal.renewed(box)
    if renewed is None:
        return "lost"
    values: dict[str, Any] = {} if renewed == box else {column.name: renewed}
    if column is citizens.c.address_box:
        values |= _named_anew(connection, seal, row)
    if not values:
        return "left"
    mine = (column.table.c.id == row.id) & (column == box)
    return "sealed" if connection.execute(update(column.table).where(mine).values(**values)).rowcount else "left"


def _named_anew(connection: Connection, seal: Seal, row: Row[Any]) -> dict[str, str]:
    """The name of an address under the newest key, unless another row has it already."""
    address = (seal.open(row.address_box) or b"").decode()
    name = seal.address_keys(Channel(row.channel), address)[0]
    taken = select(citizens.c.id).where((citizens.c.channel == row.channel) & (citizens.c.address_key == name))
    return {} if connection.scalar(taken) is not None else {"address_key": name}
