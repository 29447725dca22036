"""A question that names nothing is about what was answered before it; without that it is never surely anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.reply import Choice, Target
from bot.core.session import Session
from bot.handlers.sequel import TALKED_FOR
from bot.handlers.urgent import STAY
from kb.decide import Sure
from kb.release import Release
from kb.search import search
from tests.citizen import Citizen, offers, shown
from tests.times import NOON

LOST, EXPIRING, TRANSFER, PERMIT = (
    "驾驶证丢了怎么补办",
    "驾驶证快到期了怎么换",
    "二手车过户要带什么",
    "外地车进京证怎么办",
)
PLATE, SCOOTER, TEMPORARY, NEW = (
    "车牌丢了怎么补",
    "电动自行车怎么上牌",
    "新车还没上牌，临牌怎么办",
    "新车上牌要什么材料",
)
TOLD = [
    (LOST, "那要带什么", "材料："),
    (LOST, "带啥材料啊", "材料："),
    (LOST, "需要准备哪些东西", "材料："),
    (LOST, "要身份证吗", "材料："),
    (LOST, "还要带照片不", "材料："),
    (LOST, "大概多少钱啊", "费用："),
    (LOST, "多少钱", "费用："),
    (LOST, "收费吗", "费用："),
    (LOST, "那得花多少钱呢", "费用："),
    (LOST, "多久能拿到", "期限："),
    (LOST, "几天能下来", "期限："),
    (LOST, "当天能办好吗", "期限："),
    (LOST, "啥时候能拿证", "期限："),
    (LOST, "他能替我去吗", "可以代办。"),
    (LOST, "可以让我媳妇去吗", "可以代办。"),
    (LOST, "必须本人去吗", "可以代办。"),
    (LOST, "我没空，别人代办行不", "可以代办。"),
    (LOST, "本人在外地能办吗", "核发地"),
    (LOST, "我人在外地怎么办", "核发地"),
    (LOST, "异地行吗", "核发地"),
    (LOST, "网上能办吗", "网办"),
    (LOST, "手机上能弄吗", "网办"),
    (LOST, "去哪办", "车管所"),
    (LOST, "在哪个窗口", "车管所"),
    (LOST, "要预约吗", "预约"),
    (LOST, "根据哪条规定", "《机动车驾驶证申领和使用规定》"),
    (LOST, "怎么操作", "步骤："),
    (LOST, "要带什么，多少钱", "费用："),
    (EXPIRING, "要带什么", "材料："),
    (EXPIRING, "去哪办", "车管所"),
    (EXPIRING, "他能替我去吗", "代"),
    (EXPIRING, "多少钱", "收费"),
    (TRANSFER, "那多少钱", "费"),
    (TRANSFER, "能代办吗", "可以代办。"),
    (TRANSFER, "几天能办完", "1个工作日"),
    (PERMIT, "手机上能办吗", "可以网上办理。"),
    (PERMIT, "要什么材料", "行驶证"),
    (PERMIT, "要钱吗", "费"),
    (PLATE, "多长时间能拿到", "期限："),
    (PLATE, "要啥手续", "材料："),
    (PLATE, "我爸能替我办不", "代办"),
    (SCOOTER, "收钱不", "费"),
    (SCOOTER, "去哪儿办", "登记点"),
    (SCOOTER, "带什么证件", "合格证"),
    (TEMPORARY, "要交多少钱", "费用："),
    (TEMPORARY, "得多少天", "期限："),
    (TEMPORARY, "什么材料", "材料："),
    (NEW, "那网上能办吗", "网上"),
    (NEW, "可以让别人代办吗", "代办"),
    (NEW, "多少钱", "费用："),
]


@pytest.mark.parametrize(("first", "then", "piece"), TOLD, ids=[f"{first}，{then}" for first, then, _ in TOLD])
def test_what_follows_an_answer_is_about_it(release: Release, first: str, then: str, piece: str) -> None:
    citizen = Citizen(release)
    opened = citizen.says(first).why
    told = citizen.says(then)
    assert opened.decision == "sure"
    assert (told.why.handler, told.why.decision) == ("sequel", "sure")
    assert piece in shown(told)
    assert told.why.answer == opened.answer or told.why.answer.startswith(f"entry:{opened.category}")
    assert offers(told)


def test_one_follows_another_and_thanks_do_not_change_the_subject(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(LOST)
    for words, piece in [
        ("那要带什么", "材料："),
        ("谢谢", "不客气"),
        ("多久能拿到", "期限："),
        ("有用", "谢谢"),
        ("多少钱", "费用："),
    ]:
        assert piece in shown(citizen.says(words))


def test_a_part_says_what_it_is_about_and_can_be_rated(release: Release) -> None:
    citizen = Citizen(release)
    first = citizen.says(LOST)
    told = citizen.says("多少钱")
    assert shown(told).startswith("关于“驾驶证丢了怎么补办”：")
    assert citizen.session.rateable and citizen.session.rateable.answer == first.why.answer


@pytest.mark.parametrize("then", ["那呢", "为什么", "可以不可以", "那我怎么说"])
def test_what_asks_for_nothing_in_particular_is_asked_back(release: Release, then: str) -> None:
    citizen = Citizen(release)
    citizen.says(LOST)
    told = citizen.says(then)
    assert told.why.decision == "close"
    assert "您接着问的是“驾驶证丢了怎么补办”吧" in shown(told)
    assert "材料：" in shown(citizen.says("要带什么"))


def test_what_we_have_no_word_on_is_said_with_what_was_understood(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says("剐蹭了怎么快速处理")
    told = citizen.says("要预约吗")
    assert told.why.decision == "close"
    assert "您是问“轻微剐蹭怎么快速处理”要不要预约吧" in shown(told)


def test_who_asks_on_after_a_no_is_told_no_again(release: Release) -> None:
    citizen = Citizen(release)
    refused = citizen.says("花钱找人帮我扣分行不行")
    assert shown(citizen.says("多少钱")) == shown(refused)


@pytest.mark.parametrize("then", ["年检要带什么", "补车牌多少钱", "酒驾怎么罚", "限行几点到几点"])
def test_a_question_with_a_subject_leaves_the_old_one(release: Release, then: str) -> None:
    citizen = Citizen(release)
    citizen.says(LOST)
    assert citizen.says(then).why.handler == "answer"


def test_the_menu_and_the_clock_end_a_subject(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(LOST)
    citizen.says("菜单")
    assert citizen.says("那要带什么").why.handler == "answer"
    citizen = Citizen(release)
    citizen.says(LOST)
    old = tuple(one._replace(at=NOON - TALKED_FOR - timedelta(minutes=1)) for one in citizen.session.recent)
    citizen.session = replace(citizen.session, recent=old)
    assert citizen.says("那要带什么").why.handler == "answer"


def test_a_question_that_only_got_choices_is_remembered_too(release: Release) -> None:
    citizen = Citizen(release)
    assert citizen.says("换证").why.decision == "close"
    assert citizen.says("要带什么").why.answer == "entry:B04-001"


def test_the_only_question_asked_back_is_taken_for_the_subject(release: Release) -> None:
    citizen = Citizen(release, session=Session())
    citizen.says(LOST)
    only = citizen.session.offers[0]._replace(target=Target("entry:B05-001"))
    asked = citizen.session.recent[-1]._replace(target=Target("close:"))
    citizen.session = replace(
        citizen.session, recent=(asked,), offers=(only, Choice("都不是", "都不是", Target("none")))
    )
    assert shown(citizen.says("多少钱")).startswith("关于“驾驶证丢了怎么补办”：")


BARE = [
    "大概多少钱啊",
    "那要带什么",
    "多久能拿到",
    "本人在外地能办吗",
    "他能替我去吗",
    "去哪办呀",
    "网上能办吗",
    "要花多少钱呢",
    "罚多少",
]


@pytest.mark.parametrize("words", BARE)
def test_without_a_subject_nothing_is_sure(release: Release, words: str) -> None:
    assert release.context.bare(words) is not None
    assert not isinstance(search(release, words, NOON.date()).decision, Sure)
    told = Citizen(release, session=Session()).says(words)
    assert told.why.decision == "close"
    assert "您问的是哪件事" in shown(told)


@pytest.mark.parametrize(
    "words", ["补证多少钱", "周末限行吗", "要体检吗", "年检带什么", "罚款不交会怎么样", "居住证怎么办理", ""]
)
def test_what_names_a_matter_stands_for_itself(release: Release, words: str) -> None:
    assert release.context.bare(words) is None


LEAVING = ["那我能走吗", "我可以先走吗", "那能不能先离开", "我先回家行吗", "走了没事吧", "给他两千私了行不行"]


@pytest.mark.parametrize("words", LEAVING)
def test_who_asks_to_leave_after_an_injury_hears_to_stay(release: Release, words: str) -> None:
    citizen = Citizen(release)
    citizen.says("老婆撞了一个骑电动车的老太太，她说腿疼走不了，对方不让走要私了2000，咋办")
    told = citizen.says(words)
    assert shown(told) == STAY
    assert "人工" in [one.label for one in offers(told)]


@pytest.mark.parametrize("before", ["驾驶证丢了怎么补办", "车着火了"])
def test_going_is_no_flight_where_nobody_was_hit(release: Release, before: str) -> None:
    citizen = Citizen(release)
    citizen.says(before)
    assert shown(citizen.says("那我能走吗")) != STAY
