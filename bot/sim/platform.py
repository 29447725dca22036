"""The platform whole: account, pusher, tokens, media, and the news for the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self, TypeAlias

from bot.sim.account import Account, User
from bot.sim.answer import Refused, Silent, Valid
from bot.sim.bubble import Bubble
from bot.sim.clock import Clock, SimClock
from bot.sim.config import Faults, Mode, SimConfig
from bot.sim.delivery import Delivery, Paused, Undelivered
from bot.sim.hub import Hub
from bot.sim.inbound import Inbound
from bot.sim.media import MediaStore
from bot.sim.outgoing import FAILURE_NOTICE, PAUSED_NOTICE, notice, passive_bubble
from bot.sim.pusher import Pusher
from bot.sim.quotas import Quotas
from bot.sim.tokens import Tokens
from bot.sim.views import bubble_view, delivery_view

Why: TypeAlias = Callable[[str], Awaitable[dict[str, object] | None]]
"""Asks the bot why it answered this openid as it did last; None when it does not know."""

ANSWERABLE_EVENTS = frozenset({
    "subscribe", "SCAN", "CLICK", "LOCATION", "location_select", "scancode_push", "scancode_waitmsg",
    "pic_sysphoto", "pic_photo_or_album", "pic_weixin",
})  # fmt: skip
QUIET_EVENTS = frozenset({"LOCATION", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"})
"""Events of which the user notices nothing when they fail."""


class Platform(AbstractAsyncContextManager["Platform"]):
    """One official account on an emulated WeChat. Start and stop it as an async context manager.

    clock: hand in the bot's movable clock to move both together. why: feeds the side panel of the page.
    """

    def __init__(self, config: SimConfig, clock: Clock | None = None, why: Why | None = None) -> None:
        self.config = config
        self.clock: Clock = clock or SimClock()
        self.why = why
        self.account = Account(self.clock, config.combine)
        self.media = MediaStore(self.clock)
        self.tokens = Tokens(config, self.clock)
        self.quotas = Quotas(self.clock)
        self.pusher = Pusher(config, self.clock, self.media.has)
        self.hub = Hub()
        self._tasks: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> Self:
        await self.pusher.__aenter__()
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.hub.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.pusher.__aexit__()

    @property
    def faults(self) -> Faults:
        """What is broken just now; replace it whole."""
        return self.pusher.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.pusher.faults = faults

    @property
    def mode(self) -> Mode:
        """How pushes travel; may change at any time."""
        return self.pusher.mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self.pusher.mode = mode

    async def push(self, user: User, inbound: Inbound) -> Delivery:
        """Open the windows, deliver, and show the user what came back."""
        self.account.hear(user, inbound)
        delivery = await self.pusher.push(user.openid, inbound)
        user.deliveries.append(delivery)
        for bubble in _seen(delivery):
            self.show(user, bubble)
        self.hub.tell(user.openid, "wire", delivery_view(delivery))
        return delivery

    def show(self, user: User, bubble: Bubble) -> Bubble:
        """Put a bubble into the user's chat."""
        bubble = self.account.add(user, bubble)
        user.typing_until = None
        self.hub.tell(user.openid, "bubble", bubble_view(bubble))
        return bubble

    def spawn(self, work: Coroutine[object, object, object]) -> None:
        """Run work that nobody waits for; the platform ends it when it stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until spawned work is done; tests want to see its end."""
        while self._tasks:
            await asyncio.wait(self._tasks)


def _seen(delivery: Delivery) -> tuple[Bubble, ...]:
    inbound = delivery.parcel.inbound
    if inbound.event and inbound.event not in ANSWERABLE_EVENTS:
        return ()
    noticed = inbound.event not in QUIET_EVENTS
    match delivery.outcome:
        case Silent():
            return ()
        case Valid(reply):
            return (passive_bubble(reply),)
        case Refused() | Undelivered():
            return (notice(FAILURE_NOTICE),) if noticed else ()
        case Paused():
            return (notice(PAUSED_NOTICE),) if noticed else ()
