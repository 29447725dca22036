"""Fixtures of the contract tests: every Mind in turn, with leases short enough to be waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot import turns
from bot.core.clock import FixedClock
from bot.core.ports import Mind
from bot.store import keys
from bot.store.memory import MemoryMind, MemoryRecords
from bot.store.open import open_mind
from tests.contract.parts import NOW, Worker, worker
from tests.contract.post import Post, open_post

LEASE_MS = 150


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> float:
    """A claim lapses after 0.15 s without renewal; returns a little more, in seconds."""
    monkeypatch.setattr(keys, "LEASE_MS", LEASE_MS)
    monkeypatch.setattr(turns, "RENEW_S", 0.03)
    return LEASE_MS / 1000 + 0.01


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def records() -> MemoryRecords:
    return MemoryRecords()


@pytest.fixture(params=["memory", "redis"])
def mind_url(request: pytest.FixtureRequest) -> str:
    """Where the shared memory lives; empty for the twin."""
    return request.getfixturevalue("redis_url") if request.param == "redis" else ""


@pytest.fixture
async def minds(mind_url: str) -> AsyncIterator[tuple[Mind, Mind]]:
    """The shared memory as two workers see it: over Redis each has connections of its own."""
    if not mind_url:
        twin = MemoryMind()
        yield twin, twin
        return
    async with AsyncExitStack() as stack:
        yield (
            await stack.enter_async_context(open_mind(mind_url)),
            await stack.enter_async_context(open_mind(mind_url)),
        )


@pytest.fixture
async def pair(minds: tuple[Mind, Mind], records: MemoryRecords, clock: FixedClock) -> tuple[Worker, Worker]:
    """Two workers that share their stores."""
    return worker(minds[0], records, clock, "w0"), worker(minds[1], records, clock, "w1")


@pytest.fixture(params=["memory", "sqlite"])
def file(request: pytest.FixtureRequest) -> Path | None:
    """Where the database lives; None for the twin."""
    if request.param == "memory":
        return None
    folder: Path = request.getfixturevalue("data_dir")
    return folder / "xinxin.sqlite"


@pytest.fixture
async def post(file: Path | None, clock: FixedClock) -> AsyncIterator[Post]:
    """A sender, over each Records in turn."""
    async with open_post(file, clock) as opened:
        yield opened
