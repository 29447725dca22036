"""Records over SQL, in five parts: citizens and effects, outbox, answer log, age, and whether it is there at all."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.citizens_sql import CitizensSql
from bot.store.log_sql import LogSql
from bot.store.outbox_sql import OutboxSql
from bot.store.trim_sql import TrimSql


class SqlRecords(CitizensSql, OutboxSql, LogSql, TrimSql):
    """Records in a migrated database that all workers share."""

    async def ping(self) -> None:
        await self._run(lambda connection: connection.execute(select(1)))
