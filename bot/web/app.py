"""Composition: every part is made here and handed down. Nothing else in the project builds anything global."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web

from bot.conversation import Conversation
from bot.core.bell import Bell
from bot.core.clock import Clock, SystemClock
from bot.core.errors import StoreDown
from bot.core.platform import Platform
from bot.core.ports import Mind, Records
from bot.core.staff import Accounts, Audit
from bot.inbox import Inbox, Listener
from bot.jobs import ringing, ticks
from bot.library import Library
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.publishing import Publisher
from bot.settings import Settings
from bot.store.bell import open_bell
from bot.store.open import open_long_memory, open_mind
from bot.store.token_redis import open_token_box
from bot.web import admin, admin_acts, chat, health, page, page_shell, push
from bot.web.guests import Chat
from bot.web.keys import (
    ACCOUNTS,
    AUDIT,
    BELL,
    CHAT,
    CLOCK,
    DOOR,
    INBOX,
    LIBRARY,
    METRICS,
    MIND,
    PUBLISHER,
    RECORDS,
    SETTINGS,
    WORKER,
)
from bot.web.manners import add_headers, caught
from bot.wechat.client import WeChatClient, open_client
from bot.wechat.codec import Door, DoorConfig
from bot.wechat.limits import BODY_BYTES
from bot.wechat.token import MemoryTokenBox
from kb.release import Release, open_release

log = structlog.get_logger()

CONTENT = Path(__file__).resolve().parents[2] / "kb" / "content"
"""The content files that came with the code."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything that waits, opened; and the release in force."""

    mind: Mind
    records: Records
    accounts: Accounts
    audit: Audit
    publisher: Publisher
    bell: Bell
    platform: Platform
    clock: Clock
    release: Release


@asynccontextmanager
async def open_doors(
    settings: Settings, redis_url: str, clock: Clock | None = None, release: Release | None = None
) -> AsyncIterator[Doors]:
    """Open the stores, the client of the platform and the release; close them in reverse."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        mind = await stack.enter_async_context(open_mind(redis_url))
        memory = await stack.enter_async_context(
            open_long_memory(settings.sql_url, settings.secret_key.get_secret_value())
        )
        bell = await stack.enter_async_context(open_bell(redis_url))
        platform = await stack.enter_async_context(open_platform(settings, redis_url))
        publisher = Publisher(memory.releases, settings.data_dir / "releases", bell, clock)
        release = release or await publisher.in_force()
        if release is None:  # SQL is away, or empty: the files are better than no answer, and the next look mends it
            release = await asyncio.to_thread(open_release, settings.content_dir, settings.data_dir / "releases")
        yield Doors(mind, memory.records, memory.accounts, memory.audit, publisher, bell, platform, clock, release)


@asynccontextmanager
async def open_platform(settings: Settings, redis_url: str) -> AsyncIterator[WeChatClient]:
    """The client of the account's API, with a token that all workers share.

    redis_url: empty for a command alone, whose token nobody else needs.
    """
    secret = settings.wechat_app_secret.get_secret_value()
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(open_token_box(redis_url)) if redis_url else MemoryTokenBox(SystemClock())
        yield await stack.enter_async_context(open_client(settings.api_base, settings.wechat_app_id, secret, box))


def build_app(
    settings: Settings, doors: Doors, worker: str = "w0", listener: Listener | None = None
) -> web.Application:
    """The application of one worker: routes, parts, and the jobs that run beside them."""
    metrics = Metrics()
    library = Library(doors.release)
    conversation = Conversation(library, doors.records, doors.clock)
    inbox = Inbox(doors.mind, doors.records, conversation, doors.clock, metrics, worker, listener)
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[caught])
    app[SETTINGS] = settings
    app[METRICS] = metrics
    app[WORKER] = worker
    app[LIBRARY] = library
    app[CLOCK] = doors.clock
    app[MIND] = doors.mind
    app[RECORDS] = doors.records
    app[BELL] = doors.bell
    app[ACCOUNTS] = doors.accounts
    app[AUDIT] = doors.audit
    app[PUBLISHER] = doors.publisher
    app[INBOX] = inbox
    app[DOOR] = Door(_door_config(settings), doors.clock)
    app[CHAT] = Chat(settings.secret_key.get_secret_value())
    page_shell.setup(app)
    app.add_routes([*push.routes(), *chat.routes(), *page.routes(), *health.routes(), *page_shell.routes()])
    app.add_routes([*admin.routes(), *admin_acts.routes()])
    outbox = Outbox(doors.mind, doors.records, doors.platform, doors.clock, metrics)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(lambda _: _jobs(doors, inbox, outbox, metrics))
    app.cleanup_ctx.append(lambda _: _following(doors.publisher, library))
    app.on_shutdown.append(_drain)
    return app


async def _jobs(doors: Doors, inbox: Inbox, outbox: Outbox, metrics: Metrics) -> AsyncIterator[None]:
    try:
        await outbox.rebuild()
    except StoreDown:
        log.warning("rebuild_waits")
    all_ticks = ticks(doors.mind, doors.records, inbox, outbox, doors.clock, metrics)
    async with ringing(all_ticks, metrics):
        yield


async def _following(publisher: Publisher, library: Library) -> AsyncIterator[None]:
    """This worker answers from whatever is in force."""
    following = asyncio.create_task(publisher.follow(library), name="release")
    yield
    following.cancel()
    await asyncio.wait([following])


async def _drain(app: web.Application) -> None:
    """The end of the process waits for the turns in progress."""
    app[CHAT].closing.set()
    await app[INBOX].drain()


def _door_config(settings: Settings) -> DoorConfig:
    return DoorConfig(
        mode=settings.wechat_mode.value,
        token=settings.wechat_token.get_secret_value(),
        app_id=settings.wechat_app_id,
        aes_key=settings.wechat_aes_key.get_secret_value(),
        previous_aes_key=settings.wechat_aes_key_previous.get_secret_value(),
        account=settings.wechat_account,
    )
