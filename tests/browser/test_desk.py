"""A phone and the desk hold a conversation, by keyboard; and the web chat hears an officer live."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from bot.casework.duty import ALWAYS
from bot.web.keys import SWITCHBOARD
from tests.browser.test_pages import ask
from tests.house import House

pytestmark = pytest.mark.browser


@pytest.fixture
async def staffed(house: House) -> House:
    """A house with officers around the clock."""
    await house.doors.desk.set_hours(ALWAYS)
    await house.app[SWITCHBOARD].refresh()
    return house


async def at_desk(browser: Browser, house: House, name: str = "officer1") -> Page:
    """A signed-in officer's page."""
    context = await browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    signed = await context.request.post(f"{house.settings.local_url}/demo/sign-in", form={"role": name})
    assert signed.ok
    page = await context.new_page()
    page.set_default_timeout(10_000)
    await page.goto(f"{house.settings.local_url}/desk")
    await expect(page.locator("#live")).to_have_text("实时")
    return page


async def test_phone_and_desk_hold_a_conversation(staffed: House, page: Page, browser: Browser) -> None:
    await page.goto(f"{staffed.settings.local_url}/phone")
    chat = page.locator("#chat")
    await ask(page, "B05")
    await ask(page, "驾驶证丢了怎么补办")
    await expect(chat).to_contain_text("第六十九条")
    desk = await at_desk(browser, staffed)
    await ask(page, "人工")
    await expect(chat).to_contain_text("已为您转接人工")
    await expect(desk.locator("#waiting")).to_contain_text("驾驶证丢了怎么补办")

    await desk.keyboard.press("j")
    await expect(desk.locator("#context")).to_contain_text("驾驶证丢了怎么补办")
    await desk.keyboard.press("t")
    await expect(desk.locator("#words")).to_be_focused()
    await ask(page, "我人在外地可以补吗")
    await expect(desk.locator("#lines")).to_contain_text("我人在外地可以补吗")
    await desk.keyboard.type("可以，全国通办。")
    await desk.keyboard.press("Control+Enter")
    await expect(chat).to_contain_text("可以，全国通办。")
    await expect(desk.locator("#lines .officer .fate.sent")).to_have_count(1)
    await desk.keyboard.press("Escape")
    await desk.keyboard.press("1")
    await expect(desk.locator("#words")).not_to_have_value("")
    await desk.screenshot(path=str(staffed.settings.data_dir / "desk.png"))
    await expect(desk.locator("#kept")).to_have_text("草稿已保存")
    draft = await desk.input_value("#words")
    await desk.reload()
    await desk.locator("#mine button").click()
    await expect(desk.locator("#words")).to_have_value(draft)

    other = await at_desk(browser, staffed, "officer2")
    await expect(other.locator("#others")).to_contain_text("接待")
    await desk.locator("#words").press("Escape")
    await desk.keyboard.press("b")
    await expect(chat).to_contain_text("已把对话交回给我")
    await ask(page, "返回")
    await expect(chat).to_contain_text("驾驶")
    await expect(desk.locator("#mine")).not_to_contain_text("驾驶证")
    for one in (desk, other):
        await one.context.close()


async def test_the_chat_page_hears_an_officer_live_and_at_the_next_visit(
    staffed: House, page: Page, browser: Browser
) -> None:
    await page.goto(f"{staffed.settings.local_url}/chat")
    talk = page.locator("#talk")
    await page.fill("#words", "人工")
    await page.press("#words", "Enter")
    await expect(talk).to_contain_text("已为您转接人工")
    desk = await at_desk(browser, staffed)
    await desk.keyboard.press("j")
    await desk.keyboard.press("t")
    await expect(desk.locator("#words")).to_be_focused()
    await desk.keyboard.type("您好，我是值班民警。")
    await desk.keyboard.press("Control+Enter")
    await expect(talk).to_contain_text("您好，我是值班民警。")
    await expect(desk.locator("#lines .officer .fate.sent")).to_have_count(1)
    await page.goto("about:blank")
    await desk.keyboard.type("材料齐了就能办。")
    await desk.keyboard.press("Control+Enter")
    await expect(desk.locator("#lines .officer .fate.held")).to_have_count(1)
    await page.goto(f"{staffed.settings.local_url}/chat")
    await expect(talk).to_contain_text("材料齐了就能办。")
    await expect(desk.locator("#lines .officer .fate.sent")).to_have_count(2)
    assert await talk.get_by_text("材料齐了就能办。").count() == 1
    await desk.context.close()
