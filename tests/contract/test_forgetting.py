"""The duty to forget: after 取消关注, and when the platform tells that an authorization was revoked or cancelled."""

from __future__ import annotations

import pytest

from bot.core.ports import RowState
from bot.core.push import Channel, citizen_key
from bot.core.reply import Text
from bot.sim import inbound
from bot.sim.answer import Silent
from bot.sim.inbound import Inbound
from bot.sim.phone import Phone
from bot.web.keys import RECORDS
from tests.house import House

APP = "wx0000000000000000"


def farewell(kind: str, phone: Phone) -> Inbound:
    if kind == "unsubscribe":
        return inbound.unsubscribe()
    return inbound.authorization(kind, phone.openid, APP, "1")


@pytest.mark.parametrize("kind", ["unsubscribe", "user_authorization_revoke", "user_authorization_cancellation"])
async def test_who_takes_his_leave_is_forgotten_with_all_that_waits_for_him(house: House, kind: str) -> None:
    phone, other = await house.phone(), await house.phone()
    await phone.says("菜单")
    records, clock = house.app[RECORDS], house.clock
    citizens = [await records.citizen(Channel.WECHAT, one.openid, clock.now()) for one in (phone, other)]
    for one, citizen in zip((phone, other), citizens, strict=True):
        await records.put(f"k:{citizen}", citizen, Channel.WECHAT, (Text("还没有说的话"),), clock.now())
        for row in await records.take(clock.now(), 30, 5):
            await records.settle(row.id, RowState.HELD, clock.now())
        await house.doors.mind.set_unsaid(citizen_key(Channel.WECHAT, one.openid), unsaid=True)
    delivery = await phone.pushes(farewell(kind, phone))
    assert isinstance(delivery.outcome, Silent)
    assert [await records.address(citizen) for citizen in citizens] == [None, other.openid]
    assert house.last.session is None
    assert await records.citizen(Channel.WECHAT, phone.openid, clock.now()) != citizens[0]
    assert "还没有说的话" not in (await phone.says("1")).text
    assert "还没有说的话" in (await other.says("1")).text


async def test_other_notices_forget_nobody(house: House) -> None:
    phone = await house.phone()
    citizen = await house.app[RECORDS].citizen(Channel.WECHAT, phone.openid, house.clock.now())
    await phone.pushes(inbound.authorization("user_info_modified", phone.openid, APP))
    assert await house.app[RECORDS].address(citizen) == phone.openid
    assert house.last.session is not None
