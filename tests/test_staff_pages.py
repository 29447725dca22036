"""/staff, /staff/accounts, /staff/audit: what each role sees and does, and the sign-in of the demonstration."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bot.core.errors import RecordsDown
from bot.core.staff import SHELL, Role, password_trouble
from bot.serve import worker
from bot.settings import Settings
from bot.store.staff_sql import SqlAccounts
from bot.web.demo_roles import ROLES
from bot.web.keys import ACCOUNTS, AUDIT
from kb.release import Release
from tests.house import House
from tests.staff import PASSWORD, Browser, browser, hired, sign_in, signed_in

NEW = "a new password of my own"


@pytest.fixture
async def admin(house: House) -> AsyncIterator[Browser]:
    async with signed_in(house.app, "管理员", Role.ADMIN) as opened:
        yield opened


async def id_of(house: House, name: str) -> str:
    account = await house.app[ACCOUNTS].by_name(name)
    assert account is not None
    return account.staff.id


async def test_a_new_colleague_gets_a_password_once_and_changes_it_first(house: House, admin: Browser) -> None:
    status, page = await admin.posts("/staff/accounts", {"name": " 民警甲 ", "role": "officer"})
    assert status == 200
    password = re.search("<output>(.+)</output>", page).group(1)
    assert password not in (await admin.gets("/staff/accounts"))[1]
    async with browser(house.app) as colleague:
        assert (await colleague.signs_in("民警甲", password, "/staff/accounts"))[0] == 303
        assert await colleague.gets("/staff/accounts") == (303, "/staff")
        assert (await colleague.posts("/staff/accounts"))[0] == 403
        change = {"old": password, "new": NEW, "again": NEW}
        assert await colleague.posts("/staff/password", change) == (303, "/staff?done=password")
        assert (await colleague.gets("/staff/accounts"))[0] == 403, "an officer now, and no admin"
        assert "密码已修改" in (await colleague.gets("/staff?done=password"))[1]
    async with browser(house.app) as again:
        assert (await again.signs_in("民警甲", password))[0] == 403
        assert (await again.signs_in("民警甲", NEW))[0] == 303


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "民警甲"}, 400),
        ({"name": "民警甲", "role": "king"}, 400),
        ({"name": "", "role": "officer"}, 400),
        ({"name": "长" * 33, "role": "officer"}, 400),
        ({"name": "管理员", "role": "officer"}, 409),
    ],
)
async def test_an_account_that_cannot_be_is_refused(
    house: House, admin: Browser, fields: dict[str, str], status: int
) -> None:
    told, page = await admin.posts("/staff/accounts", fields)
    assert told == status and 'role="alert"' in page
    assert len(await house.app[ACCOUNTS].all()) == 1


async def test_roles_are_given_and_taken_and_end_the_sign_in(house: House, admin: Browser) -> None:
    async with signed_in(house.app, "民警甲", Role.OFFICER) as colleague:
        path = f"/staff/accounts/{await id_of(house, '民警甲')}/roles"
        both = [("csrf", admin.csrf), ("role", "officer"), ("role", "auditor")]
        async with admin.http.post(f"{admin.base}{path}", data=both, allow_redirects=False) as answer:
            assert answer.status == 303
        assert (await colleague.gets("/staff"))[0] == 303
    account = await house.app[ACCOUNTS].by_name("民警甲")
    assert account and account.staff.roles == {Role.OFFICER, Role.AUDITOR}
    assert (await admin.posts(path))[0] == 400, "no role at all"


async def test_a_stopped_account_is_out_at_once_and_may_come_back(house: House, admin: Browser) -> None:
    async with signed_in(house.app, "民警甲", Role.OFFICER) as colleague:
        path = f"/staff/accounts/{await id_of(house, '民警甲')}/active"
        assert (await admin.posts(path, {"active": "no"}))[0] == 303
        assert (await colleague.gets("/staff"))[0] == 303
        assert "已停用" in (await admin.gets("/staff/accounts"))[1]
        assert (await admin.posts(path, {"active": "yes"}))[0] == 303
        assert (await admin.posts(path, {"active": "?"}))[0] == 400


async def test_the_last_admin_cannot_leave(house: House, admin: Browser) -> None:
    mine = f"/staff/accounts/{await id_of(house, '管理员')}"
    status, page = await admin.posts(f"{mine}/active", {"active": "no"})
    assert status == 409 and "最后一个" in page
    assert (await admin.posts(f"{mine}/roles", {"role": "officer"}))[0] == 409
    assert (await admin.posts(f"{mine}/password"))[0] == 409, "my own is changed on my own page"
    assert (await admin.posts("/staff/accounts/nobody/active", {"active": "no"}))[0] == 404


async def test_a_forgotten_password_is_reset(house: House, admin: Browser) -> None:
    await hired(house.app, "民警甲", Role.OFFICER, password=PASSWORD)
    _, page = await admin.posts(f"/staff/accounts/{await id_of(house, '民警甲')}/password")
    password = re.search("<output>(.+)</output>", page).group(1)
    async with browser(house.app) as colleague:
        assert (await colleague.signs_in("民警甲"))[0] == 403
        assert (await colleague.signs_in("民警甲", password))[0] == 303
        assert "一次性密码" in (await colleague.gets("/staff"))[1]


@pytest.mark.parametrize(
    ("old", "new", "again", "status"),
    [
        ("wrong", NEW, NEW, 403),
        (PASSWORD, "short", "short", 400),
        (PASSWORD, NEW, f"{NEW}!", 400),
        (PASSWORD, PASSWORD, PASSWORD, 400),
    ],
)
async def test_a_password_that_cannot_be_is_refused(house: House, old: str, new: str, again: str, status: int) -> None:
    await hired(house.app, "民警甲", Role.OFFICER, password=PASSWORD)
    async with browser(house.app) as colleague:
        await colleague.signs_in("民警甲")
        told, page = await colleague.posts("/staff/password", {"old": old, "new": new, "again": again})
        assert told == status and 'role="alert"' in page
        assert (await colleague.gets("/staff"))[0] == 200


@pytest.mark.parametrize("password", ["short", "a" * 20, "my-NAME-of-ten", "x" * 129])
def test_a_password_that_is_easily_guessed_is_none(password: str) -> None:
    assert password_trouble(password, "name")


async def test_the_trail_is_read_in_pages(house: House) -> None:
    for number in range(60):
        await house.app[AUDIT].note(SHELL, "desk.take", f"subject-{number}", house.clock.now())
    async with signed_in(house.app, "审计", Role.AUDITOR) as auditor:
        _, page = await auditor.gets("/staff/audit")
        assert "subject-59" in page and "subject-5<" not in page and "系统" in page
        older = re.search(r"before=(\d+)", page).group(1)
        _, page = await auditor.gets(f"/staff/audit?before={older}")
        assert "subject-5<" in page and "subject-59" not in page
        assert (await auditor.gets("/staff/audit?before=x"))[0] == 200


async def test_a_name_is_no_markup(house: House, admin: Browser) -> None:
    await admin.posts("/staff/accounts", {"name": "<b>x</b>", "role": "officer"})
    _, page = await admin.gets("/staff/accounts")
    assert "<b>x</b>" not in page and "&lt;b&gt;" in page


@pytest.mark.parametrize("path", ["/staff", "/login"])
async def test_without_its_database_the_gate_says_so(
    house: House, admin: Browser, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise RecordsDown("away")

    monkeypatch.setattr(SqlAccounts, "signed_in", away)
    status, told = await admin.gets(path)
    assert status == 503 and "稍后" in told


# ── the demonstration ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ROLES)
async def test_one_click_gives_a_role(house: House, key: str) -> None:
    name, roles = ROLES[key]
    for _ in range(2):
        async with browser(house.app) as visitor:
            assert (await visitor.posts("/demo/sign-in", {"role": key, "next": "/staff"})) == (303, "/staff")
            _, page = await visitor.gets("/staff")
            assert name in page and "演示账号" in page
    account = await house.app[ACCOUNTS].by_name(name)
    assert account and account.staff.demo and account.staff.roles == roles


async def test_a_changed_demo_account_is_as_it_should_be_again(house: House) -> None:
    async with browser(house.app) as visitor:
        await visitor.posts("/demo/sign-in", {"role": "officer1"})
        staff_id = (await house.app[ACCOUNTS].by_name("值班民警一")).staff.id
        await house.app[ACCOUNTS].set_roles(staff_id, [Role.AUDITOR], SHELL, house.clock.now())
        await house.app[ACCOUNTS].set_active(staff_id, False, SHELL, house.clock.now())
        assert await visitor.posts("/demo/sign-in", {"role": "officer1"}) == (303, "/desk")
        account = await house.app[ACCOUNTS].by_name("值班民警一")
        assert account.staff.active and account.staff.roles == {Role.OFFICER}
        assert (await visitor.posts("/demo/sign-in", {"role": "king"}))[0] == 400


async def test_one_click_never_opens_a_real_account_of_that_name(house: House) -> None:
    await hired(house.app, "知识管理员甲", Role.ADMIN, password=PASSWORD)
    async with browser(house.app) as visitor:
        assert (await visitor.posts("/demo/sign-in", {"role": "admin1"}))[0] == 409


async def test_no_password_opens_a_demo_account(house: House) -> None:
    async with browser(house.app) as visitor:
        await visitor.posts("/demo/sign-in", {"role": "admin1"})
        await visitor.posts("/logout")
    async with browser(house.app) as visitor:
        for password in ("", "!", "admin"):
            assert (await visitor.signs_in("知识管理员甲", password))[0] == 403


def plain(settings: Settings) -> Settings:
    """The same settings without --demo."""
    return settings.model_copy(update={"demo": False})


async def test_without_demo_there_is_no_such_sign_in(house_settings: Settings, release: Release) -> None:
    settings = plain(house_settings)
    async with worker(settings, settings.redis_url.get_secret_value(), release=release) as (app, _):
        staff = await hired(app, "知识管理员甲", Role.ADMIN, demo=True, password=PASSWORD)
        async with browser(app) as visitor:
            assert (await visitor.posts("/demo/sign-in", {"role": "admin1"}))[0] == 404
            assert "演示" not in (await visitor.gets("/login"))[1]
            assert (await visitor.signs_in("知识管理员甲"))[0] == 403
            await sign_in(app, visitor, staff)
            assert (await visitor.gets("/staff"))[0] == 303, "marked accounts are nobody here"
            async with visitor.http.get(f"{visitor.base}/login") as answer:
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
