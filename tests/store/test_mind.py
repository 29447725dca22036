"""Mind, all but claims: one suite for the memory twin, a real Redis and a Redis Cluster."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.platform import WindowKind
from bot.core.ports import Done, Held, Mark, Mine
from bot.core.push import Channel, PushKey, citizen_key
from bot.core.session import EMPTY
from bot.store import keys
from tests.store.conftest import MindBench
from tests.store.samples import KEY, NEXT_KEY, NOW, SAID, SESSION, WHO, window
from tests.store.turns import commit, turn

# ── the mark ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_first_mark_stays(bench: MindBench) -> None:
    assert await bench.mind.mark(KEY, WHO, Mark.PUSHED) is Mark.PUSHED
    assert await bench.mind.mark(KEY, WHO, Mark.PASSIVE) is Mark.PUSHED
    assert await bench.mind.mark(KEY, WHO, Mark.NONE) is Mark.PUSHED


async def test_a_mark_of_nothing_marks_nothing(bench: MindBench) -> None:
    assert await bench.mind.mark(KEY, WHO, Mark.NONE) is Mark.NONE
    assert await bench.mind.mark(KEY, WHO, Mark.PASSIVE) is Mark.PASSIVE


async def test_passive_and_pushed_are_never_both_in_force(bench: MindBench) -> None:
    wanted = [Mark.PASSIVE, Mark.PUSHED] * 20
    assert len(set(await asyncio.gather(*(bench.mind.mark(KEY, WHO, mark) for mark in wanted)))) == 1


async def test_a_commit_respects_the_mark_that_was_set_before(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    await bench.mind.mark(KEY, WHO, Mark.PUSHED)
    assert await bench.mind.begin(KEY, WHO, "b") == Held(Mark.PUSHED)
    assert await commit(bench, passive=True) is Mark.PUSHED
    assert await bench.mind.begin(KEY, WHO, "b") == Done(SAID, Mark.PUSHED)


async def test_a_commit_with_nobody_waiting_leaves_the_mark_open(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    assert await commit(bench, passive=False) is Mark.NONE
    assert await bench.mind.mark(KEY, WHO, Mark.PASSIVE) is Mark.PASSIVE
    assert await bench.mind.peek(KEY, WHO) == Done(SAID, Mark.PASSIVE)


async def test_peeking_claims_nothing(bench: MindBench) -> None:
    assert await bench.mind.peek(KEY, WHO) is None
    await bench.mind.begin(KEY, WHO, "a")
    assert await bench.mind.peek(KEY, WHO) == Held(Mark.NONE)
    await bench.mind.mark(KEY, WHO, Mark.PUSHED)
    assert await bench.mind.peek(KEY, WHO) == Held(Mark.PUSHED)
    await commit(bench)
    assert await bench.mind.peek(KEY, WHO) == Done(SAID, Mark.PUSHED)


async def test_a_dead_claim_is_unknown_to_peek(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "dead")
    bench.lapse_claims(WHO)
    assert await bench.mind.peek(KEY, WHO) is None


# ── windows ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_message_gives_five_and_then_none(bench: MindBench) -> None:
    await turn(bench, opens=window())
    spent = [await bench.mind.spend(WHO, NOW) for _ in range(6)]
    assert [one and one.left for one in spent] == [4, 3, 2, 1, 0, None]
    assert spent[0] == window(left=4)


async def test_a_new_message_opens_the_window_anew(bench: MindBench) -> None:
    await turn(bench, opens=window(left=1))
    await bench.mind.spend(WHO, NOW)
    await turn(bench, NEXT_KEY, opens=window())
    assert await bench.mind.spend(WHO, NOW) == window(left=4)


async def test_a_push_without_a_window_closes_none(bench: MindBench) -> None:
    await turn(bench, opens=window())
    await turn(bench, NEXT_KEY)
    assert await bench.mind.spend(WHO, NOW) == window(left=4)


async def test_a_window_ends(bench: MindBench) -> None:
    await turn(bench, opens=window())
    assert await bench.mind.spend(WHO, window().until) is None
    assert await bench.mind.spend(WHO, window().until - timedelta(milliseconds=1)) is not None


async def test_the_window_that_ends_first_is_spent_first(bench: MindBench) -> None:
    click = window(WindowKind.CLICK, 1, timedelta(minutes=1))
    await turn(bench, opens=window())
    await turn(bench, NEXT_KEY, opens=click)
    spent = [await bench.mind.spend(WHO, NOW) for _ in range(2)]
    assert [one and one.kind for one in spent] == [WindowKind.CLICK, WindowKind.MESSAGE]


async def test_nobody_may_be_written_to_without_a_window(bench: MindBench) -> None:
    assert await bench.mind.spend(WHO, NOW) is None


# ── flags and log lines ───────────────────────────────────────────────────────────────────────────────────


async def test_waiting_words_are_told_at_the_next_push(bench: MindBench) -> None:
    await bench.mind.set_unsaid(WHO, unsaid=True)
    assert await bench.mind.begin(KEY, WHO, "a") == Mine(EMPTY, unsaid=True, fresh=True)
    await commit(bench)
    await bench.mind.set_unsaid(WHO, unsaid=False)
    assert await bench.mind.begin(NEXT_KEY, WHO, "a") == Mine(SESSION, unsaid=False, fresh=False)


async def test_log_lines_are_taken_by_one_and_dropped(bench: MindBench) -> None:
    await turn(bench, log=b"one")
    await turn(bench, NEXT_KEY, log=b"two")
    taken = await bench.mind.take_log(10)
    assert [raw for _, raw in taken] == [b"one", b"two"]
    assert await bench.mind.take_log(10) == []
    await bench.mind.drop_log([handle for handle, _ in taken])
    bench.lapse_lines()
    assert await bench.mind.take_log(10) == []


async def test_log_lines_outlive_their_taker(bench: MindBench) -> None:
    await turn(bench, log=b"one")
    await turn(bench, NEXT_KEY, log=b"two")
    await bench.mind.drop_log([handle for handle, raw in await bench.mind.take_log(10) if raw == b"one"])
    bench.lapse_lines()
    await turn(bench, PushKey("m:3"), log=b"three")
    assert sorted(raw for _, raw in await bench.mind.take_log(1000)) == [b"three", b"two"]
    assert await bench.mind.take_log(1000) == []


async def test_log_lines_of_all_partitions_come_together(bench: MindBench) -> None:
    for number in range(200):
        key, who = PushKey(f"m:{number}"), citizen_key(Channel.CHAT, str(number))
        await bench.mind.begin(key, who, "a")
        await commit(bench, key, log=str(number).encode(), who=who)
    taken = [raw for _ in range(10) for _, raw in await bench.mind.take_log(64)]
    assert sorted(map(int, taken)) == list(range(200))


async def test_taking_keeps_to_the_limit(bench: MindBench) -> None:
    for number in range(5):
        await turn(bench, PushKey(f"m:{number}"), log=b"line")
    assert len(await bench.mind.take_log(2)) <= 2


async def test_dropping_nothing_is_nothing(bench: MindBench) -> None:
    await bench.mind.drop_log([])
    await bench.mind.ping()


def test_every_partition_has_citizens() -> None:
    met = {keys.partition(citizen_key(Channel.WECHAT, f"o{number}")) for number in range(2000)}
    assert met == set(range(keys.PARTITIONS))


@pytest.mark.parametrize("key", ["m:1", "w:abc:" + "x" * 300, "e:{p07}"])
def test_a_digest_tells_nothing_of_its_key(key: str) -> None:
    assert keys.digest(PushKey(key)).isalnum() and len(keys.digest(PushKey(key))) == 24
