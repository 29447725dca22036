"""jobs: what a worker does without being asked. APScheduler rings; SQL and Redis know what is due.

Every tick may run on every worker at once: rows and log lines are claimed before they are touched. A tick that fails
is logged and counted, and the next one comes anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.acts import Acts
from bot.core.clock import SHANGHAI, Clock, Pause
from bot.core.errors import StoreDown
from bot.core.ports import LogLine, Mind, OutboxRow, Records
from bot.inbox import GaveUp, Inbox
from bot.log_lines import line_from
from bot.metrics import Metrics
from bot.outbox import Outbox, stale_turns
from bot.reminders import Ringing
from bot.settings import LOG_DAYS
from bot.switchboard import Switchboard

log = structlog.get_logger()

LAST_S = 5.0
"""How long the end of a worker waits for its ticks."""
LOG_BATCH = 1000
TRIM_BATCH = 1000
"""Rows of a table deleted in one transaction: a writer waits for some tens of milliseconds at most."""
MOST_BATCHES = 10
EFFECTS_KEPT = timedelta(days=30)
"""A push may come again for minutes, and a promised one for as long as a store was away."""
RESCUE_AFTER_S = 10.0
SORRY_AFTER = timedelta(minutes=1)
"""A turn that fails by itself is tried so long; then the citizen is told."""
NOTE_EVERY = timedelta(seconds=5)
BAD_LINE = (ValueError, TypeError)
"""What line_from throws at a line of another version, or none."""


Note = Callable[[str, Mapping[str, str]], Awaitable[None]]
"""Writes down the last run of a tick, by its name."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A job: its name, how often it rings, and what it does; returns how many things it touched."""

    name: str
    every_s: float
    work: Callable[[], Awaitable[int]]


def ticks(
    mind: Mind,
    records: Records,
    inbox: Inbox,
    outbox: Outbox,
    clock: Clock,
    metrics: Metrics,
    *,
    log_days: int = LOG_DAYS,
    reminding: Ringing | None = None,
) -> tuple[Tick, ...]:
    """All jobs of a worker."""

    async def write_log() -> int:
        """Move answer log lines from Redis to SQL in batches."""
        taken = await mind.take_log(LOG_BATCH)
        if not taken:
            return 0
        written = await records.write_log(_readable([raw for _, raw in taken], metrics))
        await mind.drop_log([handle for handle, _ in taken])
        metrics.log_lines.inc(written)
        return written

    async def rescue() -> int:
        """Finish turns whose late reply was promised by a worker that is gone."""
        rows = await stale_turns(records, clock, RESCUE_AFTER_S)
        await asyncio.gather(*(rescue_one(row) for row in rows))
        return len(rows)

    async def rescue_one(row: OutboxRow) -> None:
        """One of them; what fails by itself must neither keep the others waiting nor stay without a word."""
        push = row.push
        if push is None:
            log.error("promise_unreadable", row=row.id)  # sealed with a SECRET_KEY that is gone
            return await records.void(row.key)
        went = await _tried("rescue", lambda: inbox.finish(push), metrics)
        if not went and row.created_at + SORRY_AFTER <= clock.now():
            await inbox.apologise(push)
        return None

    more = (Tick("reminders", 5.0, reminding.work),) if reminding else ()
    return (
        Tick("answer log", 1.0, write_log),
        Tick("outbox", 0.5, outbox.work),
        Tick("rescue", 5.0, rescue),
        Tick("forgetting", 5.0, inbox.settle_owed),
        Tick("unsaid flags", 300.0, outbox.rebuild),
        Tick("old rows", 60.0, lambda: trim(records, clock, timedelta(days=log_days))),
        *more,
    )


async def trim(records: Records, clock: Clock, keep: timedelta) -> int:
    """Delete what is older, in batches; of all workers one a minute does it."""
    now, total = clock.now(), 0
    for part in range(MOST_BATCHES):
        slot = f"trim:{now:%Y-%m-%dT%H:%M}/{part}"
        deleted = await records.trim(slot, now, now - keep, now - EFFECTS_KEPT, TRIM_BATCH)
        total += deleted
        if deleted < TRIM_BATCH:
            break
    return total


def noted(all_ticks: tuple[Tick, ...], note: Note, clock: Clock, worker: str) -> tuple[Tick, ...]:
    """The same ticks, each of which writes down that it ran: always when it touched something, else now and then."""
    return tuple(replace(tick, work=_noting(tick, note, clock, worker)) for tick in all_ticks)


def _noting(tick: Tick, note: Note, clock: Clock, worker: str) -> Callable[[], Awaitable[int]]:
    pause = Pause(clock, NOTE_EVERY)

    async def work() -> int:
        rows = await tick.work()
        if rows or pause.is_over():
            pause.begin()
            now = clock.now()
            after = (now + timedelta(seconds=tick.every_s)).isoformat(timespec="seconds")
            line = {"every_s": f"{tick.every_s:g}", "last": now.isoformat(timespec="seconds"), "next": after}
            with suppress(StoreDown):
                await note(tick.name, {**line, "rows": str(rows), "worker": worker})
        return rows

    return work


def desk_ticks(acts: Acts, switchboard: Switchboard) -> tuple[Tick, ...]:
    """The jobs of the desk."""
    return (Tick("floor", 5.0, acts.time_out), Tick("duty hours", 15.0, switchboard.refresh))


@asynccontextmanager
async def ringing(all_ticks: tuple[Tick, ...], metrics: Metrics) -> AsyncIterator[None]:
    """Ring the ticks on this event loop; at the end those that have begun come to theirs."""
    ringer = AsyncIOScheduler(
        timezone=SHANGHAI,
        executors={"default": AsyncIOExecutor()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    resting = [asyncio.Lock() for _ in all_ticks]
    for tick, rest in zip(all_ticks, resting, strict=True):
        ringer.add_job(guarded(tick, metrics, rest), "interval", seconds=tick.every_s, id=tick.name)
    ringer.start()
    try:
        yield
    finally:
        ringer.pause()
        await asyncio.wait([asyncio.create_task(rest.acquire()) for rest in resting], timeout=LAST_S)
        ringer.shutdown(wait=False)


def guarded(tick: Tick, metrics: Metrics, rest: asyncio.Lock) -> Callable[[], Awaitable[None]]:
    """The tick as a job that cannot fail. rest: free while it does not run."""

    async def run() -> None:
        async with rest:
            await _tried(tick.name, tick.work, metrics)

    return run


async def _tried(name: str, work: Callable[[], Awaitable[object]], metrics: Metrics) -> bool:
    """Whether work was done or need only wait; False when it failed: one of the three places that catch everything."""
    try:
        await work()
    except (StoreDown, GaveUp) as reason:
        log.warning("tick_waits", tick=name, reason=type(reason).__name__)
    except Exception as error:  # noqa: BLE001 — the job runner, as above
        metrics.errors.labels("job").inc()
        log.error("tick_failed", tick=name, error=type(error).__name__)
        return False
    return True


def _readable(raws: Sequence[bytes], metrics: Metrics) -> Sequence[LogLine]:
    """The lines; one that nobody can read is counted and left out, for it would hold up all others for ever."""
    lines: list[LogLine] = []
    for raw in raws:
        try:
            lines.append(line_from(raw))
        except BAD_LINE as error:
            metrics.errors.labels("log line").inc()
            log.error("log_line_lost", error=type(error).__name__)
    return lines
