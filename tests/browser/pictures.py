"""python -m tests.browser.pictures BASE_URL [NAME…] — the pictures of the documents, from a running demonstration.

They leave a draft of B05-001 behind, so a fresh DATA_DIR is best.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.browser.conftest import QUIET
from tests.conftest import browser_path

DOCS = Path(__file__).resolve().parents[2] / "docs"
QUESTION = "驾驶证丢了怎么补办"
ENTRY = "/admin/entry/B05-001"
OLD, NEW = "可以补，不限在北京", "丢了可以补领，不限在北京，3个工作日内办完"
SLOW_MS = 60_000


async def phone(page: Page, base: str) -> None:
    """A question, its answer, and why."""
    await page.goto(f"{base}/phone")
    await expect(page.locator("#chat")).to_contain_text("自动应答程序")
    await page.fill("#say", QUESTION)
    await page.press("#say", "Enter")
    await expect(page.locator("#why")).to_contain_text("B05-001")
    await page.wait_for_timeout(500)


async def admin(page: Page, base: str) -> None:
    """A draft with a figure written out: what is wrong stands under the field, what changed below."""
    await page.context.request.post(f"{base}/demo/sign-in", form={"role": "admin1"})
    await page.goto(f"{base}{ENTRY}")
    answer = page.locator("#answer")
    await answer.fill((await answer.input_value()).replace(OLD, NEW))
    await page.get_by_role("button", name="保存草稿").click()
    await expect(page.locator("ins").first).to_be_attached()


async def tour(page: Page, base: str) -> None:
    """The answer on the phone, and the page where it is written, side by side."""
    await page.goto(f"{base}/")
    chat, work = page.frame_locator("#phone").locator("#chat"), page.frame_locator("#work")
    await expect(chat).to_contain_text("自动应答程序")
    await page.get_by_role("button", name="1 问").click()
    await expect(chat).to_contain_text("第六十九条", timeout=SLOW_MS)
    await page.get_by_role("button", name="4 改答案").click()
    await expect(work.locator("h1")).to_contain_text("B05-001")
    await page.wait_for_timeout(500)


PICTURES = {"phone": (phone, 1440, 900, False), "tour": (tour, 1440, 900, False), "admin": (admin, 1280, 900, True)}
"""How each is taken, how wide and how high, and whether the whole page is on it."""


async def main(base: str, names: list[str]) -> None:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser_path(), args=list(QUIET))
        for name in names or PICTURES:
            take, width, height, whole = PICTURES[name]
            page = await chromium.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            await take(page, base)
            await page.screenshot(path=DOCS / f"{name}.png", full_page=whole)
            await page.close()
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
