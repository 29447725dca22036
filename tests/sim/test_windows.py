"""How often the account may write by itself, on a moved clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.sim import inbound
from bot.sim.bubble import Who
from bot.sim.clock import SHANGHAI, move
from bot.sim.codes import ApiError
from bot.sim.config import Combine
from bot.sim.inbound import Inbound
from bot.sim.phone import Phone
from bot.sim.windows import Windows, opened, spent
from tests.sim.conftest import Echo, World

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def silent(echo: Echo) -> None:
    echo.raw = b""


async def test_five_messages_in_48_hours_after_words(world: World, phone: Phone) -> None:
    await phone.says("问")
    assert [await world.send(phone) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    move(world.platform.clock, timedelta(hours=48, seconds=1))
    assert await world.send(phone) == 45015
    await phone.says("再问")
    assert await world.send(phone) == 0
    assert phone.last().via == "custom"


@pytest.mark.parametrize(
    "pushed",
    [
        inbound.click("k"),
        inbound.scancode("k", "r", wait=False),
        inbound.subscribe(),
        inbound.scan("3"),
        inbound.text("补证", "7"),
    ],
    ids=["menu", "scan menu", "follow", "qr code", "tap on a menu message"],
)
async def test_three_messages_in_a_minute_after_an_event(world: World, phone: Phone, pushed: Inbound) -> None:
    await phone.pushes(pushed)
    assert [await world.send(phone) for _ in range(4)] == [0, 0, 0, 45047]
    move(world.platform.clock, timedelta(seconds=61))
    assert await world.send(phone) == 45015


async def test_view_opens_nothing(world: World, phone: Phone) -> None:
    await phone.pushes(inbound.view("https://example.org"))
    assert await world.send(phone) == 45015


async def test_who_left_or_is_unknown_gets_nothing(world: World, phone: Phone) -> None:
    await phone.says("问")
    await phone.unfollows()
    assert await world.send(phone) == 45015
    body = {"touser": "nobody", "msgtype": "text", "text": {"content": "x"}}
    assert (await world.api("message/custom/send", body))["errcode"] == 40003


async def test_a_refused_message_costs_nothing(world: World, phone: Phone) -> None:
    await phone.says("问")
    assert await world.send(phone, "汉" * 683) == 45002
    assert [await world.send(phone) for _ in range(5)] == [0] * 5
    assert sum(bubble.who is Who.ACCOUNT for bubble in phone.user.transcript) == 5


def both() -> Windows:
    return opened(opened((), inbound.text("问"), NOW), inbound.click("k"), NOW)


def test_windows_add_up() -> None:
    windows = both()
    for _ in range(8):
        windows = spent(windows, NOW, Combine.SUM)
    with pytest.raises(ApiError) as refused:
        spent(windows, NOW, Combine.SUM)
    assert refused.value.code == 45047


def test_or_the_smallest_rules() -> None:
    windows = both()
    for _ in range(3):
        windows = spent(windows, NOW, Combine.LEAST)
    with pytest.raises(ApiError) as refused:
        spent(windows, NOW, Combine.LEAST)
    assert refused.value.code == 45047
    assert [window.left for window in spent(windows, NOW + timedelta(minutes=2), Combine.LEAST)] == [1]
