"""Composition: every part is made here and handed down. Nothing else in the project builds anything global."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from bot.acts import Acts
from bot.conversation import Conversation
from bot.core.errors import StoreDown
from bot.core.reminders import QUERY
from bot.inbox import Inbox, Listener
from bot.jobs import Tick, desk_ticks, noted, ringing, ticks
from bot.library import Library
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.publishing import Publisher
from bot.reminders import Ringing
from bot.settings import Settings
from bot.switchboard import Switchboard
from bot.web import (
    account_pages,
    admin,
    admin_acts,
    auth,
    chat,
    chat_events,
    demo_staff,
    desk_api,
    desk_page,
    health,
    page,
    page_shell,
    push,
    staff_pages,
)
from bot.web.callers import Callers
from bot.web.doors import Doors
from bot.web.entrance import Entrance
from bot.web.guests import Chat
from bot.web.keys import (
    ACCOUNTS,
    ACTS,
    AUDIT,
    BELL,
    CALLERS,
    CHAT,
    CLOCK,
    DESK,
    DOOR,
    ENTRANCE,
    INBOX,
    LIBRARY,
    METRICS,
    MIND,
    PUBLISHER,
    RECORDS,
    REMINDERS,
    SETTINGS,
    SWITCHBOARD,
    WORKER,
)
from bot.web.manners import add_headers, caught
from bot.wechat.codec import Door, DoorConfig
from bot.wechat.limits import BODY_BYTES

log = structlog.get_logger()


def build_app(
    settings: Settings, doors: Doors, worker: str = "w0", listener: Listener | None = None
) -> web.Application:
    """The application of one worker: routes, parts, and the jobs that run beside them."""
    metrics = Metrics()
    library = Library(doors.release)
    switchboard = Switchboard(doors.desk, doors.bell)
    conversation = Conversation(library, doors.records, doors.clock, {QUERY: doors.reminders.of}, switchboard)
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[caught])
    app[SETTINGS] = settings
    app[METRICS] = metrics
    app[WORKER] = worker
    app[LIBRARY] = library
    app[CLOCK] = doors.clock
    app[MIND] = doors.mind
    app[RECORDS] = doors.records
    app[REMINDERS] = doors.reminders
    app[BELL] = doors.bell
    app[SWITCHBOARD] = switchboard
    app[INBOX] = Inbox(doors.mind, doors.records, conversation, doors.clock, metrics, worker, listener)
    app[DOOR] = Door(_door_config(settings), doors.clock)
    app[CHAT] = Chat(settings.secret_key.get_secret_value(), settings.earlier_secrets)
    app[CALLERS] = Callers(settings.trusted_proxies)
    app.add_routes([*push.routes(), *chat.routes(), *chat_events.routes(), *page.routes(), *health.routes()])
    _for_staff(app, doors, library)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(lambda _: _jobs(app, doors))
    app.cleanup_ctx.append(lambda _: _following(doors.publisher, library))
    app.on_shutdown.append(_drain)
    return app


def _for_staff(app: web.Application, doors: Doors, library: Library) -> None:
    """Everything behind a sign-in. The demonstration's sign-in exists only with --demo."""
    app[ACCOUNTS] = doors.accounts
    app[AUDIT] = doors.audit
    app[ENTRANCE] = Entrance(doors.accounts, doors.audit)
    app[PUBLISHER] = doors.publisher
    app[DESK] = doors.desk
    app[ACTS] = Acts(doors.mind, doors.records, app[SWITCHBOARD], library, doors.clock, app[WORKER])
    page_shell.setup(app)
    app.add_routes([*page_shell.routes(), *auth.routes(), *staff_pages.routes(), *account_pages.routes()])
    app.add_routes([*admin.routes(), *admin_acts.routes(), *desk_page.routes(), *desk_api.routes()])
    if app[SETTINGS].demo:
        app.add_routes(demo_staff.routes())


async def _jobs(app: web.Application, doors: Doors) -> AsyncIterator[None]:
    """The ticks of this worker, and what they need to have looked at before they begin."""
    inbox, metrics, switchboard = app[INBOX], app[METRICS], app[SWITCHBOARD]
    outbox = Outbox(doors.mind, doors.records, doors.platform, doors.clock, metrics, doors.bell)
    try:
        await switchboard.refresh()
        await outbox.rebuild()
    except StoreDown:
        log.warning("rebuild_waits")
    async with ringing(_noted_ticks(app, doors, outbox), metrics):
        yield
        outbox.close()
    await inbox.drain(0)  # of turns that the ticks began


def _noted_ticks(app: web.Application, doors: Doors, outbox: Outbox) -> tuple[Tick, ...]:
    log_days = app[SETTINGS].log_days
    reminding = Ringing(doors.reminders, doors.schedule, doors.clock, outbox.rebuild)
    common = ticks(
        doors.mind, doors.records, app[INBOX], outbox, doors.clock, app[METRICS], log_days=log_days, reminding=reminding
    )
    all_ticks = (*common, *desk_ticks(app[ACTS], app[SWITCHBOARD]))
    return noted(all_ticks, doors.schedule.note, doors.clock, app[WORKER])


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
