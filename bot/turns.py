"""turns: each push is heard once — under a claim others can see, in the citizen's order, rescued when a worker dies.

Inbox asks for the turn of a push and decides how its reply goes back; what happens in between is here.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic

import structlog

from bot.conversation import Conversation, Heard
from bot.core.clock import Clock
from bot.core.errors import MindDown, RecordsDown, StoreDown
from bot.core.ports import Begun, Behind, Done, Held, Mark, Mind, Mine, Records, RowState, Said
from bot.core.push import CitizenId, Push, PushKey
from bot.log_lines import line_bytes
from bot.metrics import Metrics

log = structlog.get_logger()

RENEW_S = 1.0
"""A claim lapses after three of these without renewal."""
FIRST_PAUSE_S = 0.008
LONGEST_PAUSE_S = 0.1
PATIENCE_S = 30.0
"""How long a turn waits behind others before it gives up; the retry or the rescue starts it again."""
DRAIN_S = 6.0
"""How long the end of a worker waits for turns; a reply that was not passive by then goes out through the outbox."""
GIVE_BACK_S = 1.0
"""How long the end of a worker waits for claims to be given back; those that are not lapse by themselves."""
REMEMBERED = 2000
"""Replies kept in this process for retries while Redis is away."""

Listener = Callable[[Push, Heard], None]
"""Told of every finished turn of this process, after its commit; for the phone page's side panel."""


class GaveUp(Exception):
    """A turn waited too long; its push is still to be answered by a retry or the rescue."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A turn while Redis was away: its reply goes back on a request that waits for it, or nowhere."""

    said: Said


Ended = Done | Alone


class Turns:
    """The turns of one worker."""

    def __init__(
        self,
        mind: Mind,
        records: Records,
        conversation: Conversation,
        clock: Clock,
        metrics: Metrics,
        worker: str,
        listener: Listener | None,
    ) -> None:
        self._mind = mind
        self._records = records
        self._conversation = conversation
        self._clock = clock
        self._metrics = metrics
        self._listener = listener
        # Unlike those of any other host or earlier process, which would pass for the same holder.
        born = f"{worker}:{secrets.token_hex(6)}"
        self._holders = (f"{born}:{number}" for number in itertools.count())
        self._running: dict[PushKey, asyncio.Task[Ended]] = {}
        self._joined: Counter[PushKey] = Counter()
        self._answered_alone: OrderedDict[PushKey, Said] = OrderedDict()
        self._owed: dict[PushKey, Push] = {}

    def of(self, push: Push) -> asyncio.Task[Ended]:
        """The running turn of this push in this process, started when there is none. Never cancelled by a request.

        Raises StoreDown or GaveUp when the push must come again.
        """
        task = self._running.get(push.key)
        if task is None:
            task = asyncio.create_task(self._run(push), name=f"turn {push.who}")
            self._running[push.key] = task
            task.add_done_callback(lambda ended: self._ended(push.key, ended))
        return task

    @contextmanager
    def joined(self, key: PushKey) -> Iterator[None]:
        """A request waits for the reply to this push: a turn that ends now may answer passively."""
        self._joined[key] += 1
        try:
            yield
        finally:
            self._joined[key] -= 1
            if not self._joined[key]:
                del self._joined[key]

    def answered_alone(self, key: PushKey, said: Said) -> None:
        """Remember for retries, in this process only, what went back while Redis was away."""
        self._answered_alone[key] = said
        if len(self._answered_alone) > REMEMBERED:
            self._answered_alone.popitem(last=False)

    def was_answered_alone(self, key: PushKey) -> bool:
        """Whether the reply to this push went back from here while Redis was away."""
        return key in self._answered_alone

    @property
    def owed(self) -> tuple[Push, ...]:
        """Pushes of those who want to be forgotten, of which a store that was away does not know yet."""
        return tuple(self._owed.values())

    async def drain(self, patience_s: float = DRAIN_S) -> None:
        """Wait until the turns in progress are over; those that take longer are given up, their claims given back."""
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=patience_s)
        if left := list(self._running.values()):
            log.warning("turns_given_up", count=len(left))
            for turn in left:
                turn.cancel()
            await asyncio.wait(left, timeout=GIVE_BACK_S)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────

    def _ended(self, key: PushKey, task: asyncio.Task[Ended]) -> None:
        self._running.pop(key, None)
        if task.cancelled():
            return
        match task.exception():
            case None:
                if isinstance(task.result(), Done):
                    self._owed.pop(key, None)
            case StoreDown() | GaveUp() as reason:
                log.warning("turn_waits", reason=type(reason).__name__)
            case error:
                self._metrics.errors.labels("turn").inc()
                log.error("turn_failed", error=type(error).__name__)

    async def _run(self, push: Push) -> Ended:
        if said := self._answered_alone.get(push.key):
            return Alone(said)
        holder = next(self._holders)
        try:
            return await self._in_order(push, holder)
        except asyncio.CancelledError:  # only the end of the worker cancels a turn
            with suppress(MindDown):
                await self._mind.abandon(push.key, push.who, holder)
            raise GaveUp from None

    async def _in_order(self, push: Push, holder: str) -> Ended:
        until = monotonic() + PATIENCE_S
        pause = FIRST_PAUSE_S
        begun: Begun | None = None
        while monotonic() < until:
            try:
                begun = await self._mind.begin(push.key, push.who, holder)
            except MindDown:
                if isinstance(begun, Held):
                    raise  # its holder may have answered: a turn of our own could be a second one
                return await self._run_alone(push)
            match begun:
                case Done():
                    return begun
                case Mine():
                    if done := await self._hear(push, holder, begun):
                        return done
                case Behind() | Held():
                    await asyncio.sleep(pause)
                    pause = min(pause * 1.5, LONGEST_PAUSE_S)
        raise GaveUp

    async def _hear(self, push: Push, holder: str, mine: Mine) -> Done | None:
        """The turn itself, under a renewed lease; None when the claim was lost to another holder meanwhile."""
        mark: Mark | None = None
        try:
            with self._renewed(push, holder):
                heard = await self._heard(push, mine)
                mark = await self._commit(push, holder, heard)
        finally:
            if mark is None:
                with suppress(MindDown):  # nobody need wait until the lease of a failed turn lapses
                    await self._mind.abandon(push.key, push.who, holder)
        if mark is None:
            return None
        self._tell(push, heard)
        await self._after(push, heard, mark)
        return Done(heard.said, mark)

    async def _heard(self, push: Push, mine: Mine | None) -> Heard:
        """What the conversation says. Who wants to be forgotten is owed it until his turn was committed."""
        conversation = self._conversation
        try:
            heard = await (conversation.hear(push, mine) if mine else conversation.hear_without_memory(push))
        except RecordsDown:
            self._owed[push.key] = push
            raise
        if heard.session is None:
            self._owed[push.key] = push
        return heard

    async def _commit(self, push: Push, holder: str, heard: Heard) -> Mark | None:
        return await self._mind.commit(
            push.key,
            push.who,
            holder,
            heard.session,
            heard.said,
            passive=self._joined[push.key] > 0,
            window=heard.window,
            log=line_bytes(heard.line),
        )

    def _tell(self, push: Push, heard: Heard) -> None:
        self._metrics.turns(heard.line.handler, heard.line.decision).inc()
        if self._listener:
            self._listener(push, heard)

    async def _after(self, push: Push, heard: Heard, mark: Mark) -> None:
        """What the commit made due. A crash before any of it is mended by the rescue and by the next push."""
        with suppress(RecordsDown, MindDown):
            if mark is Mark.PUSHED:
                await self._records.fill(late_key(push.key), heard.said.replies, self._clock.now())
            if heard.unsaid:
                await self._look_again(push, heard.line.citizen)

    async def _look_again(self, push: Push, citizen: CitizenId) -> None:
        """Lower the flag of undelivered words; up again if there are more.

        In this order: what the outbox cannot deliver meanwhile is seen here, or raises the flag after us.
        """
        await self._mind.set_unsaid(push.who, unsaid=False)
        try:
            rows = await self._records.unsaid(citizen, push.key)
            more = any(row.state is not RowState.SAID for row in rows)
        except RecordsDown:
            more = True
        if more:
            await self._mind.set_unsaid(push.who, unsaid=True)

    @contextmanager
    def _renewed(self, push: Push, holder: str) -> Iterator[None]:
        """Keep the claim while a turn lasts. Most turns end before the first renewal and start no task for it."""
        renewals: list[asyncio.Task[None]] = []
        first = asyncio.get_running_loop().call_later(
            RENEW_S, lambda: renewals.append(asyncio.create_task(self._renew(push, holder)))
        )
        try:
            yield
        finally:
            first.cancel()
            for renewal in renewals:
                renewal.cancel()

    async def _renew(self, push: Push, holder: str) -> None:
        while True:
            with suppress(MindDown):
                if not await self._mind.renew(push.key, push.who, holder):
                    return
            await asyncio.sleep(RENEW_S)

    async def _run_alone(self, push: Push) -> Alone:
        """Redis is away: answer from an empty session. Raises MindDown when there is one that must be forgotten."""
        heard = await self._heard(push, None)
        if heard.session is None:
            raise MindDown("a session to forget")
        with suppress(RecordsDown):
            await self._records.write_log([replace(heard.line, reasons=(*heard.line.reasons, "无会话"))])
        self._tell(push, heard)
        return Alone(heard.said)


def late_key(key: PushKey) -> str:
    """The outbox key of a reply that came after the deadline: one row a push, however often it is tried."""
    return f"late:{key}"
