"""The tour: phone, desk and admin pages side by side; a reminder set on the phone arrives when the clock is moved."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from bot.core.clock import SHANGHAI
from bot.sim.phone import Phone
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


async def test_the_present_step_the_seen_ones_and_the_role_outlast_a_reload(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/")
    await expect(page.frame_locator("#phone").locator("#chat")).to_contain_text("自动应答程序")
    await expect(page.locator("#clock-now")).to_contain_text(f"{house.clock.now():%Y-%m-%d}")
    await page.get_by_role("button", name="1 问").click()
    await page.get_by_role("button", name="4 改答案").click()
    work = page.frame_locator("#work")
    await expect(work.locator("h1")).to_contain_text("B05-001")
    await page.get_by_role("button", name="5 批准").click()
    await expect(page.locator("#status")).to_contain_text("还没有待审批的修改")
    await expect(work.locator("#q")).to_be_visible()
    for _ in range(2):
        await expect(page.locator("#steps [aria-current=step]")).to_contain_text("5 批准")
        await expect(page.locator("#steps .done")).to_have_count(2)
        await expect(page.locator(".roles [aria-pressed=true]")).to_have_text("知识管理员乙")
        await expect(work.locator("#q")).to_be_visible()
        await page.reload()


async def test_a_clock_moved_far_ahead_leaves_the_officer_signed_in(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/")
    await page.get_by_role("button", name="值班民警一", exact=True).click()
    work = page.frame_locator("#work")
    await expect(work.locator("#live")).to_have_text("实时")
    await page.get_by_role("button", name="+1 天").click()
    await expect(page.locator("#status")).to_contain_text("现在是")
    assert await page.evaluate("fetch('/api/desk').then((answer) => answer.status)") == 200
    await expect(work.locator("#live")).to_have_text("实时")


async def test_a_clock_moved_into_the_night_says_that_nobody_is_disturbed(house: House, page: Page) -> None:
    house.clock.offset += MORNING.replace(hour=20) - house.clock.now()
    await page.goto(f"{house.settings.local_url}/")
    await page.get_by_role("button", name="+1 小时").click()
    await expect(page.locator("#status")).to_have_text(re.compile("现在是2027年1月4日 21:0.*早上8点再发"))
    await page.get_by_role("button", name="跳到提醒那天9点").click()
    await expect(page.locator("#status")).to_contain_text("还没有提醒")


@pytest.mark.parametrize("hour", [10, 22], ids=["by day", "in the evening"])
async def test_a_reminder_set_on_the_phone_comes_when_the_clock_jumps_to_its_morning(
    house: House, page: Page, hour: int
) -> None:
    house.clock.offset += MORNING.replace(hour=hour) - house.clock.now()
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
    await page.get_by_role("button", name="跳到提醒那天9点").click()
    await expect(page.locator("#status")).to_have_text("现在是2027年1月5日 09:00。提醒几秒内送到左边的手机。")
    await expect(chat).to_contain_text("【换证提醒】", timeout=20_000)


async def test_what_wechat_will_not_take_is_said_so_and_comes_with_the_next_words(house: House, page: Page) -> None:
    house.clock.offset += MORNING.replace(month=1, day=2) - house.clock.now()
    await page.goto(f"{house.settings.local_url}/")
    chat = page.frame_locator("#phone").locator("#chat")
    await expect(chat).to_contain_text("自动应答程序")
    openid = await page.evaluate("localStorage.getItem('xinxin.phone.openid')")
    phone = Phone(house.platform, openid)
    for words in ("算算我什么时候能换证", *(words for _, words in WALK), "能换的第一天提醒我"):
        await phone.says(words)
    house.clock.offset += timedelta(days=1)
    await page.get_by_role("button", name="跳到提醒那天9点").click()
    await expect(page.locator("#status")).to_contain_text("超过了48小时")
    async with asyncio.timeout(20):
        while not await house.doors.records.citizens_with_unsaid():
            await asyncio.sleep(0.05)
    await page.get_by_role("button", name="6 提醒").click()
    await expect(chat).to_contain_text("【换证提醒】")
