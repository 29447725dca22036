"""Records without SQL: the same rules over dictionaries. Outbox payloads go through the codec as they do there."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.effect import (
    AskPerson,
    CancelReminder,
    Delivered,
    Effect,
    Followed,
    Forget,
    Learned,
    Overheard,
    Rated,
    Remind,
)
from bot.core.ports import LogLine, OutboxRow, RowState
from bot.core.push import Channel, CitizenId, Push, PushKey
from bot.core.reply import Reply
from bot.store.memory_reminders import MemoryReminders
from bot.store.push_codec import payload_bytes, payload_from
from bot.store.states import HELD_BY_SENDER, KEEPS_NOTHING, PENDING, SENDABLE, UNDELIVERED, followed


@dataclass(slots=True)
class _Citizen:
    channel: Channel
    address: str | None
    flags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Row:
    row: OutboxRow
    payload: bytes | None
    lease_until: datetime | None = None
    said_by: PushKey | None = None


class MemoryRecords:
    """Records in this process. log, proposals, fates and ratings are open to tests."""

    def __init__(self) -> None:
        self._citizens: dict[CitizenId, _Citizen] = {}
        self._effects_done: set[PushKey] = set()
        self._rows: dict[str, _Row] = {}
        self._ids = itertools.count(1)
        self.log: dict[PushKey, LogLine] = {}
        self.proposals: list[Learned] = []
        self.fates: list[Delivered] = []
        self.ratings: dict[PushKey, tuple[CitizenId, Rated]] = {}
        self.reminders = MemoryReminders()
        self.desk: list[AskPerson | Overheard] = []

    # ── citizens ──────────────────────────────────────────────────────────────────────────────────────────

    async def citizen(self, channel: Channel, address: str, now: datetime) -> CitizenId:
        for known, citizen in self._citizens.items():
            if citizen.channel is channel and citizen.address == address:
                return known
        made = CitizenId(uuid.uuid4().hex)
        self._citizens[made] = _Citizen(channel, address)
        return made

    async def address(self, citizen: CitizenId) -> str | None:
        known = self._citizens.get(citizen)
        return known.address if known else None

    async def flags(self, citizen: CitizenId) -> dict[str, str]:
        known = self._citizens.get(citizen)
        return dict(known.flags) if known else {}

    async def perform(self, key: PushKey, citizen: CitizenId, effects: Sequence[Effect], now: datetime) -> None:
        if key in self._effects_done:
            return
        self._effects_done.add(key)
        for effect in effects:
            match effect:
                case Followed(scene=scene):
                    if known := self._citizens.get(citizen):
                        known.flags = followed(known.flags, scene)
                case Forget():
                    self._forget(citizen)
                case Delivered():
                    self.fates.append(effect)
                case Learned():
                    self.proposals.append(effect)
                case Rated(push_key=rated):
                    self.ratings[rated] = (citizen, effect)
                case Remind():
                    self.reminders.plan(citizen, effect)
                case CancelReminder(id=number):
                    self.reminders.cancel(citizen, number)
                case AskPerson() | Overheard():
                    self.desk.append(effect)

    def _forget(self, citizen: CitizenId) -> None:
        if known := self._citizens.get(citizen):
            known.address, known.flags = None, {}
        for kept in self._of(citizen):
            kept.payload = None
            if kept.row.state in PENDING:
                kept.row = replace(kept.row, state=RowState.VOID)
        for key, line in self.log.items():
            if line.citizen == citizen:
                self.log[key] = replace(line, citizen=CitizenId(""))
        for key, (voter, rated) in self.ratings.items():
            if voter == citizen:
                self.ratings[key] = (CitizenId(""), rated)
        self.reminders.forget(citizen)

    # ── outbox ────────────────────────────────────────────────────────────────────────────────────────────

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
        if key in self._rows:
            return
        state = RowState.AWAITING if push else RowState.WAITING
        row = OutboxRow(next(self._ids), key, citizen, channel, state, (), None, 0, now, now)
        self._rows[key] = _Row(row, payload_bytes(replies, push))

    async def fill(self, key: str, replies: Sequence[Reply], now: datetime) -> bool:
        kept = self._rows.get(key)
        if kept is None or kept.row.state is not RowState.AWAITING:
            return False
        kept.payload = payload_bytes(replies, None) if replies else None
        kept.row = replace(kept.row, state=RowState.WAITING if replies else RowState.VOID, next_try_at=now)
        return True

    async def void(self, key: str) -> None:
        kept = self._rows.get(key)
        if kept and kept.row.state is RowState.AWAITING:
            kept.row, kept.payload = replace(kept.row, state=RowState.VOID), None

    async def take(self, now: datetime, lease_s: float, limit: int) -> Sequence[OutboxRow]:
        taken: list[OutboxRow] = []
        for kept in self._in(*SENDABLE):
            busy = any(other.row.state is RowState.GOING for other in self._of(kept.row.citizen))
            if len(taken) < limit and kept.row.next_try_at <= now and not busy:
                kept.row = replace(kept.row, state=RowState.GOING)
                kept.lease_until = now + timedelta(seconds=lease_s)
                taken.append(_whole(kept))
        return taken

    async def settle(
        self, row_id: int, state: RowState, now: datetime, *, reason: str = "", next_try_at: datetime | None = None
    ) -> None:
        for kept in self._in(*HELD_BY_SENDER):
            if kept.row.id == row_id:
                again = state is RowState.WAITING
                kept.row = replace(
                    kept.row,
                    state=state,
                    reason=reason,
                    attempts=kept.row.attempts + again,
                    next_try_at=next_try_at or now,
                )
                kept.payload = None if state in KEEPS_NOTHING else kept.payload

    async def expire(self, now: datetime) -> Sequence[OutboxRow]:
        lost = [kept for kept in self._in(RowState.GOING) if kept.lease_until and kept.lease_until <= now]
        for kept in lost:
            kept.row = replace(kept.row, state=RowState.UNCERTAIN)
        return [_whole(kept) for kept in lost]

    async def stale(self, now: datetime, older_than_s: float, limit: int) -> Sequence[OutboxRow]:
        before = now - timedelta(seconds=older_than_s)
        return [_whole(kept) for kept in self._in(RowState.AWAITING) if kept.row.created_at <= before][:limit]

    async def unsaid(self, citizen: CitizenId, by: PushKey) -> Sequence[OutboxRow]:
        def is_due(kept: _Row) -> bool:
            return kept.row.state in UNDELIVERED or (kept.row.state is RowState.SAID and kept.said_by == by)

        return [_whole(kept) for kept in self._of(citizen) if is_due(kept)]

    async def said(self, row_ids: Sequence[int], by: PushKey, now: datetime) -> bool:
        named = [kept for kept in self._rows.values() if kept.row.id in row_ids]
        for kept in named:
            if kept.row.state in UNDELIVERED:
                kept.row, kept.said_by = replace(kept.row, state=RowState.SAID), by
        citizens = {kept.row.citizen for kept in named}
        return any(kept.row.citizen in citizens for kept in self._in(*UNDELIVERED))

    async def citizens_with_unsaid(self) -> Sequence[tuple[Channel, str]]:
        known = (self._citizens[kept.row.citizen] for kept in self._in(*UNDELIVERED))
        return sorted({(citizen.channel, citizen.address) for citizen in known if citizen.address is not None})

    def _of(self, citizen: CitizenId) -> Iterable[_Row]:
        return [kept for kept in self._rows.values() if kept.row.citizen == citizen]

    def _in(self, *states: RowState) -> Iterable[_Row]:
        return [kept for kept in self._rows.values() if kept.row.state in states]

    # ── answer log ────────────────────────────────────────────────────────────────────────────────────────

    async def write_log(self, lines: Sequence[LogLine]) -> int:
        before = len(self.log)
        for line in lines:
            self.log.setdefault(line.push_key, self._without_forgotten(line))
        return len(self.log) - before

    def _without_forgotten(self, line: LogLine) -> LogLine:
        known = self._citizens.get(line.citizen)
        return replace(line, citizen=CitizenId("")) if known and known.address is None else line

    async def trim(self, slot: str, now: datetime, log_before: datetime, done_before: datetime, limit: int) -> int:
        if slot in self._effects_done:
            return 0
        self._effects_done.add(PushKey(slot))
        old = [key for key, line in self.log.items() if line.at < log_before][:limit]
        for key in old:
            del self.log[key]
        return len(old)

    async def ping(self) -> None:
        return None


def _whole(kept: _Row) -> OutboxRow:
    replies, push = payload_from(kept.payload) if kept.payload else ((), None)
    return replace(kept.row, replies=replies, push=push)
