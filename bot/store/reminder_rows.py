"""Reminders as rows: what effects do to them, inside the transaction of the effects."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.core.effect import Remind
from bot.core.push import CitizenId, PushKey
from bot.core.reminders import MOST, ReminderState, ring_at
from bot.store.tables_reminder import reminders

PLANNED = reminders.c.state == ReminderState.PLANNED.value


def plan_reminder(
    connection: Connection, key: PushKey, citizen: CitizenId, wish: Remind, text: bytes, now: datetime
) -> None:
    """Plan a reminder, unless the citizen has the same one, or too many."""
    his = (reminders.c.citizen == citizen) & PLANNED
    same = (reminders.c.kind == wish.kind) & (reminders.c.due == wish.due) & (reminders.c.days_before == wish.before)
    if connection.scalar(select(reminders.c.id).where(his & same)) is not None:
        return
    if (connection.scalar(select(func.count()).select_from(reminders).where(his)) or 0) >= MOST:
        return
    row = {"push_key": key, "citizen": citizen, "kind": wish.kind, "due": wish.due, "days_before": wish.before}
    begun = {"ring_at": ring_at(wish.due, wish.before), "state": ReminderState.PLANNED.value, "created_at": now}
    connection.execute(insert(reminders).values(**row, **begun, text=text))


def cancel_reminder(connection: Connection, citizen: CitizenId, number: int) -> None:
    """Cancel a planned reminder of this citizen; another one's stays."""
    his = (reminders.c.id == number) & (reminders.c.citizen == citizen) & PLANNED
    connection.execute(update(reminders).where(his).values(state=ReminderState.CANCELLED.value))


def forget_reminders(connection: Connection, citizen: CitizenId) -> None:
    """Delete everything the citizen wanted to be reminded of."""
    connection.execute(delete(reminders).where(reminders.c.citizen == citizen))
