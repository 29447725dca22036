"""Mind, claims and queues: one suite for the memory twin, a real Redis and a Redis Cluster."""

from __future__ import annotations

import asyncio

from bot.core.ports import Behind, Done, Held, Mark, Mine
from bot.core.push import Channel, PushKey, citizen_key
from bot.core.session import EMPTY
from tests.store.conftest import MindBench
from tests.store.samples import KEY, NEXT_KEY, NOW, SAID, SESSION, WHO, window
from tests.store.turns import commit, turn

# ── one push ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_first_push_finds_an_empty_session(bench: MindBench) -> None:
    assert await bench.mind.begin(KEY, WHO, "a") == Mine(EMPTY, unsaid=False, fresh=True)


async def test_a_retry_during_the_turn_is_held_and_one_after_it_is_done(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    assert await bench.mind.begin(KEY, WHO, "b") == Held(Mark.NONE)
    assert await commit(bench) is Mark.PASSIVE
    assert await bench.mind.begin(KEY, WHO, "b") == Done(SAID, Mark.PASSIVE)


async def test_the_next_push_finds_the_session(bench: MindBench) -> None:
    await turn(bench)
    assert await bench.mind.begin(NEXT_KEY, WHO, "a") == Mine(SESSION, unsaid=False, fresh=False)


async def test_a_forgotten_session_is_gone(bench: MindBench) -> None:
    await turn(bench, opens=window())
    await bench.mind.set_unsaid(WHO, unsaid=True)
    await turn(bench, NEXT_KEY, session=None)
    assert await bench.mind.begin(PushKey("m:3"), WHO, "a") == Mine(EMPTY, unsaid=False, fresh=True)
    assert await bench.mind.spend(WHO, NOW) is None


async def test_beginning_again_is_no_second_claim(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    assert isinstance(await bench.mind.begin(KEY, WHO, "a"), Mine)
    assert await commit(bench) is Mark.PASSIVE


async def test_a_commit_whose_answer_was_lost_may_be_sent_again(bench: MindBench) -> None:
    await turn(bench)
    assert await commit(bench, passive=False) is Mark.PASSIVE
    assert len(await bench.mind.take_log(10)) == 1


# ── the queue ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_pushes_of_one_citizen_keep_their_order(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    assert await bench.mind.begin(NEXT_KEY, WHO, "b") == Behind()
    await commit(bench)
    assert await bench.mind.begin(NEXT_KEY, WHO, "b") == Mine(SESSION, unsaid=False, fresh=False)


async def test_a_third_push_waits_for_the_second(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    await bench.mind.begin(NEXT_KEY, WHO, "b")
    await commit(bench)
    assert await bench.mind.begin(PushKey("m:3"), WHO, "c") == Behind()


async def test_citizens_do_not_wait_for_each_other(bench: MindBench) -> None:
    other = citizen_key(Channel.CHAT, "someone else")
    await bench.mind.begin(KEY, WHO, "a")
    assert isinstance(await bench.mind.begin(NEXT_KEY, other, "b"), Mine)


async def test_a_push_whose_worker_died_blocks_nobody(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "dead")
    bench.lapse_claims(WHO)
    assert isinstance(await bench.mind.begin(NEXT_KEY, WHO, "b"), Mine)


async def test_the_retry_of_a_push_whose_worker_died_finishes_it(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "dead")
    bench.lapse_claims(WHO)
    assert isinstance(await bench.mind.begin(KEY, WHO, "b"), Mine)
    assert await commit(bench, holder="b") is Mark.PASSIVE


async def test_a_rescued_push_waits_for_the_one_that_overtook_it(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "dead")
    bench.lapse_claims(WHO)
    await bench.mind.begin(NEXT_KEY, WHO, "b")
    assert await bench.mind.begin(KEY, WHO, "c") == Behind()
    await commit(bench, NEXT_KEY, "b")
    assert isinstance(await bench.mind.begin(KEY, WHO, "c"), Mine)


async def test_a_waiting_push_whose_worker_died_keeps_its_place_for_its_retry(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    await bench.mind.begin(NEXT_KEY, WHO, "dead")
    bench.lapse_claims(WHO)
    assert await bench.mind.renew(KEY, WHO, "a")
    assert await bench.mind.begin(PushKey("m:3"), WHO, "c") == Behind()
    assert await bench.mind.begin(NEXT_KEY, WHO, "retry") == Behind()
    await commit(bench)
    assert await bench.mind.begin(PushKey("m:3"), WHO, "c") == Behind()
    assert isinstance(await bench.mind.begin(NEXT_KEY, WHO, "retry"), Mine)


async def test_waiting_keeps_the_place(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    await bench.mind.begin(NEXT_KEY, WHO, "b")
    bench.lapse_claims(WHO)
    await bench.mind.renew(KEY, WHO, "a")
    assert await bench.mind.begin(NEXT_KEY, WHO, "b") == Behind()
    assert await bench.mind.begin(NEXT_KEY, WHO, "other") == Held(Mark.NONE)


async def test_a_lost_claim_stores_nothing(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "slow")
    bench.lapse_claims(WHO)
    await bench.mind.begin(KEY, WHO, "b")
    assert not await bench.mind.renew(KEY, WHO, "slow")
    assert await commit(bench, holder="slow", opens=window()) is None
    assert await bench.mind.peek(KEY, WHO) == Held(Mark.NONE)
    assert await bench.mind.spend(WHO, NOW) is None
    assert await bench.mind.take_log(10) == []
    assert await bench.mind.begin(KEY, WHO, "b") == Mine(EMPTY, unsaid=False, fresh=True)


async def test_an_overtaken_turn_stores_nothing(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "slow")
    bench.lapse_claims(WHO)
    await bench.mind.begin(NEXT_KEY, WHO, "b")
    assert await commit(bench, holder="slow") is None
    assert await commit(bench, NEXT_KEY, "b") is Mark.PASSIVE


async def test_nobody_commits_from_behind(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    await bench.mind.begin(NEXT_KEY, WHO, "b")
    assert await commit(bench, NEXT_KEY, "b") is None


async def test_a_turn_that_was_slow_but_not_replaced_still_counts(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "slow")
    bench.lapse_claims(WHO)
    assert await commit(bench, holder="slow") is Mark.PASSIVE


async def test_an_abandoned_push_starts_again_at_once(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    await bench.mind.abandon(KEY, WHO, "a")
    assert not await bench.mind.renew(KEY, WHO, "a")
    assert isinstance(await bench.mind.begin(KEY, WHO, "b"), Mine)


async def test_only_the_holder_may_abandon(bench: MindBench) -> None:
    await bench.mind.begin(KEY, WHO, "a")
    await bench.mind.abandon(KEY, WHO, "b")
    assert await bench.mind.begin(KEY, WHO, "b") == Held(Mark.NONE)


async def test_of_many_holders_at_once_exactly_one_has_the_push(bench: MindBench) -> None:
    begun = await asyncio.gather(*(bench.mind.begin(KEY, WHO, f"h{number}") for number in range(40)))
    assert sum(isinstance(one, Mine) for one in begun) == 1
    assert sum(isinstance(one, Held) for one in begun) == 39
