"""Mount the emulator: on the bot's own application, or on one of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from bot.sim.api import api_routes
from bot.sim.config import SimConfig
from bot.sim.page_api import page_routes
from bot.sim.platform import Platform, Why

PLATFORM = web.AppKey("sim_platform", Platform)


def sim_routes(platform: Platform) -> list[web.RouteDef]:
    """Page, page API and /cgi-bin, for add_routes. The caller starts and stops the platform; see mount_sim."""
    return [*page_routes(platform), *api_routes(platform)]


def mount_sim(app: web.Application, platform: Platform) -> None:
    """Add the routes and tie the platform's life to the application's."""

    async def live(_: web.Application) -> AsyncIterator[None]:
        async with platform:
            yield

    async def end_streams(_: web.Application) -> None:
        platform.hub.close()  # Before aiohttp waits for open requests: an event stream never ends by itself.

    app[PLATFORM] = platform
    app.add_routes(sim_routes(platform))
    app.cleanup_ctx.append(live)
    app.on_shutdown.append(end_streams)


def sim_app(config: SimConfig, why: Why | None = None) -> web.Application:
    """The emulator alone, as an application."""
    app = web.Application()
    mount_sim(app, Platform(config, why=why))
    return app
