"""One push, one turn, one visible reply: joined, replayed, rescued, fenced — over Redis and its memory twin."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.clock import FixedClock
from bot.core.ports import Mark, Mind
from bot.inbox import DEADLINE_S
from bot.sim import inbound
from bot.sim.answer import Valid
from bot.store.memory import MemoryRecords
from bot.store.open import open_mind
from bot.wechat.render import passive_xml
from tests.contract.parts import LONG_S, Worker, message, rows_of, said_words, until, worker
from tests.contract.slow import held_up
from tests.house import House

Pair = tuple[Worker, Worker]


async def test_a_retry_during_the_turn_joins_it_on_any_worker(pair: Pair) -> None:
    first, second = pair
    push = message("一")
    go = first.echo.hold(push)
    tries = [asyncio.create_task(first.inbox.answer(push, LONG_S))]
    await first.echo.begun[push.key].wait()
    tries += [asyncio.create_task(w.inbox.answer(push, LONG_S)) for w in (first, second, second)]
    await until(lambda: second.mind.calls)
    go.set()
    said = await asyncio.gather(*tries)
    assert said[0] is not None and said == [said[0]] * 4
    assert first.echo.heard == ["一"] and second.echo.heard == []


async def test_a_retry_after_the_turn_gets_the_same_bytes_on_any_worker(pair: Pair) -> None:
    first, second = pair
    push = message("一")
    said = await first.inbox.answer(push)
    first.clock.move(timedelta(minutes=1))
    again = [await w.inbox.answer(push) for w in (second, first)]
    assert (
        said
        and [passive_xml(push, s.replies, s.at) for s in again if s] == [passive_xml(push, said.replies, said.at)] * 2
    )
    assert first.echo.heard + second.echo.heard == ["一"]


async def test_three_deliveries_at_once_to_two_workers_are_one_turn(pair: Pair) -> None:
    first, second = pair
    pushes = [message(f"第{n}问", who=f"o-{n}") for n in range(20)]
    tries = [[w.inbox.answer(push) for w in (first, second, first)] for push in pushes]
    said = [await asyncio.gather(*three) for three in tries]
    assert all(three == [three[0]] * 3 and three[0] for three in said)
    assert sorted(first.echo.heard + second.echo.heard) == sorted(f"第{n}问" for n in range(20))


async def test_two_messages_keep_their_order_though_the_first_is_slow(pair: Pair) -> None:
    first, second = pair
    one, two = message("一"), message("二")
    go = first.echo.hold(one)
    slow = asyncio.create_task(first.inbox.answer(one))
    await first.echo.begun[one.key].wait()
    quick = asyncio.create_task(second.inbox.answer(two))
    await asyncio.sleep(0.05)
    assert second.echo.heard == [] and not quick.done()
    go.set()
    assert [said_words(said) for said in await asyncio.gather(slow, quick)] == ["一", "一、二"]


async def test_a_burst_of_one_citizen_over_two_workers_loses_and_swaps_nothing(pair: Pair) -> None:
    pushes = [message(str(n)) for n in range(8)]
    tries = []
    for n, push in enumerate(pushes):
        tries.append(asyncio.create_task(pair[n % 2].inbox.answer(push)))
        await until(lambda n=n: pair[n % 2].mind.calls.count("begin") > n // 2)
        await asyncio.sleep(0.002)
    said = await asyncio.gather(*tries)
    assert said_words(said[-1]) == "、".join(map(str, range(8)))


async def test_citizens_do_not_wait_for_one_another(pair: Pair) -> None:
    first, second = pair
    one = message("一")
    go = first.echo.hold(one)
    slow = asyncio.create_task(first.inbox.answer(one))
    await first.echo.begun[one.key].wait()
    assert said_words(await second.inbox.answer(message("二", who="o-bob"))) == "二"
    go.set()
    await slow


async def test_the_next_retry_rescues_the_push_of_a_dead_worker(pair: Pair, short_leases: float) -> None:
    first, second = pair
    push = message("一")
    first.echo.hold(push)
    lost = asyncio.create_task(first.inbox.answer(push, LONG_S))
    await first.echo.begun[push.key].wait()
    first.die()
    assert said_words(await second.inbox.answer(push)) == "一"
    assert second.echo.heard == ["一"]
    lost.cancel()
    await asyncio.sleep(0)


async def test_the_late_commit_of_an_overtaken_worker_stores_nothing(pair: Pair, short_leases: float) -> None:
    first, second = pair
    push = message("一")
    go = first.echo.hold(push)
    slow = asyncio.create_task(first.inbox.answer(push, LONG_S))
    await first.echo.begun[push.key].wait()
    first.mind.cut = True  # it lives but cannot renew
    said = await second.inbox.answer(push)
    after = await second.inbox.answer(message("二"))
    first.mind.cut = False
    first.clock.move(timedelta(minutes=1))
    go.set()
    assert await slow == said
    assert said_words(after) == "一、二"
    assert said_words(await first.inbox.answer(message("三"))) == "一、二、三"


async def test_a_slow_worker_that_renews_is_not_overtaken(pair: Pair, short_leases: float) -> None:
    first, second = pair
    push = message("一")
    go = first.echo.hold(push)
    slow = asyncio.create_task(first.inbox.answer(push, LONG_S))
    await first.echo.begun[push.key].wait()
    retry = asyncio.create_task(second.inbox.answer(push, LONG_S))
    await asyncio.sleep(short_leases * 1.5)
    assert second.echo.heard == []
    go.set()
    assert await slow == await retry


async def test_a_dead_worker_holds_up_no_other_message_of_its_citizen(pair: Pair, short_leases: float) -> None:
    first, second = pair
    one = message("一")
    first.echo.hold(one)
    lost = asyncio.create_task(first.inbox.answer(one, LONG_S))
    await first.echo.begun[one.key].wait()
    first.die()
    assert said_words(await second.inbox.answer(message("二"))) == "二"
    lost.cancel()
    await asyncio.sleep(0)


async def test_a_turn_that_fails_frees_its_citizen_at_once(pair: Pair) -> None:
    first, second = pair
    bad = message("一")
    first.echo.fails.add(bad.key)
    with pytest.raises(ZeroDivisionError):
        await first.inbox.answer(bad)
    async with asyncio.timeout(1):
        assert said_words(await second.inbox.answer(message("二"))) == "二"
        assert said_words(await second.inbox.answer(bad)) == "二、一"
    assert first.metrics.errors.labels("turn")._value.get() == 1


async def test_workers_of_one_name_on_two_hosts_are_two_holders(
    minds: tuple[Mind, Mind], records: MemoryRecords
) -> None:
    clock = FixedClock(message("").sent_at)
    here, there = (worker(mind, records, clock, "w0") for mind in minds)
    push = message("一")
    go = here.echo.hold(push)
    slow = asyncio.create_task(here.inbox.answer(push, LONG_S))
    await here.echo.begun[push.key].wait()
    other = asyncio.create_task(there.inbox.answer(push, LONG_S))
    await until(lambda: "begin" in there.mind.calls)
    await asyncio.sleep(0.02)
    assert there.echo.heard == []
    go.set()
    assert await slow == await other


async def test_a_reply_nobody_waited_for_belongs_to_the_first_who_asks_again(pair: Pair) -> None:
    first, second = pair
    push = message("一")
    go = first.echo.hold(push)
    assert await first.inbox.answer(push, 0.01, late=False) is None
    go.set()
    assert said_words(await second.inbox.answer(push, late=False)) == "一"
    known = await second.mind.peek(push.key, push.who)
    assert known.mark is Mark.PASSIVE and first.echo.heard == ["一"]


async def test_the_real_lease_ends_before_the_platform_repeats(redis_url: str) -> None:
    clock, records = FixedClock(message("").sent_at), MemoryRecords()
    async with open_mind(redis_url) as mind:
        first, second = worker(mind, records, clock, "w0"), worker(mind, records, clock, "w1")
        push = message("一")
        first.echo.hold(push)
        lost = asyncio.create_task(first.inbox.answer(push, LONG_S))
        await first.echo.begun[push.key].wait()
        first.die()
        async with asyncio.timeout(4.0):
            assert said_words(await second.inbox.answer(push, LONG_S)) == "一"
        lost.cancel()
        await asyncio.sleep(0)
    assert rows_of(records) == []


async def test_a_retry_through_the_sealed_door_is_equal_to_the_last_byte(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await house.phone()
    go = held_up(house, monkeypatch)
    pusher = house.platform.pusher
    parcel = pusher.pack(phone.openid, inbound.text("驾驶证丢了怎么补办"))
    before = len(house.turns)
    during = [asyncio.create_task(pusher.attempt(parcel, n)) for n in (1, 2)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in during)
    go.set()
    attempts = [*await asyncio.gather(*during), await pusher.attempt(parcel, 3)]
    house.clock.offset += timedelta(minutes=5)
    attempts.append(await pusher.attempt(parcel, 4))
    xmls = {attempt.ended.xml for attempt in attempts if isinstance(attempt.ended, Valid)}
    assert len(xmls) == 1 and len({attempt.body for attempt in attempts}) == 4
    assert len(house.turns) == before + 1


def test_the_deadline_is_before_the_platforms_cut() -> None:
    assert DEADLINE_S < 5.0
