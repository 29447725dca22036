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
    # Who speaks is to be seen: an officer's words bear his name, the robot's do not.
    await expect(talk.locator(".officer")).to_have_count(2)
    await expect(talk.locator(".turn").filter(has_text="工作人员已接入").locator(".speaker")).to_have_count(0)
    await desk.context.close()


async def at_the_end(desk: Page) -> None:
    """The newest line is to be seen, whatever the composer took of the room."""
    await desk.wait_for_function(
        "() => { const log = document.querySelector('#log');"
        " return log.scrollHeight > log.clientHeight && log.scrollHeight - log.scrollTop - log.clientHeight < 4; }"
    )


async def test_the_newest_line_is_always_to_be_seen(staffed: House, browser: Browser) -> None:
    phone = await staffed.phone()
    for words in ("驾驶证丢了怎么补办", "超速百分之三十怎么罚", "酒驾怎么罚", "人工"):
        await phone.says(words)
    desk = await at_desk(browser, staffed)
    await desk.set_viewport_size({"width": 1000, "height": 420})
    await desk.keyboard.press("j")
    await expect(desk.locator("#context details").first).to_be_visible()
    await desk.locator("#context summary").first.click()
    await expect(desk.locator("#context")).to_contain_text("第六十九条")
    await desk.keyboard.press("t")
    await expect(desk.locator("#words")).to_be_focused()
    await desk.locator("#log").evaluate("log => { log.scrollTop = log.scrollHeight }")
    await desk.keyboard.type("您好，请讲。")
    await desk.keyboard.press("Control+Enter")
    await expect(desk.locator("#lines")).to_contain_text("您好，请讲。")
    await at_the_end(desk)
    await phone.says("我人在外地，可以补吗")
    await expect(desk.locator("#lines")).to_contain_text("我人在外地")
    await at_the_end(desk)
    await desk.context.close()


async def test_taking_a_conversation_shows_its_newest_line(staffed: House, browser: Browser) -> None:
    phone = await staffed.phone()
    for words in ("驾驶证丢了怎么补办", "超速百分之三十怎么罚", "酒驾怎么罚", "人工", "我很急"):
        await phone.says(words)
    desk = await at_desk(browser, staffed)
    await desk.set_viewport_size({"width": 1000, "height": 420})
    await desk.keyboard.press("j")
    await expect(desk.locator("#lines")).to_contain_text("我很急")
    await at_the_end(desk)
    await desk.keyboard.press("t")
    await expect(desk.locator("#reply")).to_be_visible()
    await at_the_end(desk)
    await desk.context.close()


async def test_a_lost_sign_in_is_said_and_leads_back_with_what_was_typed(
    staffed: House, page: Page, browser: Browser
) -> None:
    phone = await staffed.phone()
    await phone.says("人工")
    desk = await at_desk(browser, staffed)
    await desk.keyboard.press("j")
    await desk.keyboard.press("t")
    await expect(desk.locator("#words")).to_be_focused()
    await expect(desk.locator("#lost")).to_be_hidden()
    await desk.context.clear_cookies()
    await desk.keyboard.type("材料齐了就能办。")
    await expect(desk.locator("#lost")).to_contain_text("登录已失效")
    await expect(desk.locator("#live")).to_have_text("已断开")
    await desk.get_by_role("link", name="重新登录").click()
    await desk.get_by_role("button", name="值班民警一").click()
    await desk.locator("#mine button").click()
    await expect(desk.locator("#words")).to_have_value("材料齐了就能办。")
    await desk.context.close()


async def test_a_desk_whose_browser_became_somebody_else_says_so(staffed: House, browser: Browser) -> None:
    phone = await staffed.phone()
    await phone.says("人工")
    desk = await at_desk(browser, staffed)
    other = await desk.context.request.post(f"{staffed.settings.local_url}/demo/sign-in", form={"role": "admin1"})
    assert other.ok
    await desk.locator("#waiting button").click()
    await expect(desk.locator("#lost")).to_contain_text("没有这项权限")
    await desk.get_by_role("link", name="重新登录").click()
    await expect(desk.get_by_role("button", name="值班民警一")).to_be_visible()
    await desk.context.close()


async def test_what_cannot_be_sent_says_why_and_stays(staffed: House, browser: Browser) -> None:
    phone = await staffed.phone()
    await phone.says("人工")
    desk = await at_desk(browser, staffed)
    await desk.keyboard.press("j")
    await desk.keyboard.press("t")
    words, told, send = desk.locator("#words"), desk.locator("#told"), desk.get_by_role("button", name="发送")
    await expect(words).to_be_focused()
    await send.click()
    await expect(told).to_have_text("还没有写内容。")
    await words.fill("好" * 601)
    await expect(desk.locator("#count")).to_have_text("601/600")
    await send.click()
    await expect(told).to_contain_text("一次最多600字")
    await words.fill("您的证号是11010519491231002X吗")
    await send.click()
    await expect(told).to_contain_text("证件号码")
    await expect(desk.locator("#lines .officer")).to_have_count(0)
    await send.click()
    await expect(desk.locator("#lines .officer")).to_have_count(1)
    await expect(told).to_be_hidden()
    await desk.context.close()


async def test_after_the_hand_back_the_dialog_asks_again_and_one_answers_it(
    staffed: House, page: Page, browser: Browser
) -> None:
    await page.goto(f"{staffed.settings.local_url}/phone")
    chat = page.locator("#chat")
    await expect(chat).to_contain_text("自动应答程序")
    await ask(page, "算算我什么时候能换证")
    await expect(chat).to_contain_text("有效期到哪一天")
    await ask(page, "2027年8月30日")
    await expect(chat).to_contain_text("您打算在哪里办")
    await ask(page, "转人工")
    await expect(chat).to_contain_text("已为您转接人工")
    desk = await at_desk(browser, staffed)
    await expect(desk.locator("#waiting")).to_contain_text("换证时间测算")
    await desk.keyboard.press("j")
    await desk.keyboard.press("t")
    await expect(desk.locator("#words")).to_be_focused()
    await desk.keyboard.type("您在哪里办都可以。")
    await desk.keyboard.press("Control+Enter")
    await expect(chat).to_contain_text("【工作人员】您在哪里办都可以。")
    await desk.keyboard.press("Escape")
    await desk.keyboard.press("b")
    await expect(chat).to_contain_text("已把对话交回给我")
    last = chat.locator("li").filter(has_text="已把对话交回给我")
    await expect(last).to_contain_text("您打算在哪里办")
    await expect(last).to_contain_text("在发证地办")
    await ask(page, "1")
    await expect(chat).to_contain_text("多少周岁")
    await desk.context.close()
