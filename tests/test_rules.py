"""The rules of a turn beyond the menu: privacy, other cities, small talk, complaints, foreign words, the way back."""

from __future__ import annotations

import re

import pytest

from kb.release import Release
from tests.citizen import Citizen, offers, shown

# ── privacy ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "帮我查一下京A12345的车主电话",
        "我身份证110101199003071234帮我查违章",
        "这个手机号13800138000是谁的",
        "帮我查他的违章记录",
        "帮我查一下车主",
    ],
)
def test_nobody_is_looked_up(release: Release, words: str) -> None:
    outcome = Citizen(release).says(words)
    assert outcome.why.decision == "privacy"
    assert "不能替您查" in shown(outcome)
    assert "本人" in shown(outcome)
    assert set(re.findall(r"\d+", shown(outcome))) == {"12123"}
    assert not outcome.session.misses


def test_business_beside_an_identifier_is_offered_not_told(release: Release) -> None:
    outcome = Citizen(release).says("车牌京A12345，驾驶证丢了怎么补办")
    assert outcome.why.decision == "privacy"
    choices = offers(outcome)
    assert choices[0].target == "entry:B05-001"
    assert len(choices) <= 4


def test_a_wish_the_base_knows_is_answered_from_it(release: Release) -> None:
    assert Citizen(release).says("用车牌号查人手机").why.handler == "answer"


def test_no_wording_is_taken_for_a_wish_to_look_somebody_up(release: Release) -> None:
    taken = [one for one in wordings(release) if Citizen(release).says(one).why.handler == "privacy"]
    assert not taken


def wordings(release: Release) -> tuple[str, ...]:
    """Every third way of asking: enough to see a rule that takes too much."""
    return release.index.phrases[::3]
