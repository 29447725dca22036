"""The desk in SQL: the floor, the lines and their fate, duty hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, cast, delete, func, insert, literal, select, update

from bot.core.desk import Asked, Change, Conversation, ConversationId, Hours, Line, State, Who
from bot.core.ports import RowState
from bot.core.push import Channel, CitizenId
from bot.store import desk_rows
from bot.store.base_sql import BaseSql, storable
from bot.store.desk_rows import IS_OPEN
from bot.store.engine import Clash
from bot.store.states import UNDELIVERED
from bot.store.tables import outbox
from bot.store.tables_desk import conversations, desk_lines, duty_hours


class SqlDesk(BaseSql):
    """Desk in a migrated database that all workers share."""

    async def floor(self, citizen: CitizenId) -> State | None:
        his = (conversations.c.citizen == citizen) & IS_OPEN
        state = await self._run(lambda connection: connection.scalar(select(conversations.c.state).where(his)))
        return State(state) if state else None

    async def waiting(self, besides: CitizenId) -> int:
        others = (conversations.c.state == State.WAITING.value) & (conversations.c.citizen != besides)
        query = select(func.count()).select_from(conversations).where(others)
        return await self._run(lambda connection: connection.scalar(query)) or 0

    async def open(self) -> Sequence[Conversation]:
        query = select(conversations).where(IS_OPEN).order_by(conversations.c.created_at, conversations.c.id)
        return [_conversation(row) for row in await self._run(lambda connection: connection.execute(query).all())]

    async def conversation(self, key: ConversationId) -> Conversation | None:
        query = select(conversations).where(conversations.c.id == key)
        row = await self._run(lambda connection: connection.execute(query).first())
        return _conversation(row) if row else None

    async def lines(self, key: ConversationId) -> Sequence[Line]:
        fate = outbox.c.key == literal("desk:") + cast(desk_lines.c.id, String)
        query = select(desk_lines, outbox.c.state.label("fate")).outerjoin(outbox, fate)
        query = query.where(desk_lines.c.conversation == key).order_by(desk_lines.c.id)
        rows = await self._run(lambda connection: connection.execute(query).all())
        return [self._line(row) for row in rows]

    async def change(self, key: str, before: Conversation, change: Change, now: datetime) -> bool:
        def carry_out(connection: Connection) -> bool:
            if not _changed(connection, before, change, now):
                return False
            for number, words in enumerate(change.words):
                line = desk_rows.add_line(connection, self._seal, before.id, f"{key}/{number}", words, now)
                if words.sent:
                    desk_rows.send_line(connection, self._seal, line, before.id, words, now)
            return True

        try:
            return await self._run(carry_out)
        except Clash:
            return True  # done before, by an earlier try of the same act

    async def draft(self, key: ConversationId) -> str:
        query = select(conversations.c.draft).where(conversations.c.id == key)
        plain = self._opened(await self._run(lambda connection: connection.scalar(query)))
        return plain.decode() if plain else ""

    async def keep_draft(self, key: ConversationId, text: str) -> None:
        box = self._seal.close(storable(text).encode()) if text else None
        change = update(conversations).where((conversations.c.id == key) & IS_OPEN).values(draft=box)
        await self._run(lambda connection: connection.execute(change))

    async def hours(self) -> Sequence[Hours]:
        rows = await self._run(lambda connection: connection.execute(select(duty_hours)).all())
        return [Hours(row.opens, row.closes, row.weekday, row.day) for row in rows]

    async def set_hours(self, hours: Sequence[Hours]) -> None:
        rows = [{"opens": h.opens, "closes": h.closes, "weekday": h.weekday, "day": h.day} for h in hours]

        def replace(connection: Connection) -> None:
            connection.execute(delete(duty_hours))
            if rows:
                connection.execute(insert(duty_hours), rows)

        await self._run(replace)

    async def arrived(self, citizen: CitizenId, rows: Sequence[int], now: datetime) -> int:
        mine = (outbox.c.citizen == citizen) & outbox.c.id.in_(list(rows))
        waiting = outbox.c.state.in_([state.value for state in UNDELIVERED])
        sent = {"state": RowState.SENT.value, "settled_at": now, "payload": None}
        change = update(outbox).where(mine & waiting & (outbox.c.channel == Channel.CHAT.value)).values(**sent)
        return await self._run(lambda connection: connection.execute(change).rowcount)

    def _line(self, row: Row[Any]) -> Line:
        plain = self._opened(row.text)
        return Line(row.id, Who(row.who), plain.decode() if plain else "", row.at, row.fate or "")


def _changed(connection: Connection, before: Conversation, change: Change, now: datetime) -> bool:
    """The floor goes from one to the other, unless somebody else moved it meanwhile."""
    same = (conversations.c.state == before.state.value) & (conversations.c.officer == before.officer)
    values: dict[str, Any] = {
        "state": change.state.value,
        "officer": change.officer,
        "name": change.name,
        "promised_at": change.promised_at,
        "touched": conversations.c.touched + 1,
    }
    if change.state is not before.state:
        values |= {"since": now}
    if change.state is State.SERVED:
        values |= {"word_at": now}
    this = update(conversations).where((conversations.c.id == before.id) & same)
    return connection.execute(this.values(**values)).rowcount > 0


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=ConversationId(row.id),
        citizen=CitizenId(row.citizen),
        channel=Channel(row.channel),
        state=State(row.state),
        reason=row.reason,
        context=tuple(Asked(said, answer, tuple((k, s) for k, s in found)) for said, answer, found in row.context),
        created_at=row.created_at,
        since=row.since,
        officer=row.officer,
        name=row.name,
        word_at=row.word_at,
        promised_at=row.promised_at,
        touched=row.touched,
    )
