"""Composition: every part is made here and handed down. Nothing else in the project builds anything global."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web

from bot.acts import Acts
from bot.conversation import Conversation
from bot.core.bell import Bell
from bot.core.clock import Clock, SystemClock
from bot.core.desk import Desk
from bot.core.errors import StoreDown
from bot.core.platform import Platform
from bot.core.ports import Mind, Records
from bot.inbox import Inbox, Listener
from bot.jobs import Tick, desk_ticks, ringing, ticks
from bot.library import Library
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.settings import Settings
from bot.store.bell import open_bell
from bot.store.open import open_long_memory, open_mind
from bot.store.token_redis import open_token_box
from bot.switchboard import Switchboard
from bot.web import chat, chat_events, desk_api, desk_page, health, page, page_shell, push
from bot.web.guests import Chat
from bot.web.keys import (
    ACTS,
    BELL,
    CHAT,
    CLOCK,
    DESK,
    DOOR,
    INBOX,
    LIBRARY,
    METRICS,
    MIND,
    RECORDS,
    SETTINGS,
    SWITCHBOARD,
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
    desk: Desk
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
        if release is None:
            release = await asyncio.to_thread(open_release, CONTENT, settings.data_dir / "releases")
        mind = await stack.enter_async_context(open_mind(redis_url))
        memory = await stack.enter_async_context(
            open_long_memory(settings.sql_url, settings.secret_key.get_secret_value())
        )
        bell = await stack.enter_async_context(open_bell(redis_url))
        platform = await stack.enter_async_context(open_platform(settings, redis_url))
        yield Doors(mind, memory.records, memory.desk, bell, platform, clock, release)


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
    switchboard = Switchboard(doors.desk, doors.bell)
    conversation = Conversation(library, doors.records, doors.clock, switchboard)
    acts = Acts(doors.mind, doors.records, switchboard, doors.clock, worker)
    inbox = Inbox(doors.mind, doors.records, conversation, doors.clock, metrics, worker, listener)
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[caught])
    app[SETTINGS] = settings
    app[METRICS] = metrics
    app[LIBRARY] = library
    app[CLOCK] = doors.clock
    app[MIND] = doors.mind
    app[RECORDS] = doors.records
    app[BELL] = doors.bell
    app[DESK] = doors.desk
    app[ACTS] = acts
    app[SWITCHBOARD] = switchboard
    app[INBOX] = inbox
    app[DOOR] = Door(_door_config(settings), doors.clock)
    app[CHAT] = Chat(settings.secret_key.get_secret_value())
    app.add_routes([*push.routes(), *chat.routes(), *page.routes(), *health.routes()])
    app.add_routes([*desk_page.routes(), *page_shell.routes(), *desk_api.routes(), *chat_events.routes()])
    outbox = Outbox(doors.mind, doors.records, doors.platform, doors.clock, metrics, doors.bell)
    all_ticks = (
        *ticks(doors.mind, doors.records, inbox, outbox, doors.clock, metrics),
        *desk_ticks(acts, switchboard),
    )
    page_shell.setup(app)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(lambda _: _jobs(all_ticks, switchboard, outbox, metrics))
    app.on_shutdown.append(_drain)
    return app


async def _jobs(
    all_ticks: tuple[Tick, ...], switchboard: Switchboard, outbox: Outbox, metrics: Metrics
) -> AsyncIterator[None]:
    try:
        await outbox.rebuild()
        await switchboard.refresh()
    except StoreDown:
        log.warning("rebuild_waits")
    async with ringing(all_ticks, metrics):
        yield


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
