"""The pages for staff as they are seen: signing in, a colleague's first day, and nothing that the policy refuses."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from bot.core.staff import Role
from tests.house import House
from tests.staff import PASSWORD, hired

pytestmark = pytest.mark.browser

NEW = "a new password of my own"


async def signs_in(page: Page, base: str, name: str, password: str) -> None:
    await page.goto(f"{base}/login")
    await page.get_by_label("用户名").fill(name)
    await page.get_by_label("密码").fill(password)
    await page.keyboard.press("Enter")


async def test_an_admin_makes_an_account_and_the_colleague_changes_its_password(
    house: House, page: Page, browser: Browser
) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
    base = house.settings.local_url
    await hired(house.app, "管理员", Role.ADMIN, password=PASSWORD)
    await signs_in(page, base, "管理员", "not this one")
    await expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    await expect(page.get_by_label("密码")).to_be_focused()
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.get_by_role("navigation").get_by_role("link", name="账号管理").click()
    await page.get_by_label("用户名").fill("民警甲")
    await page.get_by_label("值班民警").first.check()
    await page.get_by_role("button", name="新增").click()
    password = await page.locator("output").inner_text()

    context = await browser.new_context(locale="zh-CN", viewport={"width": 768, "height": 900})
    colleague = await context.new_page()
    await signs_in(colleague, base, "民警甲", password)
    await expect(colleague.get_by_role("alert")).to_contain_text("一次性密码")
    await colleague.get_by_label("一次性密码").fill(password)
    await colleague.get_by_label("新密码", exact=True).fill(NEW)
    await colleague.get_by_label("再输一次新密码").fill(NEW)
    await colleague.get_by_role("button", name="保存新密码").click()
    await expect(colleague.get_by_role("status")).to_contain_text("密码已修改")
    assert await colleague.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await page.get_by_role("link", name="返回账号管理").click()
    row = page.get_by_role("row").filter(has_text="民警甲")
    await row.locator("summary").click()
    await row.get_by_role("button", name="停用账号").click()
    await expect(page.get_by_role("row").filter(has_text="民警甲")).to_contain_text("已停用")
    await colleague.reload()
    await expect(colleague).to_have_url(re.compile(r"/login\?next="))
    await context.close()
    assert refused == []


async def test_one_click_signs_in_and_one_signs_out(house: House, page: Page) -> None:
    await page.goto(f"{house.settings.local_url}/staff/audit")
    await page.get_by_role("button", name="审计员").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("操作记录")
    await expect(page.locator("header")).to_contain_text("演示账号")
    await page.get_by_role("button", name="退出").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("工作人员登录")
