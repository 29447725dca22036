"""An admin changes an answer: the gate, the second person, every phone at once, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.core.staff import Role
from bot.editing import fields_of
from bot.serve import ground
from bot.settings import Settings
from bot.sim.phone import Phone
from bot.web.keys import LIBRARY
from kb.model import EntryId
from tests.admins import Admin, noted, signed_in
from tests.house import House, demo_settings, open_house
from tests.small import small_files

ENTRY = "/admin/entry/B05-001"
QUESTION = "驾驶证丢了怎么补办"
OLD, NEW = "可以补，不限在北京", "丢了可以补领，不限在北京"


@pytest.fixture
def settings(data_dir: Path, redis_url: str, tmp_path: Path) -> Settings:
    content = tmp_path / "content"
    content.mkdir()
    small_files(content)
    return demo_settings(data_dir, redis_url, content_dir=content)


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """A house whose release stands in SQL."""
    async with ground(settings), open_house(settings, None) as opened:
        yield opened


@pytest.fixture
async def first(house: House) -> AsyncIterator[Admin]:
    async with signed_in(house, "first", Role.ADMIN) as admin:
        yield admin


@pytest.fixture
async def second(house: House) -> AsyncIterator[Admin]:
    async with signed_in(house, "second", Role.ADMIN) as admin:
        yield admin


def form(house: House, **changed: str) -> dict[str, str]:
    """The form of the entry as it stands, with these fields typed over."""
    return {**fields_of(house.app[LIBRARY].current.entries[EntryId("B05-001")]), "seen": "", **changed}


def answer(house: House) -> str:
    return house.app[LIBRARY].current.entries[EntryId("B05-001")].answer


async def hears(phone: Phone, words: str, within_s: float = 2.0) -> bool:
    """Whether the phone is told these words within so many seconds."""
    async with asyncio.timeout(within_s):
        while True:
            await phone.says(QUESTION)
            if words in phone.last().text:
                return True
            await asyncio.sleep(0.1)


async def seen(admin: Admin) -> str:
    page = await admin.sees(ENTRY)
    return page.partition('name="seen" value="')[2].partition('"')[0]


async def proposed(admin: Admin) -> str:
    """Save the new answer and submit it; returns the page of the proposal."""
    status, _, _ = await admin.sends(ENTRY, form(admin.house, answer=answer(admin.house).replace(OLD, NEW)))
    assert status == 200
    status, page, where = await admin.sends(f"{ENTRY}/submit", {"note": "改口径"})
    assert status == 200, page
    return where


async def test_an_answer_is_changed_by_two_and_rolled_back_by_one(house: House, first: Admin, second: Admin) -> None:
    phone = await house.phone()
    before = house.app[LIBRARY].current.id
    assert await hears(phone, OLD)
    broken = answer(house).replace(OLD, "三十日内保证能补")
    await first.sends(ENTRY, form(house, answer=broken))
    status, page, _ = await first.sends(f"{ENTRY}/submit", {})
    assert status == 422
    assert "不通过 B05-001 答案：直接写了数值“…三十日内保证能" in page and "请改为引用数值" in page
    assert "不通过 B05-001 答案：“保证能”是承诺" in page
    assert ".yaml" not in page and "figure" not in page.partition("<ul")[2].partition("</ul>")[0]
    await first.sends(ENTRY, form(house, answer=answer(house).replace(OLD, NEW), seen=await seen(first)))
    status, page, where = await first.sends(f"{ENTRY}/submit", {"note": "改口径"})
    assert status == 200 and where.startswith("/admin/releases/") and "待审批" in page
    status, page, _ = await first.sends(f"{where}/approve", {})
    assert status == 409 and "另一位" in page
    assert await hears(phone, OLD)
    status, _, _ = await second.sends(f"{where}/approve", {})
    assert status == 200
    assert await hears(phone, NEW)
    assert house.last.line.release == where.rpartition("/")[2]
    status, _, _ = await first.sends(f"/admin/releases/{before}/rollback", {})
    assert status == 200
    assert await hears(phone, OLD)
    assert await noted(house) == [
        "draft.save", "release.refuse", "draft.save", "release.propose", "release.approve", "release.approve",
        "release.rollback",
    ]  # fmt: skip


async def test_the_page_shows_what_the_words_would_hit(house: House, first: Admin) -> None:
    similar = "\n".join(["领本儿的事儿怎么说来着", *form(house)["similar"].splitlines()])
    await first.sends(ENTRY, form(house, similar=similar))
    url = f"{house.settings.local_url}/api/admin/try"
    fields = {"words": "领本儿的事儿怎么说来着", "entry": "B05-001", "csrf": first.opened.csrf}
    async with first.opened.http.post(url, data=fields) as answered:
        tried = await answered.json()
    assert tried["current"]["decision"] != "直接回答"
    assert tried["draft"]["decision"] == "直接回答"
    assert tried["draft"]["candidates"][0]["id"] == "B05-001"


async def test_a_proposal_upon_an_older_release_is_stale(house: House, first: Admin, second: Admin) -> None:
    stale = await proposed(first)
    other = form(house, answer=answer(house).replace(OLD, "能补，不限在北京"), seen=await seen(second))
    await second.sends(ENTRY, other)
    _, _, where = await second.sends(f"{ENTRY}/submit", {})
    assert (await first.sends(f"{where}/approve", {}))[0] == 200
    status, page, _ = await second.sends(f"{stale}/approve", {})
    assert status == 409 and "重新提交" in page


async def test_two_who_edit_do_not_overwrite_each_other(house: House, first: Admin, second: Admin) -> None:
    await first.sends(ENTRY, form(house, answer=answer(house).replace(OLD, NEW)))
    status, page, _ = await second.sends(ENTRY, form(house, answer="我的改动在这里"))
    assert status == 422 and "别人刚刚保存" in page and "我的改动在这里" in page


async def test_what_was_rejected_goes_back_to_its_author(house: House, first: Admin, second: Admin) -> None:
    where = await proposed(first)
    assert (await second.sends(f"{where}/reject", {}))[0] == 200
    assert "已驳回" in await first.sees(where)
    assert NEW in await first.sees(ENTRY)
    await first.sends(f"{ENTRY}/submit", {})
    assert "待审批" in await first.sees(where)


async def test_roles_are_checked_on_the_server(house: House, first: Admin) -> None:
    where = await proposed(first)
    async with (
        signed_in(house, "auditor", Role.AUDITOR) as auditor,
        signed_in(house, "officer", Role.OFFICER) as officer,
    ):
        assert "保存草稿" not in await auditor.sees(ENTRY)
        await auditor.sees(where)
        for path in (ENTRY, f"{ENTRY}/submit", f"{ENTRY}/drop", f"{where}/approve", f"{where}/rollback"):
            assert (await auditor.sends(path, form(house)))[0] == 403
            assert (await officer.sends(path, form(house)))[0] == 403
        await officer.sees("/admin", status=403)
    assert (await first.sends(ENTRY, form(house), csrf=False))[0] == 403
    async with ClientSession() as stranger, stranger.get(f"{house.settings.local_url}/admin") as refused:
        assert refused.status != 200 or "/login" in str(refused.url)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("B05-001", "驾驶证丢了怎么补办"),
        ("b05", "B05-002"),
        ("扣着", "B05-002"),
        ("本儿丢了", "B05-001"),
        ("<u>zzqqx", "没有找到"),
    ],
)
async def test_entries_are_found(house: House, first: Admin, words: str, found: str) -> None:
    assert found in await first.sees(f"/admin?q={words}")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [("review_by", "明年", "日期"), ("answer", " ", "都要填写"), ("question", "长" * 6001, "最多")],
)
async def test_a_form_that_is_no_entry_comes_back(first: Admin, field: str, value: str, why: str) -> None:
    status, page, _ = await first.sends(ENTRY, form(first.house, **{field: value}))
    assert status == 422 and why in page


async def test_what_will_not_pass_is_told_under_its_field_when_the_draft_is_saved(house: House, first: Admin) -> None:
    similar = "\n".join(form(house)["similar"].splitlines()[:3])
    text = answer(house) + "3个工作日内办完，罚款500元。"
    status, page, _ = await first.sends(ENTRY, form(house, answer=text, similar=similar))
    assert status == 200 and "还有3处要改" in page
    below = page.partition('id="answer-warnings"')[2].partition("</ul>")[0]
    assert "3个工作日" in below and "罚款500元" in below and "请改为引用数值" in below
    assert "只有3条问法" in page.partition('id="similar-warnings"')[2].partition("</ul>")[0]
    assert "warnings" not in await first.sees("/admin/entry/B05-002")
    fields = {"words": QUESTION, "entry": "B05-001", "csrf": first.opened.csrf}
    async with first.opened.http.post(f"{house.settings.local_url}/api/admin/try", data=fields) as answered:
        found = (await answered.json())["findings"]
    assert len(found) >= 3 and all(one.startswith(("不通过 B05-001 ", "不通过 验收问题")) for one in found)
    assert not any("written out" in one or ".yaml" in one for one in found)


async def test_a_difference_is_told_field_by_field_with_its_figures(house: House, first: Admin) -> None:
    lines = form(house)["similar"].splitlines()
    similar = "\n".join([*lines[1:], "领本儿的事儿<b>"])
    await first.sends(ENTRY, form(house, answer=answer(house).replace(OLD, NEW), similar=similar))
    _, _, compared = (await first.sees(ENTRY)).partition("与现行版本对照")
    assert "{fact:" not in compared and "<small>F-B05-" in compared
    assert "<ins>丢了</ins>" in compared and f"<del>{lines[0]}</del>" in compared
    assert f"另有{len(lines) - 1}条未改" in compared and lines[1] not in compared and "字未改" in compared
    assert "<h4>标准问题</h4>" not in compared


async def test_words_of_a_difference_are_escaped(house: House, first: Admin) -> None:
    await first.sends(ENTRY, form(house, answer=answer(house).replace(OLD, "<script>x</script>，不限在北京")))
    async with first.opened.http.get(f"{first.opened.base}{ENTRY}") as got:
        page = await got.text()
    assert "<script>x" not in page and "&lt;" in page.partition("与现行版本对照")[2]


async def test_a_search_shows_only_what_it_found(house: House, first: Admin, second: Admin) -> None:
    where = await proposed(first)
    await second.sends("/admin/entry/B05-002", {**form(house), "question": "我的本儿被扣着能不能补"})
    found = await first.sees("/admin?q=b05")
    assert "B05-002" in found and 'href="/admin"' in found.partition('role="search"')[2]
    assert "待审批</h2>" not in found and "按小类找" not in found and "草稿</h2>" not in found
    home = await first.sees("/admin")
    mine, others = home.partition("别人的草稿")[0], home.partition("别人的草稿")[2]
    assert "B05-001" in mine and "B05-002" not in mine and "B05-002" in others
    assert home.index("我的草稿") < home.index("待审批</h2>") < home.index("按小类找") and where in home


async def test_nothing_changed_makes_no_draft(first: Admin) -> None:
    _, page, _ = await first.sends(ENTRY, form(first.house))
    assert "没有改动" in page and "提交审批" not in page
