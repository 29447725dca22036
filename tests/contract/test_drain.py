"""The end of a worker: turns end or are given back at once, and no message is left in doubt that was not sent."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest

from bot.core.backoff import Backoff
from bot.core.ports import RowState
from bot.inbox import GaveUp
from tests.contract.parts import LONG_S, Worker, message, said_words
from tests.contract.post import Post, came

Pair = tuple[Worker, Worker]


async def test_a_turn_that_ends_in_time_is_answered(pair: Pair) -> None:
    first, _ = pair
    push = message("一")
    go = first.echo.hold(push)
    asked = asyncio.create_task(first.inbox.answer(push, LONG_S))
    await first.echo.begun[push.key].wait()
    draining = asyncio.create_task(first.inbox.drain(LONG_S))
    await asyncio.sleep(0.01)
    go.set()
    await draining
    assert said_words(await asked) == "一"


async def test_a_turn_that_does_not_end_goes_back_at_once_with_those_behind_it(pair: Pair) -> None:
    first, second = pair
    one, two = message("一"), message("二")
    first.echo.hold(one)
    asked = [asyncio.create_task(first.inbox.answer(push, LONG_S)) for push in (one, two)]
    await first.echo.begun[one.key].wait()
    await asyncio.sleep(0.05)
    begun = monotonic()
    await first.inbox.drain(0.05)
    for request in asked:
        with pytest.raises(GaveUp):
            await request
    # The leases of 3 s have not lapsed: they were given back.
    assert said_words(await second.inbox.answer(one, LONG_S)) == "一"
    assert said_words(await second.inbox.answer(two, LONG_S)) == "一、二"
    assert monotonic() - begun < 1


async def test_a_promised_turn_that_is_given_up_is_finished_by_another_worker(pair: Pair) -> None:
    first, second = pair
    push = message("一")
    first.echo.hold(push)
    assert await first.inbox.answer(push, 0.02) is None
    await first.inbox.drain(0.02)
    await second.inbox.finish(push)
    assert second.echo.heard == ["一"]


async def test_rows_taken_and_not_sent_go_back_for_another_worker(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")

    async def sigterm() -> None:
        post.outbox.close()

    post.mind._between = sigterm
    await post.outbox.work()
    row = await post.row(key)
    assert (row.state, row.reason, post.client.calls) == (RowState.WAITING, "given back", 0)
    assert await post.outbox.work() == 0
    post.mind._between = None
    await post.another().work()
    assert came(phone) == ["你好"] and (await post.row(key)).state is RowState.SENT


def test_pauses_double_up_to_the_longest_and_begin_again_after_a_healthy_life() -> None:
    backoff = Backoff(0.2, 30)
    assert [backoff.after(1) for _ in range(10)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30]
    assert [backoff.after(lived) for lived in (60, 1, 1)] == [0.2, 0.4, 0.8]
