"""A whole house whose conversation waits, so that what happens meanwhile can be seen."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.conversation import Conversation, Heard
from bot.core.ports import Mine
from bot.core.push import Push
from bot.inbox import Inbox
from bot.web.keys import INBOX
from tests.house import House


class Slow:
    """A conversation that waits for `go` before it hears."""

    def __init__(self, inner: Conversation, go: asyncio.Event) -> None:
        self._inner = inner
        self._go = go

    async def hear(self, push: Push, mine: Mine) -> Heard:
        await self._go.wait()
        return await self._inner.hear(push, mine)

    async def hear_without_memory(self, push: Push) -> Heard:
        await self._go.wait()
        return await self._inner.hear_without_memory(push)


def held_up(house: House, patch: pytest.MonkeyPatch, *, deadline_s: float = 4.5) -> asyncio.Event:
    """From now on turns wait for the event that is returned; requests wait for the deadline."""
    go = asyncio.Event()
    inbox: Inbox = house.app[INBOX]
    patch.setattr(inbox._turns, "_conversation", Slow(inbox._turns._conversation, go))
    patch.setattr(inbox, "answer", partial(inbox.answer, deadline_s=deadline_s))
    return go
