"""Accounts, sign-ins and the audit trail, over SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.core.errors import RecordsDown
from bot.core.staff import FAILURES, IDLE, LASTS, LOCKED_FOR, SHELL, Accounts, Audit, Change, Role, Staff, StaffId
from bot.store.open import open_accounts
from bot.store.tables_staff import staff_sessions
from tests.store.conftest import SqlBench, open_sql
from tests.store.samples import NOW
from tests.store.test_sql import ABSENT

MINUTE = timedelta(minutes=1)


@dataclass
class Office:
    accounts: Accounts
    audit: Audit
    sql: SqlBench

    async def hires(self, name: str, *roles: Role, demo: bool = False) -> Staff:
        made = await self.accounts.add(name, roles, "hash", SHELL, NOW, demo=demo)
        assert made is not None
        return made

    async def acts(self) -> list[tuple[str, str, str]]:
        return [(line.name, line.act, line.subject) for line in await self.audit.lines(None, 100)]


@pytest.fixture
async def office(sql_address: str) -> AsyncIterator[Office]:
    async with open_sql(sql_address) as bench, open_accounts(sql_address) as (accounts, audit):
        yield Office(accounts, audit, bench)


async def test_an_account_is_found_by_name_and_by_id(office: Office) -> None:
    made = await office.hires("民警甲", Role.OFFICER, Role.AUDITOR)
    found = await office.accounts.by_name("民警甲")
    assert found is not None and found.staff == made and found.created_at == NOW
    assert found == await office.accounts.by_id(made.id)
    assert await office.accounts.by_name("民警乙") is None
    assert [one.staff for one in await office.accounts.all()] == [made]


async def test_a_name_is_given_once(office: Office) -> None:
    await office.hires("民警甲", Role.OFFICER)
    assert await office.accounts.add("民警甲", [Role.ADMIN], "hash", SHELL, NOW) is None
    assert await office.acts() == [("系统", "account.add", "民警甲")]


async def test_every_change_is_written_down_in_its_own_name(office: Office) -> None:
    admin = await office.hires("管理员", Role.ADMIN)
    other = await office.hires("民警甲", Role.OFFICER)
    await office.accounts.set_roles(other.id, [Role.AUDITOR], admin.id, NOW)
    await office.accounts.set_active(other.id, False, admin.id, NOW)
    await office.accounts.set_active(other.id, True, admin.id, NOW)
    await office.accounts.set_password(other.id, "new", admin.id, NOW, must_change=True)
    acts = [act for name, act, subject in await office.acts() if name == "管理员" and subject == "民警甲"]
    assert acts == ["account.password", "account.restore", "account.stop", "account.roles"]
    kept = await office.accounts.by_id(other.id)
    assert kept is not None and kept.password == "new" and kept.staff.must_change
    assert kept.staff.roles == {Role.AUDITOR}


async def test_the_last_admin_stays(office: Office) -> None:
    first = await office.hires("甲", Role.ADMIN)
    await office.hires("演示", Role.ADMIN, demo=True)
    assert await office.accounts.set_active(first.id, False, first.id, NOW) is Change.LAST_ADMIN
    assert await office.accounts.set_roles(first.id, [Role.OFFICER], first.id, NOW) is Change.LAST_ADMIN
    kept = await office.accounts.by_id(first.id)
    assert kept is not None and kept.staff.active and kept.staff.roles == {Role.ADMIN}
    assert await office.accounts.set_password(first.id, "other", first.id, NOW) is Change.DONE
    second = await office.hires("乙", Role.ADMIN)
    assert await office.accounts.set_active(first.id, False, second.id, NOW) is Change.DONE


async def test_two_admins_who_stop_each_other_do_not_both_succeed(office: Office, sql_address: str) -> None:
    async def stop(whom: Staff, by: Staff) -> Change:
        async with open_accounts(sql_address) as (accounts, _):
            return await accounts.set_active(whom.id, False, by.id, NOW)

    one, other = [await office.hires(name, Role.ADMIN) for name in "甲乙"]
    changes = await asyncio.gather(stop(one, other), stop(other, one))
    assert sorted(changes) == ["done", "last admin"]
    assert sum(account.staff.active for account in await office.accounts.all()) == 1


async def test_an_unknown_account_is_not_changed(office: Office) -> None:
    nobody = StaffId("n" * 32)
    assert await office.accounts.set_active(nobody, False, SHELL, NOW) is Change.UNKNOWN
    assert await office.accounts.by_id(nobody) is None
    assert await office.acts() == []


# ── attempts ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_attempts_run_out_and_come_back(office: Office) -> None:
    made = await office.hires("甲", Role.OFFICER)
    assert [await office.accounts.attempt(made.id, NOW) for _ in range(FAILURES + 1)] == [4, 3, 2, 1, 0, None]
    account = await office.accounts.by_id(made.id)
    assert account is not None and account.locked_until == NOW + LOCKED_FOR
    assert await office.accounts.attempt(made.id, NOW + LOCKED_FOR - MINUTE) is None
    assert await office.accounts.attempt(made.id, NOW + LOCKED_FOR) == FAILURES - 1


async def test_guessing_in_parallel_gives_no_guess_more(office: Office) -> None:
    made = await office.hires("甲", Role.OFFICER)
    left = await asyncio.gather(*(office.accounts.attempt(made.id, NOW) for _ in range(20)))
    assert len([one for one in left if one is not None]) == FAILURES


async def test_success_and_a_new_password_unlock(office: Office) -> None:
    made = await office.hires("甲", Role.OFFICER)
    for unlock in (
        lambda: office.accounts.succeeded(made.id, "rehashed"),
        lambda: office.accounts.set_password(made.id, "rehashed", SHELL, NOW),
    ):
        for _ in range(FAILURES):
            await office.accounts.attempt(made.id, NOW)
        await unlock()
        account = await office.accounts.by_id(made.id)
        assert account is not None and account.locked_until is None and account.password == "rehashed"
        assert await office.accounts.attempt(made.id, NOW) == FAILURES - 1


# ── sign-ins ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_sign_in_lasts_while_it_is_used_and_not_longer(office: Office) -> None:
    made = await office.hires("甲", Role.OFFICER)
    await office.accounts.begin("k", made.id, "token", NOW)
    later = NOW + IDLE - MINUTE
    signed_in = await office.accounts.signed_in("k", later)
    assert signed_in is not None and (signed_in.staff, signed_in.csrf) == (made, "token")
    assert await office.accounts.signed_in("k", NOW + LASTS - MINUTE) is not None
    assert await office.accounts.signed_in("k", NOW + LASTS) is None
    assert await office.accounts.signed_in("other", NOW) is None


async def test_a_look_that_is_no_use_keeps_nothing_alive(office: Office) -> None:
    made = await office.hires("甲", Role.OFFICER)
    await office.accounts.begin("k", made.id, "token", NOW)
    assert await office.accounts.signed_in("k", NOW + IDLE - MINUTE, touch=False) is not None
    assert await office.accounts.signed_in("k", NOW + IDLE) is None


ENDINGS: dict[str, Callable[[Accounts, StaffId], Awaitable[object]]] = {
    "sign-out": lambda accounts, _: accounts.end("k"),
    "other roles": lambda accounts, who: accounts.set_roles(who, [Role.AUDITOR], SHELL, NOW),
    "stopped": lambda accounts, who: accounts.set_active(who, False, SHELL, NOW),
    "another password": lambda accounts, who: accounts.set_password(who, "x", SHELL, NOW),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_sign_in_is_ended_from_this_side(office: Office, ending: str) -> None:
    made, other = await office.hires("甲", Role.OFFICER), await office.hires("乙", Role.OFFICER)
    await office.accounts.begin("k", made.id, "token", NOW)
    await office.accounts.begin("other", other.id, "token", NOW)
    await ENDINGS[ending](office.accounts, made.id)
    assert await office.accounts.signed_in("k", NOW) is None
    assert await office.accounts.signed_in("other", NOW) is not None


async def test_what_is_over_is_swept_away(office: Office) -> None:
    made = await office.hires("甲", Role.OFFICER)
    await office.accounts.begin("k1", made.id, "token", NOW)
    await office.accounts.begin("k2", made.id, "token", NOW + LASTS)
    kept = await office.sql.database.run(lambda connection: connection.execute(staff_sessions.select()).all())
    assert [row.key for row in kept] == ["k2"]


# ── the trail ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_trail_is_read_in_pages_newest_first(office: Office) -> None:
    made = await office.hires("甲", Role.OFFICER)
    for number in range(5):
        await office.audit.note(made.id, "desk.take", f"第{number}件\0", NOW, "说明")
    first = await office.audit.lines(None, 2)
    then = await office.audit.lines(first[-1].id, 10)
    assert [line.subject for line in (*first, *then)] == ["第4件", "第3件", "第2件", "第1件", "第0件", "甲"]
    assert (first[0].name, first[0].at, first[0].detail) == ("甲", NOW, "说明")


def test_the_trail_only_grows() -> None:
    assert {name for name in vars(Audit) if not name.startswith("_")} == {"note", "lines"}


@pytest.mark.parametrize("kind", ABSENT)
async def test_an_absent_database_is_records_down(kind: str) -> None:
    async with open_accounts(ABSENT[kind]) as (accounts, audit):
        for call in (accounts.all(), accounts.signed_in("k", NOW), audit.lines(None, 1)):
            with pytest.raises(RecordsDown):
                await call
        with pytest.raises(RecordsDown):
            await accounts.add("甲", [Role.ADMIN], "hash", SHELL, NOW)
