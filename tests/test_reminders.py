"""A reminder from the phone to the phone: set, rung once, said first where WeChat is closed, listed, cancelled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
import redis

from bot.__main__ import main
from bot.core.clock import SHANGHAI
from bot.core.errors import RecordsDown
from bot.core.push import MenuClick, citizen_key
from bot.core.session import Floor
from bot.reminders import Ringing
from bot.settings import Settings, find_redis
from bot.sim.phone import Phone
from bot.unsaid import RESTING_FIRST
from kb.release import Release
from tests.citizen import Citizen
from tests.house import House, open_house

MORNING = datetime(2027, 1, 4, 10, tzinfo=SHANGHAI)
NEXT_DAY = datetime(2027, 1, 5, 9, 0, 1, tzinfo=SHANGHAI)
EXPIRY = "2027年4月5日"
"""Ninety days after the day on which the window opens, which is the next one."""
FAR = "2027年12月5日"


def at(house: House, when: datetime) -> None:
    """Move the clock there."""
    house.clock.offset += when - house.clock.now()


async def wishes(house: House, expiry: str = EXPIRY) -> Phone:
    """A citizen who was told and taps the reminder."""
    phone = await house.phone()
    for words in ("算算我什么时候能换证", expiry, "在发证地办", "45"):
        delivery = await phone.says(words)
    assert "还没到时间" in delivery.text
    told = await phone.taps_label("能换的第一天提醒我")
    assert "上午9点提醒您换证" in told.text
    return phone


def ringers(house: House, count: int = 2) -> list[Ringing]:
    """The ticks of several workers."""
    doors = house.doors
    return [Ringing(doors.reminders, doors.schedule, house.clock, partial(flag, house)) for _ in range(count)]


async def flag(house: House) -> None:
    """As Outbox.rebuild does."""
    for channel, address in await house.doors.records.citizens_with_unsaid():
        await house.doors.mind.set_unsaid(citizen_key(channel, address), unsaid=True)


async def rung(house: House) -> int:
    return sum(await asyncio.gather(*(ringing.work() for ringing in ringers(house))))


def heard(phone: Phone) -> list[str]:
    return [
        text for bubble in phone.user.transcript if "【换证提醒】" in (text := "".join(s.text for s in bubble.spans))
    ]


async def until_heard(phone: Phone) -> None:
    async with asyncio.timeout(10):
        while not heard(phone):
            await asyncio.sleep(0.02)


async def test_it_rings_once_within_the_window(house: House) -> None:
    at(house, MORNING)
    phone = await wishes(house)
    assert await rung(house) == 0
    at(house, NEXT_DAY)
    assert await rung(house) <= 1  # the ticks of the house itself may be first
    await until_heard(phone)
    assert await rung(house) == 0
    assert len(heard(phone)) == 1 and "2027年4月5日" in heard(phone)[0]


async def test_outside_the_window_it_is_said_first_at_the_next_message(house: House) -> None:
    at(house, MORNING)
    phone = await wishes(house, FAR)
    at(house, datetime(2027, 9, 7, 9, 0, 5, tzinfo=SHANGHAI))
    await rung(house)
    async with asyncio.timeout(10):
        while not await house.doors.records.citizens_with_unsaid():
            await asyncio.sleep(0.02)
    assert not heard(phone)
    delivery = await phone.says("您好")
    assert delivery.text.index("【换证提醒】") < 40
    assert "【换证提醒】" not in (await phone.says("您好")).text


async def test_a_schedule_that_was_lost_is_filled_again(house: House, redis_url: str) -> None:
    at(house, MORNING)
    await wishes(house)
    at(house, NEXT_DAY - timedelta(minutes=10))
    (ringing,) = ringers(house, 1)
    assert await ringing.work() == 0
    with redis.Redis.from_url(redis_url, driver_info=None) as client:
        await asyncio.to_thread(client.flushall)
    at(house, NEXT_DAY + timedelta(minutes=1))
    await ringing.work()
    async with asyncio.timeout(10):
        while await house.doors.reminders.planned(house.clock.now()):
            await asyncio.sleep(0.02)


async def test_who_writes_at_night_is_told_first_and_nobody_is_woken(house: House) -> None:
    at(house, MORNING)
    phone = await wishes(house)
    at(house, NEXT_DAY.replace(hour=22))
    await rung(house)
    async with asyncio.timeout(10):
        while not await house.doors.records.citizens_with_unsaid():
            await asyncio.sleep(0.02)
    await flag(house)  # whichever tick rang it may not have come so far
    assert not heard(phone)
    delivery = await phone.says("您好")
    assert RESTING_FIRST in delivery.text and delivery.text.index("【换证提醒】") < 40
    assert "【换证提醒】" not in (await phone.says("您好")).text


async def test_who_sleeps_is_told_in_the_morning(house: House) -> None:
    at(house, MORNING)
    phone = await wishes(house)
    at(house, NEXT_DAY.replace(hour=22))
    await rung(house)
    async with asyncio.timeout(10):
        while await house.doors.reminders.planned(house.clock.now()):
            await asyncio.sleep(0.02)
    at(house, NEXT_DAY.replace(day=6, hour=8))
    await until_heard(phone)
    assert len(heard(phone)) == 1


async def test_my_reminders_are_listed_and_cancelled(house: House) -> None:
    at(house, MORNING)
    phone = await wishes(house)
    listed = await phone.says("我的提醒")
    assert "第1条 2027年1月5日" in listed.text and listed.text.count("1. ") == 1
    assert "已经设好了" in (await phone.taps_label("能换的第一天提醒我")).text
    await phone.says("我的提醒")
    assert "取消了" in (await phone.taps_label("取消第1条")).text
    assert "没有提醒" in (await phone.says("我的提醒")).text
    at(house, NEXT_DAY)
    assert await rung(house) == 0


async def test_what_sql_did_not_keep_is_not_confirmed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    at(house, MORNING)
    phone = await house.phone()
    for words in ("算算我什么时候能换证", EXPIRY, "在发证地办", "45"):
        await phone.says(words)

    async def away(*_: object, **__: object) -> None:
        raise RecordsDown("away")

    monkeypatch.setattr(type(house.doors.records), "perform", away)
    told = await phone.taps_label("能换的第一天提醒我")
    assert "没能记上" in told.text and "提醒您换证" not in told.text
    monkeypatch.setattr(house.doors.reminders, "_run", away)
    assert "读不到您的提醒" in (await phone.says("我的提醒")).text


async def test_a_new_worker_goes_on_where_the_old_one_stopped(house_settings: Settings, release: Release) -> None:
    async with open_house(house_settings, release) as house:
        phone = await house.phone()
        await phone.says("算算我什么时候能换证")
        await phone.says("2027年4月5日")
    async with open_house(house_settings, release) as house:
        again = Phone(house.platform, phone.openid)
        delivery = await again.says("在发证地办")
        assert "多少周岁" in delivery.text
        assert "2027年4月5日" in (await again.says("45")).text


def test_a_forged_target_sets_nothing(release: Release) -> None:
    citizen = Citizen(release)
    for target in (
        "remind:",
        "remind:renewal/x/1",
        "remind:x/2027-01-01/1",
        "remind:renewal/2199-01-01/1",
        "unremind:x",
    ):
        assert not citizen.does(MenuClick(target)).effects, target


def test_an_officer_has_the_floor_and_the_dialog_rests(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says("算算我什么时候能换证")
    resting = replace(citizen.session, floor=Floor.OFFICER)
    citizen.session = resting
    assert not citizen.says("2027年4月5日").replies and citizen.session == resting


async def test_jobs_lists_the_ticks(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asyncio.timeout(15):
        while len(await house.doors.schedule.notes()) < 3:
            await asyncio.sleep(0.05)
    monkeypatch.setenv("REDIS_URL", house.settings.redis_url.get_secret_value())
    assert await asyncio.to_thread(main, ["jobs"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0].split() == ["tick", "every_s", "next", "last", "rows", "worker"] and "outbox" in said


def test_jobs_without_a_service_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert main(["jobs"]) == 1 and "REDIS_URL" in capsys.readouterr().err


def test_the_redis_of_the_running_service_is_found_where_it_notes_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("running")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("DATA_DIR", str(folder))
    assert not find_redis()
    (folder / "redis").mkdir()
    (folder / "redis" / "running.json").write_text('{"pid": 1, "socket": "/run/somewhere.sock"}')
    assert find_redis() == "unix:///run/somewhere.sock"
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    assert find_redis() == "redis://elsewhere"
