"""The emulator by itself."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import ClientConnectionError, ClientSession

from bot.sim.serve import serve_sim
from tests.sim.conftest import CONFIG, free_port


async def test_it_serves_the_page_until_it_is_cancelled() -> None:
    port = free_port()
    serving = asyncio.create_task(serve_sim(CONFIG, "127.0.0.1", port))
    async with ClientSession() as http:
        assert await _status(http, f"http://127.0.0.1:{port}/phone") == 200
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        assert await _status(http, f"http://127.0.0.1:{port}/phone", tries=1) == 0


async def _status(http: ClientSession, url: str, tries: int = 50) -> int:
    for _ in range(tries):
        try:
            async with http.get(url) as response:
                return response.status
        except ClientConnectionError:
            await asyncio.sleep(0.01)
    return 0
