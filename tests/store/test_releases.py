"""Releases over each database: who may put what in force, in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.releases import FILES, Draft, DraftState, Refusal, ReleaseRow, ReleaseState
from bot.core.staff import StaffId
from bot.store.engine import make_database
from bot.store.releases_sql import KEPT, SqlReleases
from kb.model import EntryId, ReleaseId
from tests.store.conftest import SqlBench
from tests.store.samples import NOW

ONE, TWO = StaffId("one"), StaffId("two")


def named(letter: str) -> ReleaseId:
    return ReleaseId(letter * 64)


def proposal(letter: str, base: str = "a", **given: object) -> ReleaseRow:
    row = ReleaseRow(named(letter), ReleaseState.PROPOSED, named(base), ONE, NOW, "note", 10, 2, ("提醒 x",))
    return replace(row, **given)  # type: ignore[arg-type]


@pytest.fixture
async def store(sql: SqlBench, sql_address: str) -> AsyncIterator[SqlReleases]:
    """A store in which «a» is in force."""
    database = await asyncio.to_thread(make_database, sql_address)
    store = SqlReleases(database)
    assert await store.current() is None
    await store.add(proposal("a", proposer=FILES, base=""), b"files of a", "source a")
    assert await store.begin(named("a"), NOW)
    yield store
    await database.close()


async def in_force(store: SqlReleases) -> tuple[str, int]:
    pointer = await store.current()
    assert pointer
    return pointer.release[0], pointer.sequence


async def test_the_first_begins_once(store: SqlReleases) -> None:
    await store.add(proposal("b"), b"b", "source b")
    assert not await store.begin(named("b"), NOW)
    assert await in_force(store) == ("a", 1)
    assert await store.is_known("source a") and not await store.is_known("source c")
    assert await store.files(named("a")) == b"files of a"


async def test_another_publishes_and_rolls_back(store: SqlReleases) -> None:
    assert await store.add(proposal("b"), b"b", "")
    assert await store.publish(named("b"), ONE, NOW) is Refusal.SAME_PERSON
    assert await store.publish(named("b"), TWO, NOW) is None
    assert await in_force(store) == ("b", 2)
    assert await store.publish(named("b"), TWO, NOW) is Refusal.NOT_PROPOSED
    assert await store.roll_back(named("b"), TWO, NOW) is Refusal.IN_FORCE
    assert await store.roll_back(named("a"), ONE, NOW) is None
    assert await in_force(store) == ("a", 3)
    states = {row.id[0]: row.state for row in await store.rows()}
    assert states == {"a": ReleaseState.CURRENT, "b": ReleaseState.ROLLED_BACK}
    assert [(act.sequence, act.act, act.release[0]) for act in await store.acts()] == [
        (3, "rollback", "a"), (2, "publish", "b"), (1, "publish", "a"),
    ]  # fmt: skip
    row = await store.row(named("b")[:12])
    assert row and row.report == ("提醒 x",) and row.approver == TWO and row.at == NOW


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        (proposal("b", base="z"), Refusal.STALE),
        (proposal("b", state=ReleaseState.REFUSED), Refusal.NOT_PROPOSED),
        (proposal("c"), Refusal.UNKNOWN),
    ],
    ids=["base moved", "refused by the gate", "unknown"],
)
async def test_what_must_not_be_in_force_is_refused(store: SqlReleases, row: ReleaseRow, refusal: Refusal) -> None:
    await store.add(row, b"b", "")
    assert await store.publish(named("b"), TWO, NOW) is refusal
    assert await in_force(store) == ("a", 1)


async def test_never_in_force_cannot_be_rolled_back_to(store: SqlReleases) -> None:
    await store.add(proposal("b"), b"b", "")
    assert await store.roll_back(named("b"), TWO, NOW) is Refusal.NEVER_IN_FORCE
    assert await store.roll_back(named("z"), TWO, NOW) is Refusal.UNKNOWN


async def test_of_many_at_once_one_wins(store: SqlReleases) -> None:
    letters = "bcdef"
    for letter in letters:
        await store.add(proposal(letter), b"x", "")
    results = await asyncio.gather(*(store.publish(named(letter), TWO, NOW) for letter in letters))
    assert results.count(None) == 1 and set(results) == {None, Refusal.STALE}
    assert (await in_force(store))[1] == 2
    assert [row.state for row in await store.rows()].count(ReleaseState.CURRENT) == 1


async def test_the_refused_are_judged_anew_and_the_published_never(store: SqlReleases) -> None:
    await store.add(proposal("b", state=ReleaseState.REFUSED), b"b", "")
    assert await store.add(proposal("b"), b"b", "")
    assert not await store.add(proposal("b"), b"b", "")
    assert not await store.add(proposal("a"), b"other", "")
    assert await store.files(named("a")) == b"files of a"


async def test_compiled_forms_stay_a_while(store: SqlReleases) -> None:
    for number in range(KEPT + 3):
        await store.keep_compiled(f"k{number}", named("a"), b"%d" % number, NOW + timedelta(seconds=number))
    assert await store.compiled("k0") is None
    assert await store.compiled(f"k{KEPT + 2}") == b"%d" % (KEPT + 2)


async def test_drafts_follow_their_release(store: SqlReleases) -> None:
    draft = Draft(EntryId("B05-001"), "{}", "v", ONE, NOW)
    await store.save_draft(draft)
    assert await store.draft("B05-001") == draft
    await store.add(proposal("b"), b"b", "")
    submitted = replace(draft, state=DraftState.SUBMITTED, release=named("b"))
    await store.save_draft(submitted)
    assert await store.drafts() == [submitted]
    assert await store.reject(named("b"), TWO, NOW) is None
    assert await store.draft("B05-001") == draft
    await store.add(proposal("b"), b"b", "")
    await store.save_draft(submitted)
    assert await store.publish(named("b"), TWO, NOW) is None
    assert await store.drafts() == []
    await store.save_draft(draft)
    await store.drop_draft("B05-001")
    assert await store.draft("B05-001") is None
