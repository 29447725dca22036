"""Serve the emulator by itself, for a bot that runs in other processes."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.sim.app import sim_app
from bot.sim.config import SimConfig
from bot.sim.platform import Why


async def serve_sim(config: SimConfig, host: str, port: int, why: Why | None = None) -> None:
    """Serve until cancelled."""
    runner = web.AppRunner(sim_app(config, why), access_log=None, shutdown_timeout=config.cut_s)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
