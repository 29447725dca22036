"""Parts of the contract tests: a conversation that echoes, workers that can die, stores that can be away."""

from __future__ import annotations

import asyncio
import inspect
import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.conversation import Heard, words
from bot.core.clock import SHANGHAI, FixedClock
from bot.core.errors import MindDown, RecordsDown
from bot.core.ports import LogLine, Mind, Mine, OutboxRow, Records, Said
from bot.core.push import Channel, CitizenId, Push, PushKey, Text
from bot.core.reply import Target
from bot.core.reply import Text as TextReply
from bot.core.session import EMPTY, Exchange
from bot.inbox import Inbox
from bot.jobs import Tick, ticks
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.store.memory import MemoryRecords
from bot.wechat.limits import window_after

NOW = datetime(2026, 3, 4, 9, 30, 0, 0, SHANGHAI)
LONG_S = 60.0
"""A deadline that never comes."""
numbers = itertools.count(1)


def message(text: str, who: str = "o-ann", key: str = "") -> Push:
    """A text of a citizen, with a key of its own."""
    return Push(PushKey(key or f"m:{next(numbers)}"), Channel.WECHAT, who, "gh_1", NOW, Text(text))


def said_words(said: Said | None) -> str | None:
    """The words of a reply."""
    return None if said is None else "".join(r.text for r in said.replies if isinstance(r, TextReply))


@dataclass
class Echo:
    """A conversation whose reply is all a citizen said so far: order, loss and doubling can be read in it.

    hold(push) makes its turn wait; heard lists the words of every turn that began.
    """

    clock: FixedClock
    heard: list[str] = field(default_factory=list)
    held: dict[PushKey, asyncio.Event] = field(default_factory=dict)
    begun: dict[PushKey, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    fails: set[PushKey] = field(default_factory=set)

    def hold(self, push: Push) -> asyncio.Event:
        """The turn of this push waits until the event is set."""
        return self.held.setdefault(push.key, asyncio.Event())

    async def hear(self, push: Push, mine: Mine) -> Heard:
        text = words(push)
        self.heard.append(text)
        self.begun[push.key].set()
        if push.key in self.held:
            await self.held[push.key].wait()
        if push.key in self.fails:
            raise ZeroDivisionError
        now = self.clock.now()
        recent = (*mine.session.recent, Exchange(text, Target("echo:"), now))
        reply = TextReply("、".join(exchange.said for exchange in recent))
        line = LogLine(push.key, CitizenId(""), push.channel, now, text, "echo", "", "", "", "", (), (), "r", 0.0)
        session = replace(mine.session, recent=recent)
        return Heard(Said((reply,), now), session, line, window_after(push.body, now))

    async def hear_without_memory(self, push: Push) -> Heard:
        return await self.hear(push, Mine(EMPTY, unsaid=False, fresh=True))


class Cable:
    """A store behind a cable: cut, every call fails as if the store were away. between: awaited around every call."""

    def __init__(self, inner: object, away: type[Exception], between: Callable[[], Any] | None = None) -> None:
        self._inner = inner
        self._away = away
        self._between = between
        self.cut = False
        self.fails_next: dict[str, int] = {}
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def call(*args: Any, **named: Any) -> Any:
            await self._pass(name)
            result = await method(*args, **named)
            if self._between:
                await self._between()
            if self.cut:
                raise self._away("cut")  # it was done, but nobody here learns of it
            return result

        return call

    async def _pass(self, name: str) -> None:
        self.calls.append(name)
        if self._between:
            await self._between()
        if self.fails_next.get(name, 0) > 0:
            self.fails_next[name] -= 1
            raise self._away(name)
        if self.cut:
            raise self._away("cut")


@dataclass
class Worker:
    """One worker: an inbox with its own cables to the shared stores."""

    mind: Cable
    records: Cable
    echo: Echo
    inbox: Inbox
    clock: FixedClock
    metrics: Metrics

    def die(self) -> None:
        """kill -9: nothing it does from now on reaches a store."""
        self.mind.cut = self.records.cut = True

    def revive(self) -> None:
        self.mind.cut = self.records.cut = False

    def tick(self, name: str, outbox: Outbox | None = None) -> Tick:
        """One of its jobs."""
        sender = outbox or Outbox(self.mind, self.records, None, self.clock, self.metrics)
        jobs = ticks(self.mind, self.records, self.inbox, sender, self.clock, self.metrics)
        return next(job for job in jobs if job.name == name)


def worker(
    mind: Mind, records: Records, clock: FixedClock, name: str = "w0", between: Callable[[], Any] | None = None
) -> Worker:
    """A worker with an echoing conversation."""
    echo, metrics = Echo(clock), Metrics()
    minds, shelf = Cable(mind, MindDown, between), Cable(records, RecordsDown, between)
    return Worker(minds, shelf, echo, Inbox(minds, shelf, echo, clock, metrics, name), clock, metrics)


def rows_of(records: MemoryRecords) -> list[OutboxRow]:
    """The outbox of a memory twin, oldest first."""
    return [kept.row for kept in records._rows.values()]


def states(records: MemoryRecords) -> list[str]:
    """The states of its rows."""
    return [row.state.value for row in rows_of(records)]


async def until(true: Callable[[], object], within_s: float = 5.0) -> None:
    """Wait until something is so; a few milliseconds as a rule."""
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.002)
