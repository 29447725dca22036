"""No order of bot, officer, citizen and time-out acts makes both bot and officer speak, or neither answer.

The real rules over a real database, with acts that die half-way: between SQL and the session's copy of the floor.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.acts import Acts
from bot.casework.handover import Act, Kind
from bot.conversation import Conversation
from bot.core.clock import SHANGHAI, FixedClock
from bot.core.desk import Conversation as Talk
from bot.core.desk import State
from bot.core.errors import MindDown
from bot.core.ports import Mine
from bot.core.push import Channel, Push, PushKey, Text, citizen_key
from bot.library import Library
from bot.log_lines import line_bytes
from bot.store.bell import MemoryBell
from bot.store.desk_sql import SqlDesk
from bot.store.engine import make_database
from bot.store.memory import MemoryMind
from bot.store.records_sql import SqlRecords
from bot.store.seal import Seal
from bot.switchboard import Switchboard
from kb.release import Release
from tests.store.samples import SECRET

T = TypeVar("T")
START = datetime(2026, 3, 4, 9, 30, 0, 0, SHANGHAI)
WHO = citizen_key(Channel.WECHAT, "o-ann")
OFFICERS = ("one", "two")
numbers = itertools.count(1)


class Dies(MemoryMind):
    """A memory whose next commit never arrives: the worker was killed before it."""

    dies = False

    async def commit(self, *args: Any, **named: Any) -> Any:
        if self.dies:
            self.dies = False
            key, who, holder = args[:3]
            await self.abandon(key, who, holder)
            raise MindDown("killed")
        return await super().commit(*args, **named)


class Floor(RuleBasedStateMachine):
    """One citizen, two officers, a clock, and workers that die."""

    release: Release
    template: Path
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        path = self.folder / f"{next(numbers)}.sqlite"
        shutil.copy(self.template, path)
        self.database = make_database(f"sqlite:///{path}")
        seal = Seal(SECRET)
        self.clock = FixedClock(START)
        self.mind, self.records, self.desk = Dies(), SqlRecords(self.database, seal), SqlDesk(self.database, seal)
        board = Switchboard(self.desk, MemoryBell())
        library = Library(self.release)
        self.talk = Conversation(library, self.records, self.clock, switchboard=board)
        self.acts = Acts(self.mind, self.records, board, library, self.clock, "w0")
        self.written = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()

    @property
    def open(self) -> Talk | None:
        found = self.run(self.desk.open())
        assert len(found) < 2, "two conversations of one citizen are open"
        return found[0] if found else None

    @initialize()
    def begins(self) -> None:
        self.run(self.records.citizen(Channel.WECHAT, "o-ann", START))
        self.citizen_says("人工", False)

    @rule(
        words=st.sampled_from(["人工", "人工", "驾驶证丢了怎么补办", "菜单", "qqqq wwww", "撞到人了", "好的"]),
        twice=st.booleans(),
    )
    def citizen_says(self, words: str, twice: bool) -> None:
        before = self.open
        key = PushKey(f"m:{next(numbers)}")
        push = Push(key, Channel.WECHAT, "o-ann", "", self.clock.now(), Text(words))
        for _ in range(1 + twice):  # a worker may die after SQL and before the commit; then the push is heard again
            mine = self.run(self.mind.begin(key, WHO, "h"))
            assert isinstance(mine, Mine)
            heard = self.run(self.talk.hear(push, mine))
            self.run(self.mind.abandon(key, WHO, "h"))
        self.run(self.mind.begin(key, WHO, "h"))
        line = line_bytes(heard.line)
        self.run(self.mind.commit(key, WHO, "h", heard.session, heard.said, passive=True, window=None, log=line))
        served = before is not None and before.state is State.SERVED
        if words == "撞到人了":
            assert heard.said.replies, "danger was not answered"
        else:
            assert bool(heard.said.replies) is not served, "both spoke, or neither"
        if now := self.open:
            lines = self.run(self.desk.lines(now.id))
            assert any(one.text == words for one in lines[-2:]), "the desk did not hear it"

    @precondition(lambda self: self.open is not None)
    @rule(
        kind=st.sampled_from([Kind.TAKE, Kind.WRITE, Kind.HAND_BACK, Kind.END]),
        officer=st.sampled_from(OFFICERS),
        dies=st.booleans(),
    )
    def officer_acts(self, kind: Kind, officer: str, dies: bool) -> None:
        before = self.open
        assert before
        self.mind.dies = dies
        acted = self.run(self.acts.do(before.id, Act(f"act:{next(numbers)}", kind, officer, officer, "请带身份证明")))
        self.mind.dies = False
        may = before.officer == officer if before.state is State.SERVED else kind is Kind.TAKE
        assert isinstance(acted, Talk) is may
        lines = [one for one in self.run(self.desk.lines(before.id)) if one.who == "officer"]
        self.written += kind is Kind.WRITE and may
        assert all(one.delivery for one in lines), "an officer's line without an outbox row"

    @rule(minutes=st.integers(1, 20), dies=st.booleans())
    def time_passes(self, minutes: int, dies: bool) -> None:
        self.clock.move(timedelta(minutes=minutes))
        self.mind.dies = dies
        self.run(self.acts.time_out())
        self.mind.dies = False

    @rule()
    def redis_forgets(self) -> None:
        self.mind = self.acts._mind = Dies()

    @invariant()
    def at_most_one_has_the_floor(self) -> None:
        now = self.open
        if now and now.state is State.SERVED:
            assert now.officer in OFFICERS


def test_either_the_bot_or_an_officer_speaks(release: Release, database: Path, tmp_path: Path) -> None:
    parts = {"release": release, "template": database, "folder": tmp_path}
    machine = type("HouseFloor", (Floor,), parts)
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=slow, database=None
        ),
    )


@pytest.mark.parametrize("kind", [Kind.HAND_BACK, Kind.END])
def test_a_worker_that_dies_between_sql_and_session_leaves_one_speaker(
    kind: Kind, release: Release, database: Path, tmp_path: Path
) -> None:
    house = type("HouseFloor", (Floor,), {"release": release, "template": database, "folder": tmp_path})()
    house.begins()
    house.officer_acts(Kind.TAKE, "one", dies=True)
    house.citizen_says("菜单", twice=False)
    house.officer_acts(kind, "one", dies=True)
    house.citizen_says("菜单", twice=False)
    house.teardown()
