"""The phone page, the chat page, and the chat page inside a foreign site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from bot.settings import Settings
from bot.wechat.menu import MENU
from kb.release import Release
from tests.house import House, demo_settings, free_port, open_house

pytestmark = pytest.mark.browser


async def ask(page: Page, words: str) -> None:
    await page.fill("#say", words)
    await page.press("#say", "Enter")


async def test_M01_phone_asks_taps_and_shows_why(house: House, page: Page) -> None:
    await house.doors.platform.create_menu(MENU)
    await page.goto(f"{house.settings.local_url}/phone")
    chat = page.locator("#chat")
    await expect(chat).to_contain_text("自动应答程序")
    await ask(page, "驾驶证丢了怎么补办")
    await expect(chat).to_contain_text("第六十九条")
    await expect(page.locator("#why")).to_contain_text("B05-001")
    await expect(page.locator("#wire")).to_contain_text("Encrypt")
    await page.get_by_text("流程：补领机动车驾驶证（遗失）").first.click()
    await expect(chat).to_contain_text("身份证明")
    await ask(page, "撞到人了")
    await expect(chat).to_contain_text("先保安全")


async def test_phone_page_survives_lost_answers_and_markup(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/phone")
    await ask(page, "<img src=x onerror=alert(1)> ]]> <a href='https://evil'>点我</a>")
    await expect(page.locator("#chat")).to_contain_text("点我")
    assert await page.locator("#chat a[href*=evil]").count() == 0
    assert await page.locator("#chat img[src=x]").count() == 0


async def test_M18_chat_page_votes_with_a_small_button_once(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/chat")
    await page.fill("#words", "驾驶证丢了怎么补办")
    await page.press("#words", "Enter")
    votes = page.locator(".votes button")
    await expect(votes).to_have_text(["有用", "没用"])
    await votes.last.click()
    await expect(page.locator("#talk")).to_contain_text("会交给编辑人员看")
    await expect(votes).to_have_count(0)


async def test_chat_page_answers_by_keyboard_alone(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/chat")
    talk = page.locator("#talk")
    await expect(talk).to_contain_text("欣欣")
    await page.focus("#words")
    await page.keyboard.type("驾驶证丢了怎么补办")
    await page.keyboard.press("Enter")
    await expect(talk).to_contain_text("第六十九条")
    choice = page.locator(".choices button", has_text="流程：补领").last
    await choice.focus()
    await page.keyboard.press("Enter")
    await expect(talk).to_contain_text("原证作废")
    assert await page.get_attribute("#talk", "aria-live") == "polite"


async def test_the_chat_page_keeps_its_talk_over_a_reload_and_its_last_line_below_the_buttons(
    house: House, page: Page
) -> None:
    await page.goto(f"{house.settings.local_url}/chat")
    await page.click("#home")
    asked = page.locator(".turn.theirs").filter(has_text="您想办哪一类业务")
    await expect(asked.locator(".tail")).to_have_text("回复数字或点选；也可以直接打字问。")
    await expect(asked.locator("p").first).to_have_text("您想办哪一类业务？")
    await page.fill("#words", "2")
    await page.press("#words", "Enter")
    await expect(page.locator("#talk")).to_contain_text("【驾驶人业务】")
    await expect(asked.locator(".tail")).to_have_text("点选；也可以直接打字问。")
    await expect(asked.locator(".number")).to_have_count(0)
    turns = await page.locator(".turn").count()
    await page.reload()
    await expect(page.locator("#talk")).to_contain_text("以上是刚才的对话")
    await expect(page.locator(".turn")).to_have_count(turns)
    await expect(page.locator(".turn").last.locator(".number").first).to_have_text("1.")
    await page.fill("#words", "1")
    await page.press("#words", "Enter")
    await expect(page.locator(".turn")).to_have_count(turns + 2)
    await expect(page.locator("#talk")).not_to_contain_text("没有第1项")


async def test_in_the_chat_page_the_open_question_is_no_part_of_the_legal_basis(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/chat")
    for words in ("算算我什么时候能换证", "驾驶证丢了怎么补办"):
        await page.fill("#words", words)
        await page.press("#words", "Enter")
        await expect(page.locator(".turn.mine").last).to_contain_text(words)
        await expect(page.locator(".waiting")).to_have_count(0)
    answer = page.locator(".turn.theirs").last
    await expect(answer.locator(".basis")).to_contain_text("第六十九条")
    await expect(answer.locator(".basis")).not_to_contain_text("有效期到哪一天")
    await expect(answer.locator(".after")).to_contain_text("有效期到哪一天")
    await expect(answer.locator(".votes button")).to_have_count(2)


async def test_chat_page_fits_a_phone(house: House, page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})
    await page.goto(f"{house.settings.local_url}/chat")
    await page.click("#larger")
    await page.click("#home")
    await expect(page.locator("#talk")).to_contain_text("哪一类业务")
    for words in ("驾驶证丢了怎么补办", "菜单", "闯红灯扣几分"):
        await page.fill("#words", words)
        await page.press("#words", "Enter")
        await expect(page.locator(".turn.mine").last).to_contain_text(words)
        await expect(page.locator(".waiting")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


@asynccontextmanager
async def foreign_site(script: str, port: int) -> AsyncIterator[str]:
    """Somebody else's page with our one line in it."""

    async def show(_: web.Request) -> web.Response:
        return web.Response(
            text=f'<!doctype html><title>某单位</title><h1>某单位网站</h1><script src="{script}" async></script>',
            content_type="text/html",
        )

    app = web.Application()
    app.add_routes([web.get("/", show)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@pytest.fixture
def site_port() -> int:
    return free_port()


@pytest.fixture
def allowing(data_dir: Path, redis_url: str, site_port: int) -> Settings:
    """Settings that name the foreign site."""
    return demo_settings(data_dir, redis_url, chat_origins=f"http://127.0.0.1:{site_port}")


async def test_one_script_line_embeds_the_chat_in_a_site_that_may(
    allowing: Settings, site_port: int, release: Release, page: Page
) -> None:
    async with open_house(allowing, release), foreign_site(f"{allowing.local_url}/chat/embed.js", site_port) as site:
        await page.goto(site)
        await page.get_by_role("button", name="问交警").click()
        inside = page.frame_locator("iframe")
        await inside.locator("#words").fill("驾驶证丢了怎么补办")
        await inside.locator("#send").click()
        await expect(inside.locator("#talk")).to_contain_text("第六十九条")


async def test_a_site_that_was_not_named_may_not_frame_the_chat(house: House, site_port: int, page: Page) -> None:
    refused = page.expect_console_message(lambda message: "frame-ancestors" in message.text)
    async with foreign_site(f"{house.settings.local_url}/chat/embed.js", site_port) as site, refused:
        await page.goto(site)
        await page.get_by_role("button", name="问交警").click()
