"""The admin's pages in a browser: edit, try, submit, and another approves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.serve import ground
from bot.settings import Settings
from tests.house import House, demo_settings, open_house
from tests.small import small_files

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


@pytest.fixture
def settings(data_dir: Path, redis_url: str, tmp_path: Path) -> Settings:
    small_files(tmp_path / "content")
    return demo_settings(data_dir, redis_url, content_dir=tmp_path / "content")


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with ground(settings), open_house(settings, None) as opened:
        yield opened


async def enter(page: Page, house: House, role: str) -> None:
    """Become somebody of the demonstration."""
    signed = await page.context.request.post(f"{house.settings.local_url}/demo/sign-in", form={"role": role})
    assert signed.ok


async def test_an_answer_goes_from_the_form_to_the_phone(house: House, page: Page, tmp_path: Path) -> None:
    base = house.settings.local_url
    page.on("dialog", lambda dialog: dialog.accept())
    await enter(page, house, "admin1")
    await page.goto(f"{base}/admin")
    await page.fill("#q", "驾驶证丢了怎么补办")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="B05-001", exact=True)).to_be_visible()
    await page.screenshot(path=tmp_path / "home.png", full_page=True)
    await page.get_by_role("link", name="B05-001", exact=True).click()
    answer = page.locator("#answer")
    await answer.fill((await answer.input_value()).replace("可以补，", "丢了可以补领，"))
    size = len((await answer.input_value()).encode())
    await expect(page.locator("#count")).to_contain_text(f"{size}字节")
    await page.get_by_role("button", name="保存草稿").click()
    await expect(page.locator("ins").first).to_contain_text("丢了")
    await expect(page.locator(".bubble")).to_contain_text("丢了可以补领")
    await page.fill("#words", "驾驶证丢了怎么补办")
    await page.get_by_role("button", name="试一试").click()
    await expect(page.locator("#tried")).to_contain_text("草稿：直接回答", timeout=SLOW_MS)
    await page.screenshot(path=tmp_path / "entry.png", full_page=True)
    await page.fill("#note", "说得更清楚")
    await page.get_by_role("button", name="提交审批").click()
    await expect(page.locator(".mark.proposed")).to_be_visible(timeout=SLOW_MS)
    await page.screenshot(path=tmp_path / "release.png", full_page=True)
    await page.get_by_role("button", name="批准并发布").click()
    await expect(page.locator(".trouble")).to_contain_text("另一位")
    where = page.url.removesuffix("/approve")
    await page.goto(f"{base}/tour")
    await page.get_by_role("button", name="5 批准").click()  # the tour opens what waits, as the second admin
    await expect(page.frame_locator("#work").locator(".mark.proposed")).to_be_visible()
    await expect(page.locator("#work")).to_have_attribute("src", where.removeprefix(base))
    await page.goto(where)
    await page.get_by_role("button", name="批准并发布").click()
    await expect(page.locator(".mark.current")).to_be_visible()
    await page.screenshot(path=tmp_path / "releases.png", full_page=True)
    await page.goto(f"{base}/phone")
    await page.fill("#say", "驾驶证丢了怎么补办")
    await page.press("#say", "Enter")
    await expect(page.locator("#chat")).to_contain_text("丢了可以补领")


async def test_what_will_not_pass_stands_under_its_field_and_what_stayed_unfolds(house: House, page: Page) -> None:
    await enter(page, house, "admin1")
    await page.goto(f"{house.settings.local_url}/admin/entry/B05-001")
    answer = page.locator("#answer")
    await answer.fill("3个工作日办完，" + await answer.input_value())
    await page.get_by_role("button", name="保存草稿").click()
    told = page.locator("#answer-warnings")
    await expect(told).to_contain_text("请改为引用数值")
    await expect(answer).to_have_attribute("aria-describedby", "answer-warnings")
    field, said = await answer.bounding_box(), await told.bounding_box()
    assert field and said and 0 < said["y"] - field["y"] - field["height"] < 60
    figure = page.locator(".fold .fact").first
    await expect(figure).to_be_hidden()
    await page.locator(".fold summary").first.click()
    await expect(figure).to_contain_text("1个工作日F-B05-01")


async def test_nothing_is_wider_than_a_tablet(house: House, browser: Browser) -> None:
    context = await browser.new_context(locale="zh-CN", viewport={"width": 768, "height": 1024})
    page = await context.new_page()
    await enter(page, house, "admin1")
    for path in ("/admin", "/admin?q=B05", "/admin/entry/B05-001", "/admin/releases"):
        await page.goto(f"{house.settings.local_url}{path}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 768, path
    await context.close()
