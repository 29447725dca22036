"""Accounts, sign-ins and the audit trail in SQL."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from bot.core.staff import (
    FAILURES,
    IDLE,
    LASTS,
    LOCKED_FOR,
    SEEN_EVERY,
    SHELL,
    Account,
    AuditLine,
    Change,
    Role,
    SignIn,
    Staff,
    StaffId,
    keeps_an_admin,
    role_names,
)
from bot.store.base_sql import storable
from bot.store.engine import Clash, Database
from bot.store.tables_staff import audit, staff, staff_sessions

SHELL_NAME = "系统"


class SqlAudit:
    """The trail of acts."""

    def __init__(self, database: Database) -> None:
        self._run = database.run

    async def note(self, staff: StaffId, act: str, subject: str, now: datetime, detail: str = "") -> None:
        await self._run(lambda connection: _note(connection, staff, act, subject, now, detail))

    async def lines(self, before: int | None, limit: int) -> Sequence[AuditLine]:
        whole = select(audit, staff.c.name).select_from(audit.outerjoin(staff, audit.c.staff == staff.c.id))
        query = whole.order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        rows = await self._run(lambda connection: connection.execute(query).all())
        return [_line(row) for row in rows]


class SqlAccounts:
    """Accounts and sign-ins. Nothing here is sealed: passwords and cookies are kept as hashes only."""

    def __init__(self, database: Database) -> None:
        self._run = database.run

    async def all(self) -> Sequence[Account]:
        rows = await self._run(lambda connection: connection.execute(select(staff).order_by(staff.c.name)).all())
        return [_account(row) for row in rows]

    async def by_name(self, name: str) -> Account | None:
        return await self._one(staff.c.name == storable(name))

    async def by_id(self, staff_id: StaffId) -> Account | None:
        return await self._one(staff.c.id == storable(staff_id))

    async def add(
        self,
        name: str,
        roles: Collection[Role],
        password: str,
        by: StaffId,
        now: datetime,
        *,
        must_change: bool = False,
        demo: bool = False,
    ) -> Staff | None:
        made = Staff(StaffId(uuid.uuid4().hex), name, frozenset(roles), True, must_change, demo)
        row = {"id": made.id, "name": name, "roles": sorted(made.roles), "password": password, "active": True}
        begun = {"must_change": must_change, "demo": demo, "failed": 0, "locked_until": None, "created_at": now}

        def write(connection: Connection) -> None:
            connection.execute(insert(staff).values(**row, **begun))
            _note(connection, by, "account.add", name, now, role_names(roles))

        try:
            await self._run(write)
        except Clash:
            return None  # the name is taken
        return made

    async def set_roles(self, staff_id: StaffId, roles: Collection[Role], by: StaffId, now: datetime) -> Change:
        wanted = sorted(set(roles))
        return await self._change(staff_id, {"roles": wanted}, ("account.roles", role_names(roles)), by, now)

    async def set_active(self, staff_id: StaffId, active: bool, by: StaffId, now: datetime) -> Change:
        act = "account.restore" if active else "account.stop"
        return await self._change(staff_id, {"active": active}, (act, ""), by, now)

    async def set_password(
        self, staff_id: StaffId, password: str, by: StaffId, now: datetime, *, must_change: bool = False
    ) -> Change:
        values = {"password": password, "must_change": must_change, "failed": 0, "locked_until": None}
        return await self._change(staff_id, values, ("account.password", ""), by, now)

    async def attempt(self, staff_id: StaffId, now: datetime) -> int | None:
        def count(connection: Connection) -> int | None:
            # Counted by the update itself: who guesses in parallel gets no guess more.
            free = (staff.c.id == staff_id) & (staff.c.locked_until.is_(None) | (staff.c.locked_until <= now))
            counted = update(staff).where(free).values(failed=staff.c.failed + 1, locked_until=None)
            if connection.execute(counted).rowcount == 0:
                return None
            failed = connection.scalar(select(staff.c.failed).where(_is(staff_id))) or 0
            if failed >= FAILURES:
                locked = {"failed": 0, "locked_until": now + LOCKED_FOR}
                connection.execute(update(staff).where(_is(staff_id)).values(**locked))
            return FAILURES - failed

        return await self._run(count)

    async def succeeded(self, staff_id: StaffId, rehashed: str = "") -> None:
        values = {"failed": 0, "locked_until": None, **({"password": rehashed} if rehashed else {})}
        await self._run(lambda connection: connection.execute(update(staff).where(_is(staff_id)).values(**values)))

    async def begin(self, key: str, staff_id: StaffId, csrf: str, now: datetime) -> None:
        row = {"key": key, "staff": staff_id, "csrf": csrf, "created_at": now, "seen_at": now}

        def write(connection: Connection) -> None:
            connection.execute(delete(staff_sessions).where(_over(now)))
            connection.execute(insert(staff_sessions).values(**row, expires_at=now + LASTS))

        await self._run(write)

    async def signed_in(self, key: str, now: datetime, *, touch: bool = True) -> SignIn | None:
        mine = staff_sessions.c.key == key
        whole = select(staff, staff_sessions.c.csrf, staff_sessions.c.seen_at)
        query = whole.join(staff_sessions, staff_sessions.c.staff == staff.c.id)

        def look(connection: Connection) -> Row[Any] | None:
            row = connection.execute(query.where(mine & staff.c.active & ~_over(now))).first()
            if row is not None and touch and row.seen_at + SEEN_EVERY <= now:
                connection.execute(update(staff_sessions).where(mine).values(seen_at=now))
            return row

        row = await self._run(look)
        return None if row is None else SignIn(_staff(row), row.csrf)

    async def end(self, key: str) -> None:
        gone = delete(staff_sessions).where(staff_sessions.c.key == key)
        await self._run(lambda connection: connection.execute(gone))

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────

    async def _one(self, which: ColumnElement[bool]) -> Account | None:
        row = await self._run(lambda connection: connection.execute(select(staff).where(which)).first())
        return None if row is None else _account(row)

    async def _change(
        self, staff_id: StaffId, values: dict[str, Any], act: tuple[str, str], by: StaffId, now: datetime
    ) -> Change:
        def change(connection: Connection) -> None:
            _change(connection, staff_id, values)
            connection.execute(delete(staff_sessions).where(staff_sessions.c.staff == staff_id))
            _note(connection, by, act[0], _name(connection, staff_id), now, act[1])

        try:
            await self._run(change)
        except _RefusedError as refused:
            return refused.why
        return Change.DONE


class _RefusedError(Exception):
    """Rolls the transaction back."""

    def __init__(self, why: Change) -> None:
        super().__init__(why)
        self.why = why


def _change(connection: Connection, staff_id: StaffId, values: dict[str, Any]) -> None:
    """Change an account; raises _RefusedError when it is not there, or when it was the last admin."""
    # All rows are locked, in one order: two admins who stop each other must not both succeed. SQLite knows no such
    # lock, but there the update below keeps every other writer out until the end.
    connection.execute(select(staff.c.id).order_by(staff.c.id).with_for_update()).all()
    before = connection.execute(select(staff).where(_is(staff_id))).first()
    if connection.execute(update(staff).where(_is(staff_id)).values(**values)).rowcount == 0 or before is None:
        raise _RefusedError(Change.UNKNOWN)
    if not keeps_an_admin([_staff(before)]):
        return
    if not keeps_an_admin(_staff(row) for row in connection.execute(select(staff)).all()):
        raise _RefusedError(Change.LAST_ADMIN)


def _note(connection: Connection, by: StaffId, act: str, subject: str, now: datetime, detail: str = "") -> None:
    told = {"act": act, "subject": storable(subject), "detail": storable(detail)}
    connection.execute(insert(audit).values(at=now, staff=by, **told))


def _name(connection: Connection, staff_id: StaffId) -> str:
    return connection.scalar(select(staff.c.name).where(_is(staff_id))) or ""


def _is(staff_id: StaffId) -> ColumnElement[bool]:
    return staff.c.id == staff_id


def _over(now: datetime) -> ColumnElement[bool]:
    return (staff_sessions.c.expires_at <= now) | (staff_sessions.c.seen_at <= now - IDLE)


def _staff(row: Row[Any]) -> Staff:
    roles = frozenset(Role(role) for role in row.roles)
    return Staff(StaffId(row.id), row.name, roles, row.active, row.must_change, row.demo)


def _account(row: Row[Any]) -> Account:
    return Account(_staff(row), row.password, row.locked_until, row.created_at)


def _line(row: Row[Any]) -> AuditLine:
    name = SHELL_NAME if row.staff == SHELL else row.name or ""
    return AuditLine(row.id, row.at, StaffId(row.staff), name, row.act, row.subject, row.detail)
