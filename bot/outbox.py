"""outbox: the one road out for whatever is not the passive reply.

A row is marked going before the call. The platform's verdict settles it; a sender that dies in between leaves it to be
found uncertain: never sent again blindly, offered at the citizen's next message. What cannot go out now is held and
said then, too. Nothing is sent before the window and its count allow it. One row carries one reply, so that each is
sent, repeated and told the fate of by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.core.bell import Bell
from bot.core.clock import Clock, Pause
from bot.core.desk import TOPIC, page_topic
from bot.core.errors import MindDown, StoreDown
from bot.core.platform import Closed, Later, Platform, Refused, SendResult, Sent, Unsure
from bot.core.ports import Mind, OutboxRow, Records, RowState
from bot.core.push import Channel, citizen_key
from bot.metrics import Metrics

log = structlog.get_logger()

LEASE_S = 30.0
"""A call takes 5 s at most, or some more with a new token; a row that is going for longer lost its sender."""
LOOK_EVERY = timedelta(seconds=5)
BATCH = 20
"""Rows taken at once, each of another citizen, and sent side by side: none waits out its lease behind others."""
MOST_ATTEMPTS = 5
BACKOFF_S = (2.0, 10.0, 60.0, 300.0, 900.0)
NO_CODE = 0
NO_WINDOW = "no window"
SPLIT = "one row each"
IN_PAGE = "said in the page"
OF_DESK = "desk:"
"""How the keys of officers' words begin."""
FORGOTTEN = "forgotten"
GIVEN_BACK = "given back"


class Outbox:
    """Sends due rows. One per worker; rows are claimed, so many workers may run it."""

    def __init__(
        self,
        mind: Mind,
        records: Records,
        platform: Platform,
        clock: Clock,
        metrics: Metrics,
        bell: Bell | None = None,
    ) -> None:
        self._mind = mind
        self._records = records
        self._platform = platform
        self._clock = clock
        self._metrics = metrics
        self._bell = bell
        self._between_looks = Pause(clock, LOOK_EVERY)
        self._is_closing = False

    def close(self) -> None:
        """Call the platform no more: rows that were taken and not yet sent go back, for another worker."""
        self._is_closing = True

    async def work(self) -> int:
        """Send what is due, find what was left uncertain; returns the number of rows touched. Raises StoreDown."""
        if self._is_closing:
            return 0
        now = self._clock.now()
        lost = await self._find_lost(now)
        rows = await self._records.take(now, LEASE_S, BATCH)
        await asyncio.gather(*(self._surely(row) for row in rows))
        return len(rows) + lost

    async def _find_lost(self, now: datetime) -> int:
        """Rows whose sender died between call and verdict are uncertain from now on; looked for every few seconds."""
        if not self._between_looks.is_over():
            return 0
        lost = await self._records.expire(now)
        for row in lost:
            await self._hold_for(row)
            self._count("uncertain")
        self._between_looks.begin()
        return len(lost)

    async def rebuild(self) -> int:
        """Set the «words are waiting» flags again, which Redis may have lost; returns how many. Raises StoreDown."""
        waiting = await self._records.citizens_with_unsaid()
        for channel, address in waiting:
            await self._mind.set_unsaid(citizen_key(channel, address), unsaid=True)
        return len(waiting)

    async def _surely(self, row: OutboxRow) -> None:
        """One row, whose trouble is not the others': one of the three places that catch everything.

        A row that could not be settled runs out its lease and becomes uncertain.
        """
        try:
            await self._send(row)
        except StoreDown as away:
            log.warning("outbox_waits", row=row.id, reason=type(away).__name__)
        except Exception as error:  # noqa: BLE001 — the outbox worker, as above
            self._metrics.errors.labels("outbox").inc()
            log.error("outbox_failed", row=row.id, error=type(error).__name__)

    async def _send(self, row: OutboxRow) -> None:
        if len(row.replies) != 1:
            return await self._split(row)
        address = await self._records.address(row.citizen)
        if address is None:
            return await self._settle(row, RowState.VOID, FORGOTTEN)  # a dead row would keep the words
        if row.channel is not Channel.WECHAT:
            return await self._leave_to_page(row, address)
        try:
            has_room = await self._has_room(row, address)
        except MindDown:
            return await self._again(row, NO_CODE, BACKOFF_S[0])
        if not has_room:
            return await self._hold(row, NO_WINDOW)
        if self._is_closing:
            # Its place in the window is taken, so it goes back as tried: the next try takes none.
            return await self._back(row)
        return await self._verdict(row, await self._platform.send(address, row.replies[0]))

    async def _leave_to_page(self, row: OutboxRow, address: str) -> None:
        """It waits for the citizen's own page, which is told at once and says when it shows it."""
        await self._settle(row, RowState.HELD, IN_PAGE)
        if self._bell:
            await self._bell.ring(page_topic(citizen_key(row.channel, address)))

    async def _split(self, row: OutboxRow) -> None:
        """Rows of their own for several replies: a second try of the last must not repeat the first."""
        for number, reply in enumerate(row.replies, 1):
            await self._records.put(f"{row.key}/{number}", row.citizen, row.channel, (reply,), self._clock.now())
        await self._settle(row, RowState.VOID, SPLIT)

    async def _has_room(self, row: OutboxRow, address: str) -> bool:
        """Whether the citizen may be written to now; takes the message out of the window before its first try.

        A second try has its place already: the platform counts only what it took.
        """
        if row.attempts:
            return True
        return await self._mind.spend(citizen_key(row.channel, address), self._clock.now()) is not None

    async def _verdict(self, row: OutboxRow, result: SendResult) -> None:
        match result:
            case Sent():
                await self._settle(row, RowState.SENT)
            case Later(code=code, after_s=after_s):
                await self._again(row, code, after_s)
            case Closed(code=code):
                await self._hold(row, str(code))
            case Refused(code=code):
                await self._settle(row, RowState.DEAD, str(code))
                log.error("outbox_refused", row=row.id, code=code)
            case Unsure():
                await self._settle(row, RowState.UNCERTAIN, "no verdict")
                await self._hold_for(row)

    async def _again(self, row: OutboxRow, code: int, after_s: float) -> None:
        if row.attempts >= MOST_ATTEMPTS:
            return await self._hold(row, str(code))
        wait_s = max(after_s, BACKOFF_S[min(row.attempts, len(BACKOFF_S) - 1)])
        at = self._clock.now() + timedelta(seconds=wait_s)
        await self._records.settle(row.id, RowState.WAITING, self._clock.now(), reason=str(code), next_try_at=at)
        self._count("later")
        return None

    async def _back(self, row: OutboxRow) -> None:
        now = self._clock.now()
        await self._records.settle(row.id, RowState.WAITING, now, reason=GIVEN_BACK, next_try_at=now)
        self._count("given back")

    async def _hold(self, row: OutboxRow, reason: str) -> None:
        await self._settle(row, RowState.HELD, reason)
        await self._hold_for(row)

    async def _hold_for(self, row: OutboxRow) -> None:
        address = await self._records.address(row.citizen)
        if address is not None:
            await self._mind.set_unsaid(citizen_key(row.channel, address), unsaid=True)

    async def _settle(self, row: OutboxRow, state: RowState, reason: str = "") -> None:
        await self._records.settle(row.id, state, self._clock.now(), reason=reason)
        self._count(state.value)
        if self._bell and row.key.startswith(OF_DESK):
            await self._bell.ring(TOPIC)

    def _count(self, verdict: str) -> None:
        self._metrics.outbox.labels(verdict).inc()


async def stale_turns(records: Records, clock: Clock, older_than_s: float) -> Sequence[OutboxRow]:
    """Rows that promise a late reply whose turn nobody finished; none while SQL is away."""
    try:
        return await records.stale(clock.now(), older_than_s, BATCH)
    except StoreDown:
        return ()
