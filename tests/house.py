"""A whole house for a test: the real bot with real Redis and SQLite, and the emulated platform in front of it.

Everything runs in the test's own event loop on one port of the loopback; only the machine's clock can be moved.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

from bot.conversation import Heard
from bot.core.clock import MovableClock
from bot.core.push import Push
from bot.demo import Demonstration, sim_config
from bot.serve import worker
from bot.settings import Settings, load
from bot.sim.phone import Phone
from bot.sim.platform import Platform
from bot.web.doors import Doors
from kb.release import Release


@dataclass
class House:
    """The running parts, and every turn that was finished since the start."""

    settings: Settings
    platform: Platform
    clock: MovableClock
    app: web.Application
    doors: Doors
    turns: list[tuple[Push, Heard]] = field(default_factory=list)

    @property
    def last(self) -> Heard:
        """The newest finished turn."""
        return self.turns[-1][1]

    async def phone(self, *, follow: bool = True) -> Phone:
        """A citizen with a phone, who follows the account unless told otherwise."""
        phone = Phone(self.platform)
        if follow:
            await phone.follows()
        return phone


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def demo_settings(data_dir: Path, redis_url: str, **given: object) -> Settings:
    """Settings of a demonstration on a free port with its own folder."""
    return load(demo=True, **{"data_dir": data_dir, "port": free_port(), "redis_url": redis_url, **given})


@asynccontextmanager
async def open_house(
    settings: Settings, release: Release | None, *, attempts: int = 3, cut_s: float = 5.0
) -> AsyncIterator[House]:
    """Start everything; stop it in reverse. attempts, cut_s: how the platform repeats a push."""
    clock = MovableClock()
    turns: list[tuple[Push, Heard]] = []
    config = replace(sim_config(settings, settings.local_url), attempts=attempts, cut_s=cut_s)
    demo = Demonstration(config, clock)

    def listen(push: Push, heard: Heard) -> None:
        turns.append((push, heard))
        demo.explanations.note(push, heard)

    redis_url = settings.redis_url.get_secret_value()
    async with worker(settings, redis_url, clock=clock, prepare=demo.prepare, listener=listen, release=release) as (
        app,
        doors,
    ):
        yield House(settings, demo.platform, clock, app, doors, turns)
