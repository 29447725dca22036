"""Every order of the steps of two workers, drawn: a reply reaches the citizen once — not twice, and not never.

Each call to a store waits at a gate before it is made and again before its answer is heard; the test draws which call
goes next. The twins are used, for their steps are indivisible just as the real stores' are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import turns
from bot.core.clock import FixedClock
from bot.core.errors import StoreDown
from bot.core.ports import Said
from bot.core.push import Push
from bot.inbox import GaveUp
from bot.jobs import RESCUE_AFTER_S
from bot.store.memory import MemoryMind, MemoryRecords
from tests.contract.parts import LONG_S, NOW, Worker, message, states, worker

DEADLINE_S = 0.003
RESCUE = timedelta(seconds=RESCUE_AFTER_S)
LEASE = 3.0


@dataclass
class Gates:
    """Where calls wait for their turn."""

    dice: Random
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    steps: int = 0

    async def wait(self) -> None:
        gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(gate)
        await gate

    def let_one_through(self) -> None:
        gate = self.waiting.pop(self.dice.randrange(len(self.waiting)))
        if not gate.done():
            gate.set_result(None)
        self.steps += 1

    async def run(self, tasks: Sequence[asyncio.Task[Any]], each: Callable[[], None] = lambda: None) -> None:
        """Until all tasks are done; now and then the deadline passes first."""
        while not all(task.done() for task in tasks):
            for _ in range(6):
                await asyncio.sleep(0)
            if self.waiting and self.dice.random() < 0.95:
                self.let_one_through()
                each()
            else:
                await asyncio.sleep(DEADLINE_S + 0.001)


@dataclass
class World:
    """Two workers over one memory and one database, and the time both stores go by."""

    gates: Gates
    records: MemoryRecords = field(default_factory=MemoryRecords)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    passed_s: float = 0.0

    def __post_init__(self) -> None:
        mind = MemoryMind(lambda: self.passed_s)
        self.workers = tuple(worker(mind, self.records, self.clock, f"w{n}", self.gates.wait) for n in (0, 1))

    def lapse(self) -> None:
        """Leases of those who do not renew end, and promises are old enough to be rescued."""
        self.passed_s += LEASE
        self.clock.move(RESCUE)

    @property
    def turns(self) -> int:
        return sum(len(one.echo.heard) for one in self.workers)


def start(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work)


async def drained(world: World, alive: Sequence[Worker]) -> None:
    await world.gates.run([start(one.inbox.drain()) for one in alive])


def visible(results: Sequence[Said | None], world: World) -> int:
    """How often the citizen gets the reply: once for all passive answers to one push, once for each row."""
    return int(any(results)) + states(world.records).count("waiting")


async def late_race(seed: int, requests: int) -> None:
    world = World(Gates(Random(seed)))
    push = message("一")
    deadlines = [DEADLINE_S, *(world.gates.dice.choice((DEADLINE_S, LONG_S)) for _ in range(requests - 1))]
    tries = [start(world.workers[n % 2].inbox.answer(push, deadline)) for n, deadline in enumerate(deadlines)]
    await world.gates.run(tries)
    await drained(world, world.workers)
    results = [task.result() for task in tries]
    assert visible(results, world) == 1, (results, states(world.records))
    assert "awaiting" not in states(world.records)
    assert world.turns == 1
    assert not any(results) or len({id(said.replies) and said.replies for said in results if said}) == 1


async def death_race(seed: int, dies_at: int) -> None:
    """Worker 0 dies after so many steps; the platform repeats what was not answered; then the rescue comes."""
    world = World(Gates(Random(seed)))
    doomed, other = world.workers
    push = message("一")
    first = start(doomed.inbox.answer(push, world.gates.dice.choice((DEADLINE_S, LONG_S))))

    def strike() -> None:
        if world.gates.steps == dies_at:
            doomed.die()

    await world.gates.run([first], strike)
    answered = first.exception() is None
    doomed.die()
    await drained(world, [doomed])  # what a dead process had begun moves no store
    world.lapse()
    results = [first.result()] if answered else [await repeated(world, other, push)]
    await drained(world, [other])
    world.lapse()
    await world.gates.run([start(other.tick("rescue").work())])
    await drained(world, [other])
    assert visible(results, world) == 1, (answered, results, states(world.records))
    assert "awaiting" not in states(world.records)


async def repeated(world: World, other: Worker, push: Push) -> Said | None:
    """The platform's second and third try, on the worker that lives."""
    for _ in range(2):
        task = start(other.inbox.answer(push, world.gates.dice.choice((DEADLINE_S, LONG_S))))
        await world.gates.run([task])
        error = task.exception()
        if error is None:
            return task.result()
        assert isinstance(error, StoreDown | GaveUp)
    raise AssertionError("never answered")


QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=False
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who joins asks again at once."""
    monkeypatch.setattr(turns, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(turns, "LONGEST_PAUSE_S", 0.0)


@QUICK
@given(seed=st.integers(0, 2**32), requests=st.integers(1, 3))
def test_a_reply_at_the_deadline_is_never_given_twice_and_never_lost(seed: int, requests: int) -> None:
    asyncio.run(late_race(seed, requests))


@QUICK
@given(seed=st.integers(0, 2**32), dies_at=st.integers(1, 24))
def test_a_worker_that_dies_at_any_step_leaves_exactly_one_reply(seed: int, dies_at: int) -> None:
    asyncio.run(death_race(seed, dies_at))


async def order_race(seed: int) -> None:
    world = World(Gates(Random(seed)))
    one, two = world.workers
    first = start(one.inbox.answer(message("一"), LONG_S))
    await world.gates.run([start(until_begun(one))])
    second = start(two.inbox.answer(message("二"), LONG_S))
    await world.gates.run([first, second])
    assert [task.result().replies[0].text for task in (first, second)] == ["一", "一、二"]


async def until_begun(one: Worker) -> None:
    while not one.echo.heard:
        await asyncio.sleep(0)


@QUICK
@given(seed=st.integers(0, 2**32))
def test_two_messages_keep_their_order_in_every_order_of_steps(seed: int) -> None:
    asyncio.run(order_race(seed))
