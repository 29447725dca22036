"""inbox: the retry contract. One push, one turn, one visible reply — over retries, workers and crashes.

A push is claimed by its key under a lease. A retry during the turn joins it; a retry after it gets the stored reply;
the next retry after a worker died finds the lease lapsed and finishes the turn. When the deadline passes first, an
empty answer goes back and the finished reply leaves through the outbox. One compare-and-set mark decides which, so
that it is never both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from bot.conversation import SILENT, Conversation
from bot.core.clock import Clock
from bot.core.errors import MindDown, RecordsDown
from bot.core.ports import Done, Mark, Mind, Records, Said
from bot.core.push import Push
from bot.core.reply import Reply, Text
from bot.metrics import Metrics
from bot.turns import DRAIN_S, Alone, Ended, GaveUp, Listener, Turns, late_key

__all__ = ["GaveUp", "Inbox", "Listener", "late_key"]

log = structlog.get_logger()

DEADLINE_S = 4.5
"""The platform cuts at 5 s; this leaves half a second for the way back (wechat-platform §1.5)."""
SORRY = "很抱歉，您刚才的问题我这边处理失败了。请换个说法再发一次；急需办理的，回复“人工”看怎么找到工作人员。"


class Inbox:
    """Answers pushes. One per worker."""

    def __init__(
        self,
        mind: Mind,
        records: Records,
        conversation: Conversation,
        clock: Clock,
        metrics: Metrics,
        worker: str,
        listener: Listener | None = None,
    ) -> None:
        self._mind = mind
        self._records = records
        self._clock = clock
        self._turns = Turns(mind, records, conversation, clock, metrics, worker, listener)

    async def answer(self, push: Push, deadline_s: float = DEADLINE_S, *, late: bool = True) -> Said | None:
        """The reply to a push, or None when nothing goes back on this request.

        deadline_s: seconds from now. late: whether a reply that comes later goes out through the outbox; where it
        cannot (web chat), the caller asks again with the same push.
        Raises RecordsDown, MindDown or GaveUp when the push must be sent again (the door answers 503).
        """
        turn = self._turns.of(push)
        with self._turns.joined(push.key):
            await _over(turn, deadline_s)
        if turn.done():
            return await self._passive(push, turn.result())
        if not late:
            return None
        if isinstance(push.body, SILENT):
            # There is nothing to promise, and to promise it would make a citizen anew who is just being forgotten.
            raise GaveUp
        return await self._too_late(push)

    async def finish(self, push: Push) -> None:
        """Finish a turn whose reply was promised through the outbox and whose worker is gone.

        Raises StoreDown or GaveUp when it must be tried again.
        """
        if self._turns.was_answered_alone(push.key):
            return await self._records.void(late_key(push.key))
        ended = await self._turns.of(push)
        if isinstance(ended, Alone):
            raise MindDown("no request waits for it")
        return await self._fulfil(push, ended.said.replies)

    async def apologise(self, push: Push) -> None:
        """Say that a turn failed whose reply was promised, and what to do now. Raises StoreDown."""
        await self._fulfil(push, (Text(SORRY),))

    async def settle_owed(self) -> int:
        """Forget those whom a store that was away kept us from forgetting; returns how many. Raises StoreDown."""
        owed = self._turns.owed
        for push in owed:
            await self._turns.of(push)
        return len(owed)

    async def drain(self, patience_s: float = DRAIN_S) -> None:
        """Wait until the turns in progress are over, and give up those that take longer."""
        await self._turns.drain(patience_s)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────

    async def _passive(self, push: Push, ended: Ended) -> Said | None:
        match ended:
            case Alone(said=said):
                self._turns.answered_alone(push.key, said)
                with suppress(RecordsDown):  # no mark can say that a promise made meanwhile is void
                    await self._records.void(late_key(push.key))
                return said
            case Done(said=said, mark=mark):
                if mark is Mark.NONE:
                    mark = await self._mind.mark(push.key, push.who, Mark.PASSIVE)
                return said if mark is Mark.PASSIVE else None

    async def _too_late(self, push: Push) -> Said | None:
        """Promise the reply through the outbox, durably, before the empty answer stops the platform's retries."""
        now = self._clock.now()
        citizen = await self._records.citizen(push.channel, push.address, now)
        await self._records.put(late_key(push.key), citizen, push.channel, (), now, push=push)
        mark = await self._mind.mark(push.key, push.who, Mark.PUSHED)
        log.info("late", who=push.who, mark=mark)
        known = await self._mind.peek(push.key, push.who)
        said = known.said if isinstance(known, Done) else None
        if mark is Mark.PASSIVE:
            await self._records.void(late_key(push.key))
            return said
        if said:
            with suppress(RecordsDown):  # the promise stands, and the rescue fulfils it
                await self._records.fill(late_key(push.key), said.replies, now)
        return None

    async def _fulfil(self, push: Push, replies: Sequence[Reply]) -> None:
        """Keep the promise, unless the reply went back passively after all."""
        if await self._mind.mark(push.key, push.who, Mark.PUSHED) is Mark.PUSHED:
            await self._records.fill(late_key(push.key), replies, self._clock.now())
        else:
            await self._records.void(late_key(push.key))


async def _over(turn: asyncio.Task[Ended], within_s: float) -> None:
    """Wait until a turn is over, or so long; half of what asyncio.wait costs for a set of one."""
    loop = asyncio.get_running_loop()
    enough: asyncio.Future[None] = loop.create_future()

    def wake(_: object = None) -> None:
        if not enough.done():
            enough.set_result(None)

    timer = loop.call_later(within_s, wake)
    turn.add_done_callback(wake)
    try:
        await enough
    finally:
        timer.cancel()
        turn.remove_done_callback(wake)
