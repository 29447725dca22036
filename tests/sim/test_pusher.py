"""Delivery: repeats, cuts, refusals the user sees, MarkFail, verification."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sim import inbound
from bot.sim.answer import Reason, Refused, Silent, Valid
from bot.sim.bubble import Who
from bot.sim.clock import move
from bot.sim.config import Faults, Mode
from bot.sim.delivery import Failure, Paused, Undelivered
from bot.sim.outgoing import FAILURE_NOTICE
from bot.sim.phone import Phone
from bot.sim.platform import Platform
from tests.sim.conftest import CONFIG, CUT_S, Echo, World, reply_xml, text_xml

LATE_S = 1.5 * CUT_S


@pytest.mark.parametrize("mode", list(Mode))
async def test_words_go_there_and_back_in_every_mode(world: World, phone: Phone) -> None:
    delivery = await phone.says("驾驶证丢了")
    assert isinstance(delivery.outcome, Valid)
    assert phone.last().text == delivery.text == "听到：驾驶证丢了"
    assert [bubble.who for bubble in phone.user.transcript] == [Who.USER, Who.ACCOUNT]


async def test_a_slow_answer_brings_the_same_push_again(world: World, phone: Phone, echo: Echo) -> None:
    echo.delays = [LATE_S]
    delivery = await phone.says("问")
    first, second = echo.heard
    assert [first.findtext(tag) for tag in ("MsgId", "CreateTime")] == [
        second.findtext(tag) for tag in ("MsgId", "CreateTime")
    ]
    assert echo.queries[0]["nonce"] != echo.queries[1]["nonce"]
    assert echo.queries[0]["msg_signature"] != echo.queries[1]["msg_signature"]
    assert delivery.attempts[0].ended is Failure.CUT
    assert phone.last().text == "听到：问"


async def test_three_slow_answers_are_a_fault_the_user_sees(world: World, phone: Phone, echo: Echo) -> None:
    echo.delays = [LATE_S] * 3
    delivery = await phone.says("问")
    assert delivery.outcome == Undelivered(Failure.CUT)
    assert len(delivery.attempts) == 3
    assert delivery.ms >= 3 * 1000 * CUT_S
    assert phone.last().text == FAILURE_NOTICE


async def test_an_error_status_and_a_lost_answer_are_tried_again(world: World, phone: Phone, echo: Echo) -> None:
    echo.status = 500
    assert (await phone.says("问")).outcome == Undelivered(Failure.STATUS)
    echo.status = 200
    world.platform.faults = Faults(lose_answers=1)
    delivery = await phone.says("再问")
    assert delivery.attempts[0].ended is Failure.LOST
    assert len({heard.findtext("MsgId") for heard in echo.heard[-2:]}) == 1
    assert phone.last().text == "听到：再问"


async def test_an_invalid_answer_is_shown_at_once_and_not_repeated(world: World, phone: Phone, echo: Echo) -> None:
    echo.raw = b'{"errcode":0}'
    delivery = await phone.says("问")
    assert isinstance(delivery.outcome, Refused)
    assert delivery.outcome.reason is Reason.JSON
    assert len(echo.heard) == 1
    assert phone.last().text == FAILURE_NOTICE


async def test_silence_shows_nothing(world: World, phone: Phone, echo: Echo) -> None:
    echo.raw = b"success"
    delivery = await phone.says("问")
    assert delivery.outcome == Silent()
    assert phone.last().who is Who.USER


async def test_a_reply_to_an_event_that_takes_none_is_not_shown(world: World, phone: Phone) -> None:
    await phone.unfollows()
    await phone.pushes(inbound.view("https://example.org"))
    assert phone.user.transcript == []
    assert not phone.user.followed


async def test_one_parcel_can_be_delivered_three_times_at_once(world: World, phone: Phone, echo: Echo) -> None:
    pusher = world.platform.pusher
    parcel = pusher.pack(phone.openid, inbound.text("问"))
    attempts = await asyncio.gather(*(pusher.attempt(parcel) for _ in range(3)))
    assert {attempt.answer_xml for attempt in attempts} == {text_xml(echo.heard[0], "听到：问")}
    assert len({heard.findtext("MsgId") for heard in echo.heard}) == 1


async def test_mark_fail_pauses_pushes_for_a_minute(world: World, phone: Phone, echo: Echo) -> None:
    echo.raw = b"oops"
    for _ in range(3):
        await phone.says("问")
    assert isinstance((await phone.says("还在吗")).outcome, Paused)
    assert len(echo.heard) == 3
    move(world.platform.clock, timedelta(seconds=61))
    echo.raw = None
    assert (await phone.says("还在吗")).text == "听到：还在吗"


async def test_the_address_is_verified_and_a_wrong_signature_is_not(world: World) -> None:
    assert await world.platform.pusher.verify()
    assert not await world.platform.pusher.verify(good=False)


async def test_an_account_that_is_away_is_unreachable() -> None:
    config = replace(CONFIG, push_url="http://127.0.0.1:9/wechat", cut_s=0.05, attempts=2)
    async with Platform(config) as platform:
        delivery = await Phone(platform).says("问")
        assert delivery.outcome == Undelivered(Failure.UNREACHABLE)
        assert not await platform.pusher.verify()


async def test_a_pusher_that_was_not_started_says_so() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        await Phone(Platform(CONFIG)).says("问")


async def test_links_and_menu_items_can_be_tapped(world: World, phone: Phone, echo: Echo) -> None:
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=%E8%A1%A5%E8%AF%81%2B1&msgmenuid=7">补证</a>'
    dead = '<a href="weixin://bizmsgmenu?msgmenucontent=x">坏链接</a>'
    echo.answer = lambda heard: text_xml(heard, f'点{link}或{dead}，见<a href="https://example.org">网页</a>')
    await phone.says("问")
    bubble = phone.last()
    assert bubble.text == "点补证或坏链接，见网页"
    assert bubble.tap("网页").url == "https://example.org"
    with pytest.raises(LookupError):
        bubble.tap("坏链接")
    await phone.taps_label("补证")
    assert echo.heard[-1].findtext("Content") == "补证+1"
    assert echo.heard[-1].findtext("bizmsgmenuid") == "7"
    with pytest.raises(LookupError):
        await phone.taps_label("没有")


async def test_pictures_voice_place_and_links_are_sent(world: World, phone: Phone, echo: Echo) -> None:
    echo.raw = b""
    await phone.sends_image(b"\x89PNG\r\n\x1a\n....")
    await phone.speaks("年检怎么办")
    await phone.sends_location(39.9, 116.4, "路口")
    await phone.sends_link("标题", "https://example.org")
    await phone.scans("window-3")
    types = [heard.findtext("MsgType") for heard in echo.heard]
    assert types == ["image", "voice", "location", "link", "event"]
    async with world.http.get(str(echo.heard[0].findtext("PicUrl"))) as response:
        assert response.content_type == "image/png"


async def test_a_transfer_is_a_notice_and_news_are_cards(world: World, phone: Phone, echo: Echo) -> None:
    echo.answer = lambda heard: reply_xml(heard, "<MsgType>transfer_customer_service</MsgType>")
    await phone.says("人工")
    assert phone.last().who is Who.NOTICE
    item = "<item><Title>指南</Title><Description>说明</Description><PicUrl/><Url>https://example.org</Url></item>"
    echo.answer = lambda heard: reply_xml(
        heard, f"<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles>{item}</Articles>"
    )
    await phone.says("指南")
    assert phone.last().articles[0].title == "指南"
