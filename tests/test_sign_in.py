"""Signing in and out: cookie, limits of time, lock-out, CSRF, and what an ended sign-in means."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Literal

import pytest
from aiohttp import web
from argon2 import PasswordHasher

from bot.core.staff import FAILURES, IDLE, LASTS, LOCKED_FOR, SEEN_EVERY, SHELL, Role
from bot.passwords import NO_PASSWORD, Passwords
from bot.serve import worker
from bot.settings import Settings
from bot.web.auth import local
from bot.web.gate import allowed, cookie_name, is_secure, staff_of, still_in
from bot.web.guests import Rates
from bot.web.keys import ACCOUNTS, AUDIT, CLOCK, ENTRANCE
from kb.release import Release
from tests.house import House
from tests.staff import PASSWORD, Browser, browser, hired, signed_in

NAME = "民警甲"


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Browser]:
    async with browser(house.app) as opened:
        yield opened


async def acts(house: House) -> list[str]:
    return [line.act for line in await house.app[AUDIT].lines(None, 50)]


async def test_name_and_password_lead_in_and_sign_out_leads_out(house: House, visitor: Browser) -> None:
    await hired(house.app, NAME, Role.OFFICER, password=PASSWORD)
    assert await visitor.gets("/staff") == (303, "/login?next=/staff")
    assert await visitor.signs_in(NAME, way="/staff?x=1") == (303, "/staff?x=1")
    status, page = await visitor.gets("/staff")
    assert status == 200 and NAME in page and "值班民警" in page
    assert await visitor.gets("/login") == (303, "/staff")
    assert await visitor.posts("/logout") == (303, "/login")
    assert (await visitor.gets("/staff"))[0] == 303
    assert await acts(house) == ["sign-out", "sign-in", "account.add"]


async def test_the_cookie_is_out_of_reach_and_new_at_each_sign_in(house: House, visitor: Browser) -> None:
    await hired(house.app, NAME, Role.OFFICER, password=PASSWORD)
    seen = []
    for _ in range(2):
        form = {"name": NAME, "password": PASSWORD}
        async with visitor.http.post(f"{visitor.base}/login", data=form, allow_redirects=False) as answer:
            (cookie,) = answer.headers.getall("Set-Cookie")
            assert answer.headers["Cache-Control"] == "no-store"
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie and "Path=/" in cookie
        seen.append(cookie.partition(";")[0].partition("=")[2])
        assert len(seen[-1]) == 43
    assert seen[0] != seen[1]
    async with visitor.http.get(
        f"{visitor.base}/staff", cookies={cookie_name(house.settings): seen[0]}, allow_redirects=False
    ) as answer:
        assert answer.status == 303, "the earlier sign-in of this browser is over"


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("http://127.0.0.1:8080", False),
        ("http://localhost:1", False),
        ("http://[::1]:1", False),
        ("", False),
        ("https://127.0.0.1", True),
        ("http://bot.example.gov.cn", True),
        ("https://bot.example.gov.cn", True),
    ],
)
def test_only_a_trial_on_one_machine_goes_without_tls(house_settings: object, url: str, secure: bool) -> None:
    settings = house_settings.model_copy(update={"public_url": url})  # type: ignore[attr-defined]
    assert is_secure(settings) is secure
    assert cookie_name(settings) == ("__Host-staff" if secure else "staff")


async def test_refusals_sound_alike_and_tell_nothing(house: House, visitor: Browser) -> None:
    await hired(house.app, NAME, Role.OFFICER, password=PASSWORD)
    stopped = await hired(house.app, "已停用", Role.OFFICER, password=PASSWORD)
    await house.app[ACCOUNTS].set_active(stopped.id, False, SHELL, house.clock.now())
    pages = set()
    for name, password in ((NAME, "wrong"), ("没有这个人", PASSWORD), ("已停用", PASSWORD), (NAME, "")):
        status, page = await visitor.signs_in(name, password)
        assert status == 403
        pages.add(page.replace(f'value="{name}"', "").replace(" autofocus", ""))
    assert len(pages) == 1


async def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(house: House, visitor: Browser) -> None:
    await hired(house.app, NAME, Role.OFFICER, password=PASSWORD)
    for _ in range(FAILURES):
        assert (await visitor.signs_in(NAME, "wrong"))[0] == 403
    assert (await visitor.signs_in(NAME))[0] == 403
    house.clock.offset += LOCKED_FOR + timedelta(seconds=1)
    assert (await visitor.signs_in(NAME))[0] == 303
    assert (await acts(house))[1:7] == ["account.lock", *["sign-in.refused"] * (FAILURES - 1), "account.add"]


async def test_the_right_password_clears_the_count(house: House, visitor: Browser) -> None:
    await hired(house.app, NAME, Role.OFFICER, password=PASSWORD)
    for _ in range(2):
        for _ in range(FAILURES - 1):
            assert (await visitor.signs_in(NAME, "wrong"))[0] == 403
        assert (await visitor.signs_in(NAME))[0] == 303
        await visitor.posts("/logout")


async def test_an_address_may_not_try_without_end(house: House, visitor: Browser) -> None:
    house.app[ENTRANCE].by_address = Rates(burst=2, per_s=0)
    assert [(await visitor.signs_in("没有这个人", "wrong"))[0] for _ in range(3)] == [403, 403, 429]


async def test_a_sign_in_ends_idle_and_ends_at_last(house: House) -> None:
    async with signed_in(house.app, NAME, Role.OFFICER) as colleague:
        house.clock.offset += IDLE - timedelta(minutes=5)
        assert (await colleague.gets("/staff"))[0] == 200
        house.clock.offset += LASTS - IDLE
        assert (await colleague.gets("/staff"))[0] == 200
        house.clock.offset += timedelta(minutes=6)
        assert (await colleague.gets("/staff"))[0] == 303
    async with signed_in(house.app, "民警乙", Role.OFFICER) as colleague:
        house.clock.offset += IDLE + SEEN_EVERY
        assert (await colleague.gets("/staff"))[0] == 303


@pytest.mark.parametrize("csrf", ["", "wrong", "京"])
async def test_a_form_without_its_token_is_refused(house: House, csrf: str) -> None:
    async with signed_in(house.app, NAME, Role.ADMIN) as colleague:
        assert (await colleague.posts("/logout", {"csrf": csrf}))[0] == 403
        assert (await colleague.gets("/staff"))[0] == 200
        header = {"X-CSRF-Token": colleague.csrf}
        assert (await colleague.posts("/logout", {"csrf": ""}, headers=header))[0] == 303


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.cn"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_form_of_another_site_is_refused(house: House, visitor: Browser, headers: dict[str, str]) -> None:
    await hired(house.app, "民警乙", Role.OFFICER, password=PASSWORD)
    assert (await visitor.posts("/login", {"name": "民警乙", "password": PASSWORD}, headers=headers))[0] == 403
    assert (await visitor.posts("/demo/sign-in", {"role": "admin1"}, headers=headers))[0] == 403
    async with signed_in(house.app, NAME, Role.ADMIN) as colleague:
        assert (await colleague.posts("/logout", headers=headers))[0] == 403


@pytest.mark.parametrize(
    ("way", "kept"),
    [
        ("/desk?x=1", True),
        ("/", True),
        ("//evil.cn", False),
        ("/\\evil.cn", False),
        ("https://evil.cn", False),
        ("/a\nb", False),
        ("", False),
        ("desk", False),
        ("/desk\\x", False),
    ],
)
def test_the_way_on_stays_on_this_host(way: str, kept: bool) -> None:
    assert local(way) == (way if kept else "")


@pytest.mark.parametrize("path", ["/login", "/staff", "/staff/accounts"])
async def test_pages_run_nothing_inline_and_are_kept_nowhere(house: House, path: str) -> None:
    async with (
        signed_in(house.app, NAME, Role.ADMIN) as colleague,
        colleague.http.get(f"{colleague.base}{path}") as answer,
    ):
        policy, page = answer.headers["Content-Security-Policy"], await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert "<style" not in page and " style=" not in page and " on" not in page.replace(" only", "")
    assert all("src=" in part for part in page.split("<script")[1:])


@allowed(Role.OFFICER)
async def api(request: web.Request) -> web.StreamResponse:
    """A route for scripts that looks again at who asks, as a stream does."""
    before = await still_in(request, Role.OFFICER)
    await request.app[ACCOUNTS].set_roles(staff_of(request).id, [Role.AUDITOR], SHELL, request.app[CLOCK].now())
    return web.json_response([before, await still_in(request, Role.OFFICER)])


async def test_a_script_is_answered_in_json_and_a_stream_learns_that_it_is_over(
    house_settings: Settings, release: Release
) -> None:
    def prepare(app: web.Application) -> None:
        app.router.add_get("/api/desk/x", api)

    url = house_settings.redis_url.get_secret_value()
    async with worker(house_settings, url, prepare=prepare, release=release) as (app, _):
        async with browser(app) as visitor:
            status, told = await visitor.gets("/api/desk/x")
            assert (status, json.loads(told)) == (401, {"error": "请先登录。"})
        async with signed_in(app, "审计", Role.AUDITOR) as auditor:
            status, told = await auditor.gets("/api/desk/x")
            assert status == 403 and "权限" in json.loads(told)["error"]
        async with signed_in(app, NAME, Role.OFFICER) as colleague:
            assert await colleague.gets("/api/desk/x") == (200, "[true, false]")
            assert (await colleague.gets("/api/desk/x"))[0] == 401


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_password_is_hashed_anew_when_the_parameters_change(house: House, visitor: Browser) -> None:
    weak = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    staff = await hired(house.app, NAME, Role.OFFICER)
    hashed = await weak.hashed(PASSWORD)
    await house.app[ACCOUNTS].set_password(staff.id, hashed, SHELL, house.app[CLOCK].now())
    assert (await visitor.signs_in(NAME))[0] == 303
    account = await house.app[ACCOUNTS].by_id(staff.id)
    assert account and account.password != hashed
    assert (await Passwords().compared(account.password, PASSWORD)).rehashed == ""


@pytest.mark.parametrize("kept", ["", NO_PASSWORD, "no hash at all"])
async def test_what_is_no_hash_has_no_password(kept: str) -> None:
    assert not (await Passwords().compared(kept, kept)).right


async def test_an_unknown_name_costs_what_a_wrong_password_does() -> None:
    class Counting(PasswordHasher):
        worked = 0

        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            self.worked += 1
            return super().hash(password, salt=salt)

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 — its own name
            self.worked += 1
            return super().verify(hash, password)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(hasher)
    kept = await passwords.hashed(PASSWORD)
    for one in (kept, NO_PASSWORD):
        hasher.worked = 0
        assert not (await passwords.compared(one, "wrong")).right
        assert hasher.worked == 1
