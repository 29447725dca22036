"""The jobs beside the pushes: every log line reaches SQL once, and no failure stops what comes after it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.core.clock import FixedClock
from bot.core.errors import MindDown, RecordsDown
from bot.core.ports import Mind, Said
from bot.core.push import PushKey
from bot.core.session import EMPTY
from bot.jobs import Tick, guarded, ringing
from bot.log_lines import line_bytes, line_from
from bot.metrics import Metrics
from bot.store import keys
from bot.store.open import open_records
from tests.contract.parts import NOW, Worker, message, numbers, worker
from tests.store.samples import line

LINES = 40
LEASE_S = 0.1


@dataclass
class Desks:
    """Two workers whose log lines go to a real SQLite."""

    first: Worker
    second: Worker
    file: Path

    async def talk(self, count: int = LINES) -> set[str]:
        """So many turns, half on each worker; returns their keys."""
        pushes = [message("问", who=f"o-{number}") for number in range(count)]
        both = (self.first, self.second)
        await asyncio.gather(*(both[n % 2].inbox.answer(push) for n, push in enumerate(pushes)))
        return {push.key for push in pushes}

    async def logged(self) -> Counter[str]:
        return await asyncio.to_thread(self._logged)

    def _logged(self) -> Counter[str]:
        with closing(sqlite3.connect(self.file)) as database:
            return Counter(key for (key,) in database.execute("select push_key from answer_log"))


@pytest.fixture
async def desks(
    minds: tuple[Mind, Mind], data_dir: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desks]:
    monkeypatch.setattr(keys, "LOG_LEASE_MS", int(LEASE_S * 1000))
    file = data_dir / "xinxin.sqlite"
    async with open_records(f"sqlite:///{file}", "s" * 40) as records:
        first, second = (worker(mind, records, clock, f"w{n}") for n, mind in enumerate(minds))
        yield Desks(first, second, file)


async def write(one: Worker, times: int = 1) -> None:
    for _ in range(times):
        await guarded(one.tick("answer log"), one.metrics, asyncio.Lock())()


async def test_two_workers_write_every_line_once(desks: Desks) -> None:
    said = await desks.talk()
    await asyncio.gather(*(write(one, 3) for one in (desks.first, desks.second)))
    logged = await desks.logged()
    assert set(logged) == said and set(logged.values()) == {1}


async def test_the_lines_of_a_taker_that_died_are_written_by_another_once(desks: Desks) -> None:
    said = await desks.talk()
    desks.first.records.cut = True
    await write(desks.first)  # took them, and could not write
    await write(desks.second)
    assert not await desks.logged()
    await asyncio.sleep(LEASE_S + 0.02)
    await write(desks.second, 3)
    logged = await desks.logged()
    assert set(logged) == said and set(logged.values()) == {1}


async def test_lines_written_by_a_worker_that_died_before_saying_so_are_not_doubled(desks: Desks) -> None:
    said = await desks.talk()
    desks.first.mind.fails_next["drop_log"] = 1
    await write(desks.first)
    await asyncio.sleep(LEASE_S + 0.02)
    more = await desks.talk(6)
    await asyncio.gather(write(desks.first, 2), write(desks.second, 2))
    logged = await desks.logged()
    assert set(logged) == said | more and set(logged.values()) == {1}
    assert await desks.second.mind.take_log(10) == []


async def test_a_line_nobody_can_read_holds_up_no_other(desks: Desks) -> None:
    said = await desks.talk(4)
    for raw in (b"not json", b"[9,1]", b"{}", b"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]", b"\xff"):
        push = message("坏", who=f"o-bad{next(numbers)}")
        await desks.first.mind.begin(push.key, push.who, "h")
        await desks.first.mind.commit(push.key, push.who, "h", EMPTY, Said((), NOW), passive=True, window=None, log=raw)
    await write(desks.first, 2)
    assert set(await desks.logged()) == said
    assert await desks.second.mind.take_log(10) == []


def test_a_line_travels_whole_even_with_half_a_character() -> None:
    assert line_from(line_bytes(line("m:1"))) == line("m:1")
    assert line_from(line_bytes(replace(line("m:1"), said="半个\ud800"))).said == "半个?"


@pytest.mark.parametrize("error", [MindDown, RecordsDown, ZeroDivisionError])
async def test_a_tick_that_fails_comes_again(error: type[Exception]) -> None:
    metrics, rung = Metrics(), []

    async def work() -> int:
        rung.append(1)
        raise error

    run = guarded(Tick("t", 1, work), metrics, asyncio.Lock())
    await run()
    await run()
    assert len(rung) == 2
    assert metrics.errors.labels("job")._value.get() == (2 if error is ZeroDivisionError else 0)


async def test_half_a_character_from_a_browser_is_answered(pair: tuple[Worker, Worker]) -> None:
    push = message("半个\ud800", key=PushKey(f"w:{next(numbers)}"))
    assert await pair[0].inbox.answer(push, late=False)


async def test_a_tick_that_has_begun_comes_to_its_end_before_the_worker_does() -> None:
    begun, ended = asyncio.Event(), []

    async def work() -> int:
        begun.set()
        await asyncio.sleep(0.1)
        ended.append(1)
        return 1

    async with ringing((Tick("t", 0.01, work),), Metrics()):
        await begun.wait()
    assert ended
