"""The one road out, against the emulated platform: windows, order, stores away, and never a double."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.core.effect import Forget
from bot.core.ports import RowState
from bot.core.push import Channel, PushKey
from bot.core.reply import Text
from bot.outbox import LEASE_S
from bot.sim.config import Faults
from tests.contract.post import Post, came

# ── sent ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_may_be_sent_is_sent_once(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "你好")
    assert [await post.outbox.work() for _ in range(3)] == [1, 0, 0]
    assert came(phone) == ["你好"] and (await post.row(key)).state is RowState.SENT


async def test_two_outboxes_never_send_one_row_twice(post: Post) -> None:
    phones = [await post.citizen() for _ in range(6)]
    for phone in phones:
        for word in "一二三":
            await post.put(phone, word)
    other = post.another()
    for _ in range(6):
        await asyncio.gather(post.outbox.work(), other.work())
    assert [came(phone) for phone in phones] == [["一", "二", "三"]] * 6


async def test_a_slow_citizen_does_not_run_out_the_lease_of_others(post: Post) -> None:
    phones = [await post.citizen() for _ in range(3)]
    for phone in phones:
        await post.put(phone, "你好")
    post.client.gate = asyncio.Event()
    work = asyncio.create_task(post.outbox.work())
    async with asyncio.timeout(2):
        while post.client.calls < 3:  # side by side, not one after the other
            await asyncio.sleep(0.005)
    post.client.gate.set()
    await work
    assert [came(phone) for phone in phones] == [["你好"]] * 3


# ── windows ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_without_a_window_nothing_is_tried_and_the_words_are_held(post: Post) -> None:
    phone = await post.citizen(window=0)
    key = await post.put(phone, "你好")
    await post.outbox.work()
    assert post.client.calls == 0 and (await post.row(key)).state is RowState.HELD
    assert await post.flagged(phone) and await post.unsaid(phone) == ["你好"]


async def test_a_window_gives_its_count_and_the_rest_is_held(post: Post) -> None:
    phone = await post.citizen(window=5)
    keys = [await post.put(phone, str(n)) for n in range(6)]
    for _ in range(7):
        await post.outbox.work()
    assert came(phone) == list("01234") and post.client.calls == 5
    assert (await post.row(keys[5])).state is RowState.HELD


async def test_a_window_that_ended_holds(post: Post) -> None:
    phone = await post.citizen(lasts=timedelta(minutes=1))
    post.clock.move(timedelta(minutes=1))
    key = await post.put(phone, "你好")
    await post.outbox.work()
    assert (await post.row(key)).state is RowState.HELD and post.client.calls == 0


async def test_each_reply_of_a_row_takes_one_message_of_the_window(post: Post) -> None:
    phone = await post.citizen(window=2)
    await post.put(phone, "一", "二", "三")
    for _ in range(5):
        await post.outbox.work()
    assert came(phone) == ["一", "二"] and await post.unsaid(phone) == ["三"]


async def test_a_second_try_takes_no_second_message_of_the_window(post: Post) -> None:
    phone = await post.citizen(window=2)
    await post.put(phone, "一")
    post.platform.faults = Faults(errcode=-1)
    await post.outbox.work()
    post.platform.faults = Faults()
    post.clock.move(timedelta(seconds=2))
    await post.outbox.work()
    await post.put(phone, "二")
    await post.outbox.work()
    assert came(phone) == ["一", "二"]


# ── several replies ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_retry_of_the_last_reply_does_not_repeat_the_first(post: Post) -> None:
    phone = await post.citizen()
    await post.put(phone, "一", "二")
    await post.outbox.work()
    await post.outbox.work()
    assert came(phone) == ["一"]
    post.platform.faults = Faults(errcode=-1)
    await post.outbox.work()
    post.platform.faults = Faults()
    post.clock.move(timedelta(seconds=2))
    for _ in range(3):
        await post.outbox.work()
    assert came(phone) == ["一", "二"]


async def test_replies_of_one_row_come_in_their_order_with_two_senders(post: Post) -> None:
    phone = await post.citizen()
    key = await post.put(phone, "一", "二", "三")
    other = post.another()
    for _ in range(5):
        await asyncio.gather(post.outbox.work(), other.work())
    assert came(phone) == ["一", "二", "三"] and (await post.row(key)).state is RowState.VOID


# ── stores away, citizens gone ────────────────────────────────────────────────────────────────────────────


async def test_without_redis_a_row_waits_instead_of_being_called_uncertain(post: Post) -> None:
    phones = [await post.citizen() for _ in range(2)]
    keys = [await post.put(phone, "你好") for phone in phones]
    post.mind.cut = True
    await post.outbox.work()
    post.mind.cut = False
    assert [(await post.row(key)).state for key in keys] == [RowState.WAITING] * 2
    post.clock.move(timedelta(seconds=LEASE_S))
    await post.outbox.work()
    assert [came(phone) for phone in phones] == [["你好"]] * 2


async def test_trouble_with_one_row_is_not_the_others_trouble(post: Post) -> None:
    phones = [await post.citizen() for _ in range(3)]
    for phone in phones:
        await post.put(phone, "你好")
    post.records.fails_next["address"] = 1
    await post.outbox.work()
    assert sorted(came(phone) for phone in phones) == [[], ["你好"], ["你好"]]


async def test_who_left_gets_nothing_more(post: Post) -> None:
    phone = await post.citizen(window=0)
    citizen = await post.id_of(phone)
    held = await post.put(phone, "一")
    await post.outbox.work()
    waiting = await post.put(phone, "二")
    await post.records.perform(PushKey("e:bye"), citizen, (Forget(),), post.clock.now())
    assert [(await post.row(key)).state for key in (held, waiting)] == [RowState.VOID] * 2
    assert await post.outbox.work() == 0 and await post.outbox.rebuild() == 0


async def test_a_row_of_someone_forgotten_meanwhile_is_void_and_keeps_no_words(post: Post) -> None:
    phone = await post.citizen()
    citizen = await post.id_of(phone)
    await post.records.perform(PushKey("e:bye"), citizen, (Forget(),), post.clock.now())
    await post.records.put("k:after", citizen, Channel.WECHAT, (Text("你好"),), post.clock.now())
    await post.outbox.work()
    assert (await post.row("k:after")).state is RowState.VOID and came(phone) == []


async def test_flags_that_redis_lost_are_set_again(post: Post) -> None:
    phone = await post.citizen(window=0)
    await post.put(phone, "你好")
    await post.outbox.work()
    await post.mind.set_unsaid(post.who(phone), unsaid=False)
    assert await post.outbox.rebuild() == 1
    assert await post.flagged(phone)
