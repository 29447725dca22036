"""Deleting what is too old to be kept, in small batches that hold nobody up."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, delete, insert, select

from bot.core.ports import RowState
from bot.store.base_sql import BaseSql
from bot.store.engine import Clash
from bot.store.tables import answer_log, effects_done, outbox, template_fates
from bot.store.tables_ratings import ratings

OVER = [state.value for state in (RowState.SENT, RowState.SAID, RowState.DEAD, RowState.VOID)]


class TrimSql(BaseSql):
    """The part of Records about forgetting in time."""

    async def trim(self, slot: str, now: datetime, log_before: datetime, done_before: datetime, limit: int) -> int:
        old = (
            (answer_log.c.id, answer_log.c.at < log_before),
            (ratings.c.id, ratings.c.at < log_before),
            (template_fates.c.id, template_fates.c.at < log_before),
            (outbox.c.id, outbox.c.state.in_(OVER) & (outbox.c.created_at < log_before)),
            (effects_done.c.push_key, effects_done.c.at < done_before),
        )

        def work(connection: Connection) -> int:
            # The slot stands among the pushes whose effects were done, and is deleted with them.
            connection.execute(insert(effects_done).values(push_key=slot, at=now))
            return sum(_deleted(connection, name, which, limit) for name, which in old)

        with suppress(Clash):
            return await self._run(work)
        return 0


def _deleted(connection: Connection, name: Column[object], which: ColumnElement[bool], limit: int) -> int:
    few = select(name).where(which).limit(limit)
    return connection.execute(delete(name.table).where(name.in_(few))).rowcount
