"""The desk's rows, over each database: the queue, the floor, lines with their fate, forgetting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.desk import Asked, Change, Conversation, ConversationId, Hours, State, Who, Words
from bot.core.effect import AskPerson, Effect, Forget, Overheard
from bot.core.ports import RowState
from bot.core.push import Channel, CitizenId, PushKey
from bot.core.reply import Text
from bot.store.desk_sql import SqlDesk
from bot.store.seal import Seal
from bot.store.tables_desk import desk_lines
from tests.store.conftest import SqlBench
from tests.store.samples import NOW, OPENID, SECRET, WORDS

ASK = AskPerson("市民要求人工", (Asked("驾驶证丢了", "entry:B05-001", (("B05-001", 0.9),)),))
SERVED = Change(State.SERVED, "s1", "一", (Words(Who.SYSTEM, "接入", sent=False),))
BACK = Change(State.RETURNED, "s1", "一", (Words(Who.SYSTEM, "交回"),))


@pytest.fixture
async def desk(sql: SqlBench) -> AsyncIterator[SqlDesk]:
    return SqlDesk(sql.database, Seal(SECRET))


async def ask(sql: SqlBench, *effects: Effect, key: str = "m:1", channel: Channel = Channel.WECHAT) -> CitizenId:
    citizen = await sql.records.citizen(channel, OPENID, NOW)
    await sql.records.perform(PushKey(key), citizen, effects or (ASK, Overheard("人工", "请稍候")), NOW)
    return citizen


async def only(desk: SqlDesk) -> Conversation:
    (one,) = await desk.open()
    return one


async def test_a_wish_joins_the_queue_once(sql: SqlBench, desk: SqlDesk) -> None:
    citizen = await ask(sql)
    await ask(sql)
    await ask(sql, key="m:2")
    one = await only(desk)
    assert (one.citizen, one.channel, one.state, one.context) == (citizen, Channel.WECHAT, State.WAITING, ASK.context)
    assert (one.since, one.created_at, one.promised_at) == (NOW, NOW, None)
    assert [(line.who, line.text) for line in await desk.lines(one.id)] == [
        (Who.CITIZEN, "人工"), (Who.BOT, "请稍候"), (Who.CITIZEN, "人工"), (Who.BOT, "请稍候"),
    ]  # fmt: skip
    assert await desk.floor(citizen) is State.WAITING
    assert (await desk.waiting(citizen), await desk.waiting(CitizenId("other"))) == (0, 1)


async def test_off_duty_it_is_a_request(sql: SqlBench, desk: SqlDesk) -> None:
    later = NOW + timedelta(days=1)
    await ask(sql, replace(ASK, off_duty=True, promised_at=later))
    one = await only(desk)
    assert (one.state, one.promised_at) == (State.REQUEST, later)


async def test_what_is_said_without_a_conversation_goes_nowhere(sql: SqlBench, desk: SqlDesk) -> None:
    citizen = await ask(sql, Overheard("人工"))
    assert await desk.open() == []
    assert await desk.floor(citizen) is None


async def test_an_act_writes_floor_line_and_outbox_at_once(sql: SqlBench, desk: SqlDesk) -> None:
    await ask(sql)
    one = await only(desk)
    assert await desk.change("act:1", one, SERVED, NOW)
    one = await only(desk)
    assert (one.state, one.officer, one.name, one.word_at) == (State.SERVED, "s1", "一", NOW)
    said = Change(State.SERVED, "s1", "一", (Words(Who.OFFICER, WORDS),))
    for _ in range(2):
        assert await desk.change("act:2", one, said, NOW)
    *_, taken, line = await desk.lines(one.id)
    assert (taken.delivery, line.delivery, line.text) == ("", "waiting", WORDS)
    (row,) = await sql.records.take(NOW, 30.0, 20)
    assert (row.key, row.replies) == (f"desk:{line.id}", (Text(WORDS),))
    await sql.records.settle(row.id, RowState.SENT, NOW)
    assert (await desk.lines(one.id))[-1].delivery == "sent"
    assert await desk.change("act:3", await only(desk), BACK, NOW)
    assert await desk.open() == []
    assert (await desk.conversation(one.id)).state is State.RETURNED  # type: ignore[union-attr]


async def test_only_the_first_of_two_acts_on_one_state_counts(sql: SqlBench, desk: SqlDesk) -> None:
    await ask(sql)
    one = await only(desk)
    assert await desk.change("act:1", one, SERVED, NOW)
    assert not await desk.change("act:2", one, replace(SERVED, officer="s2"), NOW)
    assert (await only(desk)).officer == "s1"


async def test_who_is_forgotten_leaves_nothing_at_the_desk(sql: SqlBench, desk: SqlDesk) -> None:
    citizen = await ask(sql)
    one = await only(desk)
    await desk.keep_draft(one.id, "写到一半")
    assert await desk.draft(one.id) == "写到一半"
    await sql.records.perform(PushKey("m:9"), citizen, [Forget()], NOW)
    gone = await desk.conversation(one.id)
    assert gone and (gone.state, gone.context) == (State.ENDED, ())
    assert await desk.lines(one.id) == [] and await desk.draft(one.id) == ""
    assert await desk.floor(citizen) is None


async def test_the_page_confirms_only_its_own_rows(sql: SqlBench, desk: SqlDesk) -> None:
    citizen = await sql.records.citizen(Channel.CHAT, "page", NOW)
    await sql.records.put("desk:1", citizen, Channel.CHAT, [Text("您好")], NOW)
    (row,) = await sql.records.take(NOW, 30.0, 20)
    assert await desk.arrived(citizen, [row.id], NOW) == 0  # it is on its way
    await sql.records.settle(row.id, RowState.HELD, NOW)
    assert await desk.arrived(await ask(sql), [row.id], NOW) == 0
    assert await desk.arrived(citizen, [row.id], NOW) == 1
    assert list(await sql.records.unsaid(citizen, PushKey(""))) == []


async def test_duty_hours_are_rows(desk: SqlDesk) -> None:
    hours = [Hours(540, 1020, weekday=0), Hours(0, 0, day=date(2026, 10, 1))]
    assert await desk.hours() == []
    await desk.set_hours(hours)
    assert await desk.hours() == hours
    await desk.set_hours([])
    assert await desk.hours() == []


async def test_nothing_said_stands_in_plain(sql: SqlBench, desk: SqlDesk) -> None:
    await ask(sql, ASK, Overheard(WORDS))
    one = await only(desk)
    await desk.keep_draft(one.id, WORDS)
    rows = await sql.rows(desk_lines)
    assert rows and all(WORDS.encode() not in row["text"] for row in rows)
    assert await desk.conversation(ConversationId("nobody")) is None
