"""python -m tests.browser.pictures BASE_URL — the picture of the README, taken from a running demonstration."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import async_playwright, expect

from tests.browser.conftest import QUIET
from tests.conftest import browser_path

DOCS = Path(__file__).resolve().parents[2] / "docs"
QUESTION = "驾驶证丢了怎么补办"


async def main(base: str) -> None:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser_path(), args=list(QUIET))
        page = await chromium.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        await page.goto(f"{base}/phone")
        await expect(page.locator("#chat")).to_contain_text("自动应答程序")
        await page.fill("#say", QUESTION)
        await page.press("#say", "Enter")
        await expect(page.locator("#why")).to_contain_text("B05-001")
        await page.wait_for_timeout(500)
        await page.screenshot(path=DOCS / "phone.png")
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
