"""How processes end: the parent's death ends its workers, SIGTERM loses nothing, a lone Redis is started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic

import psutil
import pytest

from bot.serve import END_S
from bot.sim import inbound
from bot.sim.answer import Valid
from kb.release import Release
from tests.faults.service import Service
from tests.faults.test_retry_contract import lines, openid, pusher, questions

pytestmark = pytest.mark.faults
PUSHES = 60
TRIES = 18
"""Deliveries five seconds apart: longer than any start."""


async def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    service = Service(tmp_path, workers=2)
    await service.start()
    workers = service.worker_processes()
    assert len(workers) == 2 and service.process
    service.process.kill()
    await asyncio.to_thread(service.process.wait)
    _, alive = await asyncio.to_thread(psutil.wait_procs, workers, timeout=END_S)
    assert not alive


async def test_stopping_in_the_middle_loses_nothing(tmp_path: Path, release: Release) -> None:
    service = Service(tmp_path, workers=2)
    await service.start()
    asked = questions(release, PUSHES)
    try:
        async with pusher(service) as platform:

            async def tell(number: int) -> bool:
                parcel = platform.pack(openid(number), inbound.text(asked[number]))
                # How long a start takes depends on the machine: repeats go on until it is over.
                for again in range(TRIES):
                    attempt = await platform.attempt(parcel, again + 1)
                    if isinstance(attempt.ended, Valid):
                        return True
                    await asyncio.sleep(5 - min(5, attempt.ms / 1000))
                return False

            async def restart() -> None:
                await asyncio.sleep(0.05)
                begun = monotonic()
                await service.stop()
                assert monotonic() - begun < END_S
                assert service.process and service.process.returncode == 0
                await service.start()

            *told, _ = await asyncio.gather(*map(tell, range(PUSHES)), restart())
        assert all(told)
        logged = await lines(service, PUSHES)
        assert len(logged) == PUSHES == len({key for key, _ in logged})
        with closing(sqlite3.connect(tmp_path / "xinxin.sqlite")) as database:
            assert database.execute("select count(*) from outbox where state = 'uncertain'").fetchone() == (0,)
    finally:
        await service.stop()


async def test_a_redis_that_ends_alone_comes_back_at_the_same_address(tmp_path: Path, release: Release) -> None:
    service = Service(tmp_path, workers=1)
    await service.start()
    try:
        async with pusher(service) as platform:
            first = await platform.attempt(platform.pack(openid(1), inbound.text(questions(release, 1)[0])))
            assert isinstance(first.ended, Valid)
            os.kill(json.loads((tmp_path / "redis" / "running.json").read_text())["pid"], signal.SIGKILL)
            await asyncio.sleep(0.05)
            await service.ready()
            parcel = platform.pack(openid(1), inbound.text("有用"))
            second = await platform.attempt(parcel)
            assert isinstance(second.ended, Valid) and "很高兴帮到您" in second.ended.xml
    finally:
        await service.stop()
