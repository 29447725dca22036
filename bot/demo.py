"""demo: the bot together with the platform in a box and the phone page. Nothing here runs without --demo."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from contextlib import AsyncExitStack
from datetime import datetime

from aiohttp import web

from bot.casework.duty import ALWAYS
from bot.conversation import Heard
from bot.core.clock import MovableClock
from bot.core.push import Channel, CitizenKey, Push, citizen_key
from bot.serve import ground, push_menu, supervise, until_told, worker
from bot.settings import Settings
from bot.sim.app import mount_sim
from bot.sim.config import Mode, SimConfig
from bot.sim.platform import Platform
from bot.sim.serve import serve_sim
from bot.store.open import open_long_memory
from bot.web import tour
from bot.web.keys import LIBRARY
from bot.wechat.menu import MENU
from kb.answer import basis_text
from kb.release import Release

REMEMBERED = 500
"""Explanations kept for the phone page."""


class Explanations:
    """Why the bot answered each citizen as it did last; fed by the inbox of the same process."""

    def __init__(self) -> None:
        self._last: OrderedDict[CitizenKey, Heard] = OrderedDict()

    def note(self, push: Push, heard: Heard) -> None:
        self._last[push.who] = heard
        self._last.move_to_end(push.who)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    def of(self, openid: str, release: Release) -> dict[str, object] | None:
        """The side panel's facts for a citizen, or None when he said nothing yet."""
        heard = self._last.get(citizen_key(Channel.WECHAT, openid))
        if heard is None:
            return None
        line = heard.line
        seen = [{"id": key, "question": release.title(key), "score": score} for key, score in line.candidates]
        return {
            "decision": line.decision,
            "handler": line.handler,
            "answer": line.answer,
            "candidates": seen,
            "article": basis_text(release, line.answer.partition(":")[2]),
            "release": line.release[:12],
            "reasons": list(line.reasons),
        }


class Demonstration:
    """The emulated platform on the bot's own port, with the reasons of each answer beside it."""

    def __init__(self, config: SimConfig, clock: MovableClock) -> None:
        self.platform = Platform(config, clock)
        self.explanations = Explanations()

    def prepare(self, app: web.Application) -> None:
        """Mount the platform on the bot's application, before it starts."""

        async def why(openid: str) -> dict[str, object] | None:
            return self.explanations.of(openid, app[LIBRARY].current)

        self.platform.why = why
        mount_sim(app, self.platform)
        app.add_routes(tour.routes(self._reaches))

    def _reaches(self, openid: str, at: datetime) -> bool:
        user = self.platform.account.users.get(openid)
        return user is not None and any(window.until > at and window.left for window in user.windows)


async def serve_demo(settings: Settings, workers: int) -> int:
    """Everything on one port with one worker; with several, the emulator stands on the next port."""
    _say("starting: stores, knowledge, emulator …")
    async with ground(settings) as base:
        await staff_around_the_clock(settings)
        if workers > 1:
            return await _several(settings, base.redis_url, workers)
        clock = MovableClock()
        demo = Demonstration(sim_config(settings, settings.local_url), clock)
        listener = demo.explanations.note
        async with worker(settings, base.redis_url, clock=clock, prepare=demo.prepare, listener=listener):
            await push_menu(settings, base.redis_url, MENU)
            _tell(settings, settings.local_url)
            await until_told()
    return 0


async def staff_around_the_clock(settings: Settings) -> None:
    """Duty hours of a demonstration, as rows like any others; those that somebody entered stay."""
    async with open_long_memory(settings.sql_url, settings.secret_key.get_secret_value()) as memory:
        if not await memory.desk.hours():
            await memory.desk.set_hours(ALWAYS)


async def _several(settings: Settings, redis_url: str, workers: int) -> int:
    port = settings.port + 1
    sim_url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        sim = asyncio.create_task(serve_sim(sim_config(settings, sim_url, own_clock=True), "127.0.0.1", port))
        stack.callback(sim.cancel)
        _tell(settings, sim_url)
        await supervise(workers, redis_url, demo=True, api_base=sim_url)
    return 0


async def serve_sim_alone(settings: Settings, port: int) -> int:
    """The emulator by itself, pushing to the bot at HOST:PORT."""
    url = f"http://127.0.0.1:{port}"
    _say(f"phone     {url}/phone   (pushes to {settings.local_url}/wechat)")
    await serve_sim(sim_config(settings, url, own_clock=True), "127.0.0.1", port)
    return 0


def sim_config(settings: Settings, public_url: str, *, own_clock: bool = False) -> SimConfig:
    """The emulated account has the bot's own credentials."""
    return SimConfig(
        app_id=settings.wechat_app_id,
        app_secret=settings.wechat_app_secret.get_secret_value(),
        token=settings.wechat_token.get_secret_value(),
        aes_key=settings.wechat_aes_key.get_secret_value(),
        account=settings.wechat_account or "gh_demo",
        push_url=f"{settings.local_url}/wechat",
        mode=Mode(settings.wechat_mode.value),
        public_url=public_url,
        stamps_follow_clock=not own_clock,
    )


def _tell(settings: Settings, phone_url: str) -> None:
    _say("ready.")
    if phone_url == settings.local_url:
        _say(f"tour      {phone_url}/")
    _say(f"phone     {phone_url}/phone")
    _say(f"web chat  {settings.local_url}/chat")
    _say(f"health    {settings.local_url}/readyz")
    _say("stop with Ctrl-C")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
