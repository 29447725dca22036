"""Releases and drafts in SQL. Which release is in force changes in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.core.errors import RecordsDown
from bot.core.releases import (
    FILES,
    WAS_IN_FORCE,
    Act,
    DraftState,
    Pointer,
    Refusal,
    ReleaseRow,
    ReleaseState,
)
from bot.core.staff import StaffId
from bot.store.drafts_sql import DraftsSql
from bot.store.engine import Clash
from bot.store.tables_release import (
    entry_drafts,
    release_acts,
    release_compiled,
    release_current,
    release_sources,
    releases,
)
from kb.model import ReleaseId

KEPT = 12
"""Compiled forms kept; for a roll-back further than that one is made again."""
ONLY = 1
FACE = [column for column in releases.c if column.name != "files"]
SHORTEST = 8
"""Characters of an id that may stand for it."""


class SqlReleases(DraftsSql):
    """Releases in a migrated database that all workers share."""

    async def current(self) -> Pointer | None:
        row = await self._run(_pointer)
        return Pointer(ReleaseId(row.release), row.sequence, row.at) if row else None

    async def rows(self, limit: int = 50) -> Sequence[ReleaseRow]:
        query = select(*FACE).order_by(releases.c.at.desc(), releases.c.id).limit(limit)
        return [_row(row) for row in await self._run(lambda connection: connection.execute(query).all())]

    async def row(self, release: str) -> ReleaseRow | None:
        if len(release) < SHORTEST:
            return None
        query = select(*FACE).where(releases.c.id.startswith(release, autoescape=True)).limit(2)
        found = await self._run(lambda connection: connection.execute(query).all())
        return _row(found[0]) if len(found) == 1 else None

    async def is_known(self, source: str) -> bool:
        query = select(release_sources.c.release).where(release_sources.c.source == source)
        return await self._run(lambda connection: connection.scalar(query)) is not None

    async def add(self, row: ReleaseRow, files: bytes, source: str) -> bool:
        def keep(connection: Connection) -> bool:
            if source and not connection.scalar(_named(release_sources, source)):
                known = {"source": source, "release": row.id, "at": row.at}
                connection.execute(insert(release_sources).values(**known))
            # What stands refused, rejected, or upon another base is judged anew; what was in force is past changing.
            again = (releases.c.id == row.id) & (
                releases.c.state.in_([ReleaseState.REFUSED.value, ReleaseState.REJECTED.value])
                | ((releases.c.state == ReleaseState.PROPOSED.value) & (releases.c.base != row.base))
            )
            said = _columns(row)
            if connection.execute(update(releases).where(again).values(**said)).rowcount:
                return True
            if connection.scalar(select(releases.c.id).where(releases.c.id == row.id)):
                return False
            connection.execute(insert(releases).values(**said, id=row.id, files=files))
            return True

        with suppress(Clash):
            return await self._run(keep)
        return False

    async def files(self, release: str) -> bytes | None:
        query = select(releases.c.files).where(releases.c.id == release)
        return await self._run(lambda connection: connection.scalar(query))

    async def compiled(self, key: str) -> bytes | None:
        query = select(release_compiled.c.packed).where(release_compiled.c.key == key)
        return await self._run(lambda connection: connection.scalar(query))

    async def keep_compiled(self, key: str, release: str, packed: bytes, now: datetime) -> None:
        def keep(connection: Connection) -> None:
            connection.execute(delete(release_compiled).where(release_compiled.c.key == key))
            connection.execute(insert(release_compiled).values(key=key, release=release, at=now, packed=packed))
            newest = select(release_compiled.c.key).order_by(release_compiled.c.at.desc()).offset(KEPT).limit(KEPT)
            old = list(connection.scalars(newest))
            connection.execute(delete(release_compiled).where(release_compiled.c.key.in_(old)))

        with suppress(Clash):  # another process kept the same
            await self._run(keep)

    # ── what is in force ──────────────────────────────────────────────────────────────────────────────────

    async def begin(self, release: str, now: datetime) -> bool:
        def first(connection: Connection) -> bool:
            if _pointer(connection):
                return False
            connection.execute(insert(release_current).values(id=ONLY, release=release, sequence=1, at=now))
            _note(connection, 1, release, "", "publish", FILES, now)
            _settle(connection, release, ReleaseState.CURRENT, FILES, now)
            return True

        with suppress(Clash):
            return await self._run(first)
        return False

    async def publish(self, release: str, staff: StaffId, now: datetime) -> Refusal | None:
        def judge(row: Row[Any], pointer: Row[Any]) -> Refusal | None:
            if row.state != ReleaseState.PROPOSED:
                return Refusal.NOT_PROPOSED
            if row.proposer == staff:
                return Refusal.SAME_PERSON
            return None if row.base == pointer.release else Refusal.STALE

        return await self._move(release, staff, now, "publish", judge)

    async def roll_back(self, release: str, staff: StaffId, now: datetime) -> Refusal | None:
        def judge(row: Row[Any], _: Row[Any]) -> Refusal | None:
            if row.state == ReleaseState.CURRENT:
                return Refusal.IN_FORCE
            return None if row.state in WAS_IN_FORCE else Refusal.NEVER_IN_FORCE

        return await self._move(release, staff, now, "rollback", judge)

    async def reject(self, release: str, staff: StaffId, now: datetime) -> Refusal | None:
        def settle(connection: Connection) -> Refusal | None:
            row = _locked(connection, release)
            if row is None:
                return Refusal.UNKNOWN
            if row.state not in {ReleaseState.PROPOSED, ReleaseState.REFUSED}:
                return Refusal.NOT_PROPOSED
            _settle(connection, release, ReleaseState.REJECTED, staff, now)
            its = (entry_drafts.c.release == release) & (entry_drafts.c.state == DraftState.SUBMITTED.value)
            # The words are not lost: their author goes on from there.
            connection.execute(update(entry_drafts).where(its).values(state=DraftState.DRAFT.value, release=""))
            return None

        return await self._run(settle)

    async def acts(self, limit: int = 50) -> Sequence[Act]:
        query = select(release_acts).order_by(release_acts.c.sequence.desc()).limit(limit)
        rows = await self._run(lambda connection: connection.execute(query).all())
        return [Act(row.sequence, ReleaseId(row.release), row.previous, row.act, row.staff, row.at) for row in rows]

    async def _move(self, release: str, staff: StaffId, now: datetime, act: str, judge: Any) -> Refusal | None:
        """Put another release in force when `judge` has nothing against it."""

        def move(connection: Connection) -> Refusal | None:
            pointer, row = _pointer(connection, lock=True), _locked(connection, release)
            if row is None or pointer is None:
                return Refusal.UNKNOWN
            refusal: Refusal | None = judge(row, pointer)
            if refusal:
                return refusal
            number = pointer.sequence + 1
            # The unique number first: of two at once the second clashes here, before anything else was changed.
            _note(connection, number, release, pointer.release, act, staff, now)
            connection.execute(update(release_current).values(release=release, sequence=number, at=now))
            left = ReleaseState.ROLLED_BACK if act == "rollback" else ReleaseState.PAST
            connection.execute(update(releases).where(releases.c.id == pointer.release).values(state=left.value))
            _settle(connection, release, ReleaseState.CURRENT, staff, now)
            its = (entry_drafts.c.release == release) & (entry_drafts.c.state == DraftState.SUBMITTED.value)
            connection.execute(update(entry_drafts).where(its).values(state=DraftState.RELEASED.value))
            return None

        try:
            return await self._run(move)
        except Clash:
            return Refusal.STALE


def _pointer(connection: Connection, *, lock: bool = False) -> Row[Any] | None:
    query = select(release_current).where(release_current.c.id == ONLY)
    return connection.execute(query.with_for_update() if lock else query).first()


def _locked(connection: Connection, release: str) -> Row[Any] | None:
    query = select(*FACE).where(releases.c.id == release).with_for_update()
    return connection.execute(query).first()


def _named(table: Any, source: str) -> Any:
    return select(table.c.source).where(table.c.source == source)


def _note(
    connection: Connection, number: int, release: str, previous: str, act: str, staff: StaffId, now: datetime
) -> None:
    row = {"sequence": number, "release": release, "previous": previous, "act": act, "staff": staff, "at": now}
    connection.execute(insert(release_acts).values(**row))


def _settle(connection: Connection, release: str, state: ReleaseState, staff: StaffId, now: datetime) -> None:
    decided = {"state": state.value, "approver": staff, "decided_at": now}
    if not connection.execute(update(releases).where(releases.c.id == release).values(**decided)).rowcount:
        raise RecordsDown("no such release")


def _columns(row: ReleaseRow) -> dict[str, Any]:
    names = [column.name for column in FACE if column.name not in {"id", "report", "state"}]
    return {**{name: getattr(row, name) for name in names}, "state": row.state.value, "report": list(row.report)}


def _row(row: Row[Any]) -> ReleaseRow:
    found = dict(row._mapping)
    return ReleaseRow(**{**found, "state": ReleaseState(found["state"]), "report": tuple(found["report"])})
