"""The answer log in SQL: written in batches, never in the citizen's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.core.errors import RecordsDown
from bot.core.ports import LogLine
from bot.core.push import CitizenId, PushKey
from bot.store.base_sql import BaseSql, storable
from bot.store.engine import Clash
from bot.store.tables import answer_log, citizens

TRIES = 3
"""Two workers may hold the same lines when a lease ran out; the second finds them written."""
NAMES = tuple(field.name for field in fields(LogLine))


class LogSql(BaseSql):
    """The part of Records about what was answered."""

    async def write_log(self, lines: Sequence[LogLine]) -> int:
        by_key = {line.push_key: line for line in lines}
        for _ in range(TRIES):
            try:
                return await self._run(lambda connection: _written(connection, by_key))
            except Clash:
                continue
        raise RecordsDown("the answer log is contended")


def _written(connection: Connection, by_key: dict[PushKey, LogLine]) -> int:
    known = _known(connection, by_key)
    forgotten = _forgotten(connection, {line.citizen for line in by_key.values()})
    rows = [_row(line, forgotten) for key, line in by_key.items() if key not in known]
    if rows:
        connection.execute(insert(answer_log), rows)
    return len(rows)


def _known(connection: Connection, keys: Iterable[PushKey]) -> set[str]:
    return set(connection.scalars(select(answer_log.c.push_key).where(answer_log.c.push_key.in_(list(keys)))))


def _forgotten(connection: Connection, among: set[CitizenId]) -> set[str]:
    """Those of them who were forgotten while the lines were on their way."""
    gone = citizens.c.id.in_(list(among)) & citizens.c.forgotten_at.is_not(None)
    return set(connection.scalars(select(citizens.c.id).where(gone)))


def _row(line: LogLine, forgotten: set[str]) -> dict[str, Any]:
    row = {name: getattr(line, name) for name in NAMES}
    row["said"] = storable(line.said)  # the only words that are not ours
    if not line.citizen or line.citizen in forgotten:
        row["citizen"] = None
    return row
