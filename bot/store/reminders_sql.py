"""Reminders over SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.core.ports import RowState
from bot.core.push import CitizenId
from bot.core.reminders import Reminder, ReminderState
from bot.core.reply import Text
from bot.store.base_sql import BaseSql
from bot.store.push_codec import payload_bytes
from bot.store.reminder_rows import PLANNED
from bot.store.tables import citizens, outbox
from bot.store.tables_reminder import reminders


class SqlReminders(BaseSql):
    """Reminders in a migrated database that all workers share."""

    async def of(self, citizen: CitizenId) -> Sequence[Reminder]:
        query = select(reminders).where((reminders.c.citizen == citizen) & PLANNED).order_by(reminders.c.ring_at)
        rows = await self._run(lambda connection: connection.execute(query).all())
        return [self._reminder(row) for row in rows]

    async def planned(self, until: datetime) -> Sequence[tuple[int, datetime]]:
        query = select(reminders.c.id, reminders.c.ring_at).where(PLANNED & (reminders.c.ring_at <= until))
        rows = await self._run(lambda connection: connection.execute(query).all())
        return [(row.id, row.ring_at) for row in rows]

    async def ring(self, reminder: int, now: datetime, send_at: datetime) -> bool:
        this = (reminders.c.id == reminder) & PLANNED & (reminders.c.ring_at <= now)

        def ring(connection: Connection) -> bool:
            rung = {"state": ReminderState.RUNG.value, "settled_at": now}
            if not connection.execute(update(reminders).where(this).values(**rung)).rowcount:
                return False
            joined = reminders.join(citizens, citizens.c.id == reminders.c.citizen)
            query = select(reminders, citizens.c.channel).select_from(joined).where(reminders.c.id == reminder)
            self._put(connection, connection.execute(query).one(), now, send_at)
            return True

        return await self._run(ring)

    def _put(self, connection: Connection, row: Row[Any], now: datetime, send_at: datetime) -> None:
        """The outbox row of a reminder; its key keeps it single. One that cannot be read any more says nothing."""
        plain = self._opened(row.text)
        if plain is None:
            return
        words = self._seal.close(payload_bytes((Text(plain.decode()),), None))
        state = RowState.WAITING if send_at <= now else RowState.RESTING
        begun = {"state": state.value, "attempts": 0, "next_try_at": send_at, "reason": "", "created_at": now}
        named = {"key": f"reminder:{row.id}", "citizen": row.citizen, "channel": row.channel}
        connection.execute(insert(outbox).values(**named, **begun, payload=words))

    def _reminder(self, row: Row[Any]) -> Reminder:
        text = (self._opened(row.text) or b"").decode()
        return Reminder(row.id, row.kind, row.due, row.days_before, row.ring_at, text)
