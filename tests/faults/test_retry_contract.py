"""The retry contract under concurrency and kill -9, on real processes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.core.clock import MovableClock
from bot.demo import sim_config
from bot.sim import inbound
from bot.sim.answer import Valid
from bot.sim.delivery import Attempt, Parcel
from bot.sim.pusher import Pusher
from bot.store.keys import LOG_LEASE_MS
from kb.release import Release
from tests.faults.service import Service

PUSHES = 200
BURST = 1000
LOG_S = LOG_LEASE_MS / 1000 + 15
"""Lines that a killed worker had taken are written by another once its lease ran out."""

pytestmark = pytest.mark.faults


def questions(release: Release, count: int) -> list[str]:
    """Distinct questions that each have an answer of their own."""
    return [entry.question for entry in release.entries.values()][:count]


@asynccontextmanager
async def pusher(service: Service) -> AsyncIterator[Pusher]:
    settings = service.settings()
    async with Pusher(sim_config(settings, settings.local_url), MovableClock(), lambda _: True) as pushing:
        yield pushing


def openid(number: int) -> str:
    return f"o{number:027d}"


def words(attempt: Attempt) -> str:
    assert isinstance(attempt.ended, Valid), attempt
    return attempt.ended.xml


async def test_each_push_delivered_three_times_at_once_is_one_turn(tmp_path: Path, release: Release) -> None:
    service = Service(tmp_path, workers=2)
    await service.start()
    try:
        async with pusher(service) as platform:
            asked = questions(release, PUSHES)
            parcels = [platform.pack(openid(n), inbound.text(question)) for n, question in enumerate(asked)]
            gate = asyncio.Semaphore(16)

            async def thrice(parcel: Parcel) -> set[str]:
                async with gate:
                    return {words(attempt) for attempt in await asyncio.gather(*map(platform.attempt, [parcel] * 3))}

            replies = await asyncio.gather(*map(thrice, parcels))
        assert all(len(seen) == 1 for seen in replies), "the three replies of a push differ"
        bodies = {next(iter(seen)) for seen in replies}
        assert len(bodies) == PUSHES
        logged = await lines(service, PUSHES)
        assert len(logged) == PUSHES == len({key for key, _ in logged})
    finally:
        await service.stop()


async def lines(service: Service, count: int) -> list[tuple[str, str]]:
    """The answer log once it has that many lines; it is written in batches."""
    for _ in range(int(LOG_S / 0.2)):
        logged = await asyncio.to_thread(service.logged)
        if len(logged) >= count:
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(1)
    return await asyncio.to_thread(service.logged)


async def burst(service: Service, release: Release, disaster: str) -> None:
    """1,000 messages of 200 citizens, a kill -9 in the middle, and the platform's own repeats."""
    asked = questions(release, 200)
    async with pusher(service) as platform:
        gate = asyncio.Semaphore(40)
        done: Counter[str] = Counter()

        async def tell(number: int) -> list[Attempt]:
            parcel = platform.pack(openid(number % 200), inbound.text(asked[number % len(asked)]))
            async with gate:
                attempts: list[Attempt] = []
                for again in range(3):
                    attempts.append(await platform.attempt(parcel, again + 1))
                    if isinstance(attempts[-1].ended, Valid):
                        done["answered"] += 1
                        return attempts
                    await asyncio.sleep(5 - min(5, attempts[-1].ms / 1000))
                return attempts

        async def strike() -> None:
            while done["answered"] < BURST * 0.4:
                await asyncio.sleep(0.02)
            if disaster == "worker":
                service.kill_a_worker()
            else:
                await service.kill()
                await service.start()

        *told, _ = await asyncio.gather(*map(tell, range(BURST)), strike())
        failed = [attempts for attempts in told if not isinstance(attempts[-1].ended, Valid)]
        assert not failed, f"{len(failed)} messages without an answer: {failed[0]}"
        assert any(len(attempts) > 1 for attempts in told), "the kill hit nothing; the test proves nothing"
    logged = await lines(service, BURST)
    keys = Counter(key for key, _ in logged)
    assert len(keys) == BURST and set(keys.values()) == {1}


async def test_M06_burst_with_a_worker_killed_loses_and_doubles_nothing(tmp_path: Path, release: Release) -> None:
    service = Service(tmp_path, workers=2)
    await service.start()
    try:
        await burst(service, release, "worker")
    finally:
        await service.stop()


async def test_M06_burst_with_everything_killed_and_restarted(tmp_path: Path, release: Release) -> None:
    service = Service(tmp_path, workers=1)
    await service.start()
    try:
        await burst(service, release, "service")
    finally:
        await service.stop()
