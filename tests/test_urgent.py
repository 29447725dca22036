"""Injury and danger: 120 and 122 stand first, whatever else is said."""

from __future__ import annotations

import pytest

from bot.core.session import Session
from bot.danger import Kind
from bot.handlers.urgent import AIDS, CALM_FIRST
from bot.targets import offer_for
from kb.release import Release
from tests.citizen import Citizen, offers, shown


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("我撞到人了怎么办", Kind.INJURY),
        ("壮人了 流血了 快", Kind.INJURY),
        ("前面的车着火了", Kind.FIRE),
        ("对方开车跑了", Kind.FLED),
    ],
)
def test_danger_overrides_everything(release: Release, words: str, kind: Kind) -> None:
    citizen = Citizen(release)
    citizen.says("菜单")
    told = citizen.says(words)
    assert told.why.decision == "urgent"
    assert shown(told) == AIDS[kind].first


@pytest.mark.parametrize(
    "words",
    ["没有交强险撞了人怎么赔？", "撞了人会不会吊销火星驾照", "撞到人的标准赔多少钱一斤苹果"],
    ids=["sure", "close or none", "none"],
)
def test_a_calm_question_gets_the_line_first_whatever_the_answer(release: Release, words: str) -> None:
    told = Citizen(release).says(words)
    assert shown(told).startswith(CALM_FIRST)
    assert told.why.handler == "answer"
    assert told.why.candidates
    assert offers(told)


def test_a_tap_on_a_question_we_offered_opens_it_below_the_line(release: Release) -> None:
    questions = [f"entry:{key}" for key in release.entries] + [f"procedure:{key}" for key in release.procedures]
    for target in questions:
        offer = offer_for(target, release)
        assert offer
        if Citizen(release).says(offer.say).why.handler != "urgent":
            continue
        citizen = Citizen(release, session=Session(offers=(offer,)))
        told = citizen.says(offer.say)
        assert told.why.answer == target
        assert shown(told).startswith(CALM_FIRST)
