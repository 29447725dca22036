"""The outbox in SQL: rows are claimed one by one, by an update that only one taker can win."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, insert, select, update

from bot.core.ports import OutboxRow, RowState
from bot.core.push import Channel, CitizenId, Push, PushKey
from bot.core.reply import Reply
from bot.store.base_sql import BaseSql
from bot.store.engine import Clash
from bot.store.push_codec import payload_bytes, payload_from
from bot.store.states import HELD_BY_SENDER, KEEPS_NOTHING, SENDABLE, UNDELIVERED
from bot.store.tables import citizens, outbox

UNREADABLE = "sealed with another key"


class OutboxSql(BaseSql):
    """The part of Records about messages that are no passive replies."""

    async def put(
        self,
        key: str,
        citizen: CitizenId,
        channel: Channel,
        replies: Sequence[Reply],
        now: datetime,
        *,
        push: Push | None = None,
    ) -> None:
        state = RowState.AWAITING if push else RowState.WAITING
        row = {"key": key, "citizen": citizen, "channel": channel.value, "state": state.value}
        begun = {"attempts": 0, "next_try_at": now, "reason": "", "created_at": now}

        def add(connection: Connection) -> None:
            if not _is_there(connection, key):
                connection.execute(insert(outbox).values(**row, **begun, payload=self._sealed(replies, push)))

        try:
            await self._run(add)
        except Clash:
            # Either another worker put the same key first, or the citizen is not there: only the first is well.
            if not await self._run(lambda connection: _is_there(connection, key)):
                raise

    async def fill(self, key: str, replies: Sequence[Reply], now: datetime) -> bool:
        state = RowState.WAITING if replies else RowState.VOID
        payload = self._sealed(replies, None) if replies else None
        return await self._change(
            (outbox.c.key == key) & _is(RowState.AWAITING), state=state.value, payload=payload, next_try_at=now
        )

    async def void(self, key: str) -> None:
        await self._change((outbox.c.key == key) & _is(RowState.AWAITING), state=RowState.VOID.value, payload=None)

    async def take(self, now: datetime, lease_s: float, limit: int) -> Sequence[OutboxRow]:
        due = await self._run(lambda connection: connection.scalars(_due(now, limit)).all())
        taken = [await self._claim(row_id, now, lease_s) for row_id in due]
        return [row for row in taken if row is not None]

    async def settle(
        self, row_id: int, state: RowState, now: datetime, *, reason: str = "", next_try_at: datetime | None = None
    ) -> None:
        values: dict[str, Any] = {
            "state": state.value,
            "reason": reason,
            "settled_at": now,
            "next_try_at": next_try_at or now,
            "lease_until": None,
        }
        if state is RowState.WAITING:
            values["attempts"] = outbox.c.attempts + 1
        if state in KEEPS_NOTHING:
            values["payload"] = None
        await self._change((outbox.c.id == row_id) & _is(*HELD_BY_SENDER), **values)

    async def expire(self, now: datetime) -> Sequence[OutboxRow]:
        lapsed = _is(RowState.GOING) & (outbox.c.lease_until <= now)

        def find(connection: Connection) -> list[Row[Any]]:
            rows = connection.execute(select(outbox).where(lapsed).order_by(outbox.c.id)).all()
            uncertain = {"state": RowState.UNCERTAIN.value, "lease_until": None}
            return [row for row in rows if _changed(connection, lapsed & (outbox.c.id == row.id), uncertain)]

        return [self._row(row, RowState.UNCERTAIN) for row in await self._run(find)]

    async def stale(self, now: datetime, older_than_s: float, limit: int) -> Sequence[OutboxRow]:
        old = outbox.c.created_at <= now - timedelta(seconds=older_than_s)
        query = select(outbox).where(_is(RowState.AWAITING) & old).order_by(outbox.c.id).limit(limit)
        return [self._row(row) for row in await self._rows(query)]

    async def unsaid(self, citizen: CitizenId, by: PushKey) -> Sequence[OutboxRow]:
        due = _is(*UNDELIVERED) | (_is(RowState.SAID) & (outbox.c.said_by == by))
        query = select(outbox).where((outbox.c.citizen == citizen) & due).order_by(outbox.c.id)
        return [self._row(row) for row in await self._rows(query)]

    async def said(self, row_ids: Sequence[int], by: PushKey, now: datetime) -> bool:
        named = outbox.c.id.in_(row_ids)
        theirs = outbox.c.citizen.in_(select(outbox.c.citizen).where(named))
        said = {"state": RowState.SAID.value, "said_by": by, "settled_at": now}

        def say(connection: Connection) -> bool:
            _changed(connection, named & _is(*UNDELIVERED), said)
            return connection.scalar(select(outbox.c.id).where(theirs & _is(*UNDELIVERED)).limit(1)) is not None

        return await self._run(say)

    async def citizens_with_unsaid(self) -> Sequence[tuple[Channel, str]]:
        has_unsaid = exists().where((outbox.c.citizen == citizens.c.id) & _is(*UNDELIVERED))
        rows = await self._rows(select(citizens.c.channel, citizens.c.address_box).where(has_unsaid))
        opened = ((Channel(row.channel), self._address(row.address_box)) for row in rows)
        return sorted((channel, address) for channel, address in opened if address is not None)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────

    async def _claim(self, row_id: int, now: datetime, lease_s: float) -> OutboxRow | None:
        """WAITING or RESTING ⇒ GOING, or None when another taker has it or is writing to the same citizen."""
        going = {"state": RowState.GOING.value, "lease_until": now + timedelta(seconds=lease_s)}
        this = outbox.c.id == row_id

        def claim(connection: Connection) -> Row[Any] | None:
            if _changed(connection, this & _is(*SENDABLE), going):
                return connection.execute(select(outbox).where(this)).one()
            return None

        row = None
        with suppress(Clash):
            row = await self._run(claim)
        if row is not None and row.payload and self._opened(row.payload) is None:
            await self.settle(row_id, RowState.DEAD, now, reason=UNREADABLE)
            return None
        return self._row(row) if row is not None else None

    async def _change(self, which: ColumnElement[bool], **values: Any) -> bool:
        """Whether any row was changed."""
        return await self._run(lambda connection: _changed(connection, which, values))

    async def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return await self._run(lambda connection: connection.execute(query).all())

    def _sealed(self, replies: Sequence[Reply], push: Push | None) -> bytes:
        return self._seal.close(payload_bytes(replies, push))

    def _row(self, row: Row[Any], state: RowState | None = None) -> OutboxRow:
        plain = self._opened(row.payload)
        replies, push = payload_from(plain) if plain else ((), None)
        return OutboxRow(
            id=row.id,
            key=row.key,
            citizen=CitizenId(row.citizen),
            channel=Channel(row.channel),
            state=state or RowState(row.state),
            replies=replies,
            push=push,
            attempts=row.attempts,
            next_try_at=row.next_try_at,
            created_at=row.created_at,
            reason=row.reason,
        )


def _changed(connection: Connection, which: ColumnElement[bool], values: dict[str, Any]) -> bool:
    return connection.execute(update(outbox).where(which).values(**values)).rowcount > 0


def _is_there(connection: Connection, key: str) -> bool:
    return connection.scalar(select(outbox.c.id).where(outbox.c.key == key)) is not None


def _is(*states: RowState) -> ColumnElement[bool]:
    return outbox.c.state.in_([state.value for state in states])


def _due(now: datetime, limit: int) -> Select[int]:
    """Ids of due rows, oldest first: of each citizen the oldest, and none while one of his is going."""
    other = outbox.alias()
    before = (
        other.c.state.in_([state.value for state in SENDABLE])
        & (other.c.next_try_at <= now)
        & (other.c.id < outbox.c.id)
    )
    busy = exists().where((other.c.citizen == outbox.c.citizen) & ((other.c.state == RowState.GOING.value) | before))
    due = _is(*SENDABLE) & (outbox.c.next_try_at <= now) & ~busy
    return select(outbox.c.id).where(due).order_by(outbox.c.id).limit(limit)
