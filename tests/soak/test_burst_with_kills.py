"""Minutes of questions at a steady rate while workers, Redis and the whole service are killed in turn.

Bounded: SOAK_S seconds, RATE messages a second, at most IN_FLIGHT at once, all on the loopback.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic

import pytest

from bot.sim import inbound
from bot.sim.answer import Valid
from bot.sim.pusher import Pusher
from kb.release import Release
from tests.faults.service import Service
from tests.faults.test_retry_contract import lines, openid, pusher, questions

pytestmark = pytest.mark.soak

SOAK_S = float(os.environ.get("SOAK_S", "600"))
RATE = 20
IN_FLIGHT = 80
STRIKE_EVERY_S = 15.0
CITIZENS = 300
GAP_S = 5.0
"""Between two attempts of the platform."""


async def test_nothing_is_lost_or_doubled_whatever_is_killed(tmp_path: Path, release: Release) -> None:
    service = Service(tmp_path, workers=2)
    await service.start()
    asked = questions(release, 200)
    failed: list[int] = []
    repeated: Counter[str] = Counter()
    until = monotonic() + SOAK_S
    up = asyncio.Event()
    up.set()
    try:
        async with pusher(service) as platform:
            gate = asyncio.Semaphore(IN_FLIGHT)

            async def tell(number: int) -> None:
                async with gate:
                    attempts = await deliver(platform, openid(number % CITIZENS), asked[number % len(asked)], up)
                repeated["again"] += attempts > 1
                if not attempts:
                    failed.append(number)

            told = []
            strikes = asyncio.create_task(strike(service, until, up))
            for number in itertools.count():
                if monotonic() >= until:
                    break
                told.append(asyncio.create_task(tell(number)))
                await asyncio.sleep(1 / RATE)
            await asyncio.gather(*told, strikes)
        assert not failed, f"{len(failed)} of {len(told)} messages without an answer"
        assert repeated["again"], "the kills hit nothing; the campaign proves nothing"
        keys = Counter(key for key, _ in await lines(service, len(told)))
        assert len(keys) == len(told) and set(keys.values()) == {1}
    finally:
        await service.stop()


async def deliver(platform: Pusher, citizen: str, question: str, up: asyncio.Event) -> int:
    """One message with the platform's repeats; how many attempts it took, 0 when none was answered.

    up: cleared while the whole service starts again. A slow machine takes longer for that than the platform repeats,
    which is no fault of the service: a repeat waits for it.
    """
    parcel = platform.pack(citizen, inbound.text(question))
    for number in (1, 2, 3):
        await up.wait()
        attempt = await platform.attempt(parcel, number)
        if isinstance(attempt.ended, Valid):
            return number
        await asyncio.sleep(GAP_S - min(GAP_S, attempt.ms / 1000))
    return 0


async def strike(service: Service, until: float, up: asyncio.Event) -> None:
    """Kill something every few seconds, each kind in turn; the last strike leaves time for the repeats."""
    for kill in itertools.cycle(KINDS):
        if monotonic() + STRIKE_EVERY_S > until:
            return
        await asyncio.sleep(STRIKE_EVERY_S)
        await kill(service, up)


async def _worker(service: Service, _: asyncio.Event) -> None:
    service.kill_a_worker()


async def _redis(service: Service, _: asyncio.Event) -> None:
    noted = await asyncio.to_thread((service.data_dir / "redis" / "running.json").read_text)
    os.kill(json.loads(noted)["pid"], signal.SIGKILL)


async def _everything(service: Service, up: asyncio.Event) -> None:
    up.clear()
    await service.kill()
    await service.start()
    up.set()


KINDS: tuple[Callable[[Service, asyncio.Event], Awaitable[None]], ...] = (_worker, _redis, _everything)
