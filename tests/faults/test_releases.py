"""Releases under load: three workers answer while twenty releases and five roll-backs go through."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector

from bot.core.clock import MovableClock, SystemClock
from bot.core.releases import ReleaseRow, ReleaseState
from bot.core.staff import StaffId
from bot.demo import sim_config
from bot.publishing import Publisher
from bot.sim import inbound
from bot.sim.answer import Valid
from bot.sim.pusher import Pusher
from bot.store.bell import open_bell
from bot.store.open import open_long_memory
from kb.compiled import save_compiled
from kb.load import Content, load_content
from kb.model import ReleaseId
from kb.release import build
from tests.faults.service import Service
from tests.faults.test_retry_contract import lines, openid
from tests.small import small_files

pytestmark = pytest.mark.faults

WORKERS, RELEASES, BACK_EVERY = 3, 20, 4
ONE, TWO = StaffId("one"), StaffId("two")
STAMP = re.compile(r"〔第(\d+)版〕")


@dataclass
class Watch:
    """What each worker said it answers from, and when it was asked."""

    seen: list[tuple[float, str, str]] = field(default_factory=list)

    def lag(self, since: float, release: str, until: float) -> float:
        """Seconds after which somebody still answered from another release."""
        late = (at - since for at, _, said in self.seen if since <= at < until and said != release[:12])
        return max(late, default=0.0)

    def workers(self, since: float, until: float) -> set[str]:
        return {worker for at, worker, _ in self.seen if since <= at < until}


def patience_s() -> float:
    """A second; more where the machine has more to do than it can."""
    return 1.0 if os.getloadavg()[0] < 1.25 * (os.cpu_count() or 1) else 5.0


def stamped(content: Content, number: int) -> Content:
    """The content with the number of the release in every answer of B05."""
    entries = tuple(
        replace(one, answer=f"〔第{number}版〕{one.answer}〔第{number}版〕\n") if one.id.startswith("B05") else one
        for one in content.entries
    )
    return replace(content, entries=entries)


@asynccontextmanager
async def publisher(service: Service) -> AsyncIterator[Publisher]:
    settings = service.settings()
    secret = settings.secret_key.get_secret_value()
    async with open_long_memory(settings.sql_url, secret) as memory, open_bell(service.redis_url) as bell:
        yield Publisher(memory.releases, service.data_dir / "elsewhere", bell, SystemClock())


async def prepared(there: Publisher, content: Content, number: int, base: str, folder: Path) -> ReleaseId:
    """A proposal, compiled by whoever proposes it; what the gate does is tested elsewhere."""
    made = stamped(content, number)
    release = await asyncio.to_thread(build, made)
    path = folder / "made.npz"
    await asyncio.to_thread(save_compiled, path, made, release.index)
    now = SystemClock().now()
    await there.releases.add(ReleaseRow(release.id, ReleaseState.PROPOSED, base, ONE, now, f"{number}"), b"", "")
    await there.shelf.keep(release.id, path, now)
    return release.id


async def test_releases_and_roll_backs_under_load(tmp_path: Path, redis_url: str) -> None:
    small_files(tmp_path / "content")
    content = load_content(tmp_path / "content")
    asked = [one.question for one in content.entries if one.id.startswith("B05")]
    extra = {"CONTENT_DIR": str(tmp_path / "content")}
    service = Service(tmp_path, workers=WORKERS, redis_url=redis_url, extra=extra, ready_s=150)
    try:
        await service.start()
        settings, watch, told, over = service.settings(), Watch(), dict[str, str](), asyncio.Event()
        numbers: dict[str, str] = {}
        config = sim_config(settings, settings.local_url)

        async def citizens(platform: Pusher, lane: int) -> None:
            count = 0
            while not over.is_set():
                count += 1
                parcel = platform.pack(openid(lane * 100_000 + count), inbound.text(asked[count % len(asked)]))
                attempt = await platform.attempt(parcel)
                assert isinstance(attempt.ended, Valid), attempt
                told[f"m:{parcel.head.msg_id}"] = attempt.ended.xml
                await asyncio.sleep(0.03)

        async def watcher() -> None:
            async with ClientSession(connector=TCPConnector(force_close=True)) as http:
                while not over.is_set():
                    began = time.monotonic()
                    async with http.get(f"{settings.local_url}/readyz") as answer:
                        said = await answer.json()
                    watch.seen.append((began, said["worker"], said["release"]))
                    await asyncio.sleep(0.01)

        async def releases() -> list[tuple[float, str]]:
            moments: list[tuple[float, str]] = []
            async with publisher(service) as there:
                await released(there, moments)
            return moments

        async def released(there: Publisher, moments: list[tuple[float, str]]) -> None:
            pointer = await there.releases.current()
            assert pointer
            before = current = pointer.release
            for number in range(1, RELEASES + 1):
                coming = await prepared(there, content, number, current, tmp_path)
                numbers[coming] = str(number)
                assert await there.publish(coming, TWO) is None
                moments.append((time.monotonic(), coming))
                before, current = current, coming
                await asyncio.sleep(1.2)
                if number % BACK_EVERY == 0:
                    assert await there.roll_back(before, TWO) is None
                    moments.append((time.monotonic(), before))
                    current = before
                    await asyncio.sleep(1.2)

        async with Pusher(config, MovableClock(), lambda _: True) as platform, asyncio.TaskGroup() as group:
            for lane in range(4):
                group.create_task(citizens(platform, lane))
            for _ in range(2):
                group.create_task(watcher())
            done = group.create_task(releases())
            done.add_done_callback(lambda _: over.set())
        moments = done.result()
        assert len(moments) == RELEASES + RELEASES // BACK_EVERY
        ends = [at for at, _ in moments[1:]] + [time.monotonic()]
        spans = zip(moments, ends, strict=True)
        lags = [watch.lag(at, release, end) for (at, release), end in spans]
        assert max(lags) <= patience_s(), "a worker was behind a second after the publication"
        assert watch.workers(moments[0][0], ends[-1]) == {f"w{number}" for number in range(WORKERS)}
        await lines(service, len(told))
        logged = await asyncio.to_thread(releases_logged, tmp_path / "xinxin.sqlite")
        versions = set()
        for key, xml in told.items():
            stamps = set(STAMP.findall(xml))
            assert len(stamps) <= 1, f"an answer out of two releases: {xml}"
            assert (stamps.pop() if stamps else None) == numbers.get(logged[key]), key
            versions.add(logged[key])
        assert len(told) > 500 and len(versions) >= RELEASES
        assert "error" not in (tmp_path / "service.log").read_text().lower().replace("errors", "")
    finally:
        await service.stop()


def releases_logged(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as database:
        return dict(database.execute("select push_key, release from answer_log").fetchall())
