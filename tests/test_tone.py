"""Unlawful wishes hear a no, anger hears a word and the way to a person; those who only ask or suffer hear neither."""

from __future__ import annotations

import pytest

from bot.core.session import Session
from bot.danger import Kind
from bot.handlers.answer import UNDERSTOOD, UNLAWFUL
from bot.handlers.urgent import AIDS, DRANK_FIRST
from bot.targets import DESK, NONE_OF_THESE
from bot.tone import is_angry, is_unlawful
from kb.release import Release
from tests.citizen import Citizen, offers, shown

WISHES = [
    "怎么把分卖给别人 多少钱一分",
    "怎么把分卖给别人",
    "驾照分不用想卖分",
    "想弄个假车牌用几天",
    "怎么遮住车牌不被拍",
    "花钱找人替我考科二",
    "找黄牛能不能包过",
    "给考官塞红包行吗",
    "伪造一张体检表",
    "怎么躲开电子眼",
]
ASKS = [
    "举报别人卖分",
    "车被套牌了怎么办",
    "用假牌怎么处罚",
    "别人冒充我处理违法",
    "假期限行吗",
    "驾驶证丢了怎么补办",
    "记分怎么查",
    "换证多少钱",
    "怎么躲避救护车",
]
ANGRY = [
    "你们交警就知道罚钱！我停那5分钟就贴条，凭什么！",
    "气死我了车管所推来推去",
    "这规定太坑人了",
    "凭啥扣我6分",
    "光会贴条不会修路",
]
CALM = ["根据哪条规定", "违停罚多少", "凭什么规定", "怎么投诉", "驾驶证丢了怎么补办", "进京证怎么办"]


@pytest.mark.parametrize("words", WISHES)
def test_an_unlawful_wish_hears_a_no(release: Release, words: str) -> None:
    told = Citizen(release).says(words)
    entry = release.entries.get(told.why.answer.removeprefix("entry:"))  # type: ignore[call-overload]
    assert is_unlawful(words)
    assert (entry and entry.kind == "refusal") or shown(told).startswith(UNLAWFUL)


@pytest.mark.parametrize("words", ASKS)
def test_who_asks_or_suffers_is_no_offender(release: Release, words: str) -> None:
    assert not is_unlawful(words)
    assert not shown(Citizen(release).says(words)).startswith(UNLAWFUL)


def test_selling_points_is_answered_by_the_refusal_itself(release: Release) -> None:
    assert Citizen(release).says("怎么把分卖给别人 多少钱一分").why.answer == "entry:C04-009"


@pytest.mark.parametrize("words", ANGRY)
def test_anger_is_met_with_a_word_and_a_person(release: Release, words: str) -> None:
    citizen = Citizen(release)
    told = citizen.says(words)
    targets = [one.target for one in offers(told)]
    assert is_angry(words)
    assert shown(told).startswith(UNDERSTOOD)
    assert DESK in targets
    assert NONE_OF_THESE not in targets[:-1]
    assert citizen.session.offers == offers(told)


def test_who_is_angry_about_a_fine_is_shown_how_to_dispute_it(release: Release) -> None:
    told = Citizen(release).says("你们交警就知道罚钱！我停那5分钟就贴条，凭什么！")
    assert "entry:C05-001" in [one.target for one in offers(told)]


@pytest.mark.parametrize("words", CALM)
def test_nobody_calm_is_soothed(release: Release, words: str) -> None:
    assert not is_angry(words)
    assert UNDERSTOOD not in shown(Citizen(release).says(words))


@pytest.mark.parametrize("words", ["喝了一瓶啤酒能开吗", "我喝了酒多久能开车", "喝了点酒可以骑车回家吗"])
def test_who_drank_and_asks_hears_not_to_drive_before_anything_else(release: Release, words: str) -> None:
    assert shown(Citizen(release).says(words)).startswith((DRANK_FIRST, AIDS[Kind.DRINKING].first))


@pytest.mark.parametrize("words", ["酒驾怎么罚", "我昨天喝了酒能开车吗被查了", "第一次酒驾怎么处罚"])
def test_who_asks_about_penalties_is_not_lectured(release: Release, words: str) -> None:
    assert DRANK_FIRST not in shown(Citizen(release, session=Session()).says(words))
