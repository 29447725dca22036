"""Everything that waits, opened in order and closed in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.core.bell import Bell
from bot.core.clock import Clock, SystemClock
from bot.core.desk import Desk
from bot.core.platform import Platform
from bot.core.ports import Mind, Records
from bot.core.reminders import Reminders
from bot.core.staff import Accounts, Audit
from bot.publishing import Publisher
from bot.settings import Settings
from bot.store.bell import open_bell
from bot.store.open import open_long_memory, open_mind
from bot.store.schedule_redis import RedisSchedule, open_schedule
from bot.store.token_redis import open_token_box
from bot.wechat.client import WeChatClient, open_client
from bot.wechat.token import MemoryTokenBox
from kb.release import Release, open_release


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything that waits, opened; and the release in force."""

    mind: Mind
    records: Records
    reminders: Reminders
    schedule: RedisSchedule
    accounts: Accounts
    audit: Audit
    publisher: Publisher
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
        mind = await stack.enter_async_context(open_mind(redis_url))
        memory = await stack.enter_async_context(
            open_long_memory(settings.sql_url, settings.secret_key.get_secret_value(), settings.earlier_secrets)
        )
        schedule = await stack.enter_async_context(open_schedule(redis_url))
        bell = await stack.enter_async_context(open_bell(redis_url))
        platform = await stack.enter_async_context(open_platform(settings, redis_url))
        publisher = Publisher(memory.releases, settings.data_dir / "releases", bell, clock)
        release = release or await publisher.in_force()
        if release is None:  # SQL is away, or empty: the files are better than no answer, and the next look mends it
            release = await asyncio.to_thread(open_release, settings.content_dir, settings.data_dir / "releases")
        yield Doors(
            mind=mind,
            records=memory.records,
            reminders=memory.reminders,
            schedule=schedule,
            accounts=memory.accounts,
            audit=memory.audit,
            publisher=publisher,
            desk=memory.desk,
            bell=bell,
            platform=platform,
            clock=clock,
            release=release,
        )


@asynccontextmanager
async def open_platform(settings: Settings, redis_url: str) -> AsyncIterator[WeChatClient]:
    """The client of the account's API, with a token that all workers share.

    redis_url: empty for a command alone, whose token nobody else needs.
    """
    secret = settings.wechat_app_secret.get_secret_value()
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(open_token_box(redis_url)) if redis_url else MemoryTokenBox(SystemClock())
        yield await stack.enter_async_context(open_client(settings.api_base, settings.wechat_app_id, secret, box))
