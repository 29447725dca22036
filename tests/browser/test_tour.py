"""The tour: phone, desk and admin pages side by side; a reminder set on the phone arrives when the clock is moved."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.async_api import Page, expect

from bot.core.clock import SHANGHAI
from tests.house import House

pytestmark = pytest.mark.browser
MORNING = datetime(2027, 1, 4, 10, tzinfo=SHANGHAI)
"""Ninety days before the day in WALK, less one."""
WALK = (("有效期到哪一天", "2027年4月5日"), ("在哪里办", "在发证地办"), ("多少周岁", "45"))


async def test_the_tour_speaks_through_the_phone_and_opens_the_desk(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/")
    await expect(page.locator(".label")).to_have_text("演示数据")
    phone, work = page.frame_locator("#phone"), page.frame_locator("#work")
    await expect(phone.locator("#chat")).to_contain_text("自动应答程序")
    await page.get_by_role("button", name="1 问").click()
    await expect(phone.locator("#chat")).to_contain_text("第六十九条")
    await page.get_by_role("button", name="值班民警一", exact=True).click()
    await expect(work.locator("#live")).to_have_text("实时")
    await page.get_by_role("button", name="知识管理员甲", exact=True).click()
    await expect(work.locator("#q")).to_be_visible()


async def test_a_reminder_set_on_the_phone_arrives_when_the_clock_is_moved(house: House, page: Page) -> None:
    house.clock.offset += MORNING - house.clock.now()
    await page.goto(f"{house.settings.local_url}/")
    chat = page.frame_locator("#phone").locator("#chat")
    await expect(chat).to_contain_text("自动应答程序")

    async def say(words: str) -> None:
        box = page.frame_locator("#phone").locator("#say")
        await box.fill(words)
        await box.press("Enter")

    await page.get_by_role("button", name="2 办").click()
    for question, words in WALK:
        await expect(chat).to_contain_text(question)
        await say(words)
    await chat.get_by_text("能换的第一天提醒我").last.click()
    await expect(chat).to_contain_text("上午9点提醒您换证")
    await page.get_by_role("button", name="6 提醒").click()
    await expect(chat).to_contain_text("取消")
    await page.get_by_role("button", name="+1 天").click()
    await expect(chat).to_contain_text("【换证提醒】", timeout=20_000)
