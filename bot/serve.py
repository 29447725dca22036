"""serve: start what a deployment needs, then one worker or several.

The parent owns the embedded Redis, the migrations and the first compilation of the release; workers get addresses. A
worker that dies is started again, sooner or later. SIGTERM ends a worker when its turns are over; so does the end of
the parent, which holds the other end of the worker's standard input.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import structlog
from aiohttp import web

from bot.core.backoff import Backoff
from bot.core.clock import Clock, SystemClock
from bot.core.errors import BadSettings
from bot.core.platform import Sent
from bot.inbox import Listener
from bot.jobs import LAST_S
from bot.publishing import Publisher
from bot.settings import Settings
from bot.store.bell import open_bell
from bot.store.migrate import upgrade
from bot.store.open import open_long_memory
from bot.store.schedule_redis import open_schedule
from bot.store.server import embedded_redis
from bot.turns import DRAIN_S
from bot.web.app import build_app
from bot.web.doors import Doors, open_doors, open_platform
from kb.release import Release

log = structlog.get_logger()

CLOSE_S = 2.0
"""For requests that are still being written when their turns are over."""
END_S = DRAIN_S + CLOSE_S + LAST_S + 2.0
"""A worker that takes longer to end than all that it may wait for is killed."""
RESTART_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
BACKLOG = 1024
YOUNG = 20_000
"""New objects between two looks of the collector: a turn makes some hundreds and keeps none."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every worker stands on."""

    redis_url: str


@asynccontextmanager
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    """Redis is up (our own when no REDIS_URL is given), the tables are of this version, the release is compiled."""
    await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        url = settings.redis_url.get_secret_value()
        if not url:
            url = await stack.enter_async_context(embedded_redis(settings.data_dir))
        await asyncio.to_thread(upgrade, settings.sql_url)
        await stack.enter_async_context(_content(settings, url))
        yield Ground(url)


@asynccontextmanager
async def _content(settings: Settings, redis_url: str) -> AsyncIterator[None]:
    """A release is in force; content files that were never imported are proposed, beside the service."""
    secret = settings.secret_key.get_secret_value()
    async with open_long_memory(settings.sql_url, secret) as memory, open_bell(redis_url) as bell:
        publisher = Publisher(memory.releases, settings.data_dir / "releases", bell, SystemClock())
        new = await publisher.ground(settings.content_dir, at_once=settings.demo)
        proposing = asyncio.create_task(publisher.propose_files(settings.content_dir)) if new else None
        try:
            yield
        finally:
            if proposing:
                proposing.cancel()
                await asyncio.wait([proposing])


@asynccontextmanager
async def worker(
    settings: Settings,
    redis_url: str,
    *,
    name: str = "w0",
    clock: Clock | None = None,
    prepare: Callable[[web.Application], None] | None = None,
    listener: Listener | None = None,
    release: Release | None = None,
    share_port: bool = False,
) -> AsyncIterator[tuple[web.Application, Doors]]:
    """One worker that listens until the context is left; leaving it drains the turns in progress.

    prepare: may add to the application before it starts. release: when it is loaded already.
    """
    async with open_doors(settings, redis_url, clock, release) as doors:
        # In a thread, for it reads the pages' files.
        app = await asyncio.to_thread(build_app, settings, doors, name, listener)
        if prepare:
            await asyncio.to_thread(prepare, app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_S)
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG, reuse_port=share_port or None)
        await site.start()
        # What was loaded stays for good: the collector need not walk a whole knowledge base again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG)
        try:
            yield app, doors
        finally:
            await runner.cleanup()


async def push_menu(settings: Settings, redis_url: str, menu: Mapping[str, object]) -> int:
    """Create the account's custom menu at the platform; the exit status says whether it took it."""
    async with open_platform(settings, redis_url) as client:
        result = await client.create_menu(menu)
    if isinstance(result, Sent):
        sys.stdout.write("menu created; phones show it within five minutes\n")
        return 0
    sys.stderr.write(f"xinxin: the platform answered {result}\n")
    return 1


async def tick_notes(url: str) -> dict[str, dict[str, str]]:
    """The last run of every tick of the service whose Redis is there. Raises BadSettings without one, MindDown."""
    if not url:
        raise BadSettings("No running service found: set REDIS_URL or DATA_DIR to those of the service.")
    async with open_schedule(url) as schedule:
        return await schedule.notes()


def tick_table(notes: Mapping[str, Mapping[str, str]]) -> str:
    """The notes as lines of a table."""
    columns = ("every_s", "next", "last", "rows", "worker")
    rows = [("tick", *columns), *((name, *map(note.get, columns)) for name, note in sorted(notes.items()))]
    texts = [[str(cell or "-") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts)
    return "\n".join(lines) + "\n"


def leash() -> None:
    """From now on the end of the parent, which holds the other end of standard input, counts as SIGTERM.

    Watched by a thread, because a worker that is still loading must end, too.
    """
    fd = sys.stdin.fileno()

    def watch() -> None:
        while os.read(fd, 1):
            pass  # nobody writes there
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="leash", daemon=True).start()


async def until_told() -> None:
    """Wait for SIGINT or SIGTERM."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    await told.wait()


async def supervise(count: int, redis_url: str, *, demo: bool, api_base: str = "") -> None:
    """Keep `count` worker processes alive until told to stop; then let them drain."""
    environment = {**os.environ, "REDIS_URL": redis_url, **({"WECHAT_API_BASE": api_base} if api_base else {})}
    keepers = [asyncio.create_task(_keep(f"w{number}", environment, demo)) for number in range(count)]
    await until_told()
    for keeper in keepers:
        keeper.cancel()
    await asyncio.gather(*keepers, return_exceptions=True)


async def _keep(name: str, environment: dict[str, str], demo: bool) -> None:
    """One worker process, started again whenever it ends by itself."""
    command = [sys.executable, "-m", "bot", "worker", "--name", name, "--leashed", *(["--demo"] if demo else [])]
    backoff = Backoff(RESTART_PAUSE_S, LONGEST_PAUSE_S)
    while True:
        born = monotonic()
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdin=asyncio.subprocess.PIPE)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        lived_s = monotonic() - born
        pause_s = backoff.after(lived_s)
        log.warning("worker_ended", worker=name, code=code, lived_s=round(lived_s, 1), pause_s=pause_s)
        await asyncio.sleep(pause_s)


async def _end(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_S)
    except TimeoutError:
        process.kill()
        await process.wait()
