"""The rules of a turn beyond the menu: privacy, other cities, small talk, complaints, foreign words, the way back."""

from __future__ import annotations

import re

import pytest

from kb.courtesy import courtesy_within
from kb.places import elsewhere
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


# ── other cities ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "city", "decision"),
    [
        ("上海外牌限行几点到几点", "上海", "close"),
        ("深圳无证驾驶怎么处罚", "深圳", "sure"),
        ("成都驾照换证", "成都", "sure"),
    ],
)
def test_another_citys_rule_is_never_told_as_its_own(release: Release, words: str, city: str, decision: str) -> None:
    outcome = Citizen(release).says(words)
    assert shown(outcome).startswith(f"我只掌握北京的规定和全国统一的规定；{city}的地方规定可能不同")
    assert outcome.why.decision == decision


@pytest.mark.parametrize(
    "words",
    [
        "上海驾照在北京换证",
        "天津的车怎么年检",
        "南京路违停罚多少",
        "去天津被拍，回北京能交吗",
        "老家河北验车怎么办",
        "人在深圳打工，车到日子了要开回来审吗",
    ],
)
def test_where_somebody_comes_from_is_no_other_place_of_the_rule(words: str) -> None:
    assert elsewhere(words) is None


def test_no_wording_is_about_another_city(release: Release) -> None:
    assert not [one for one in release.index.phrases if elsewhere(one)]


# ── close choices ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["年检", "违停", "进京证", "换证", "电动车"])
def test_what_is_far_behind_is_not_offered(release: Release, words: str) -> None:
    outcome = Citizen(release).says(words)
    assert outcome.why.decision == "close"
    keys = [choice.target.partition(":")[2] for choice in offers(outcome)[:-1]]
    scores = {seen.id: seen.score for seen in outcome.why.candidates}
    assert len(keys) >= 2
    assert all(scores[key] >= 0.34 * max(scores.values()) for key in keys[2:])


# ── complaints and courtesies ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", ["我要投诉你们西城支队那个姓王的警察骂人", "我要投诉", "我想投诉交警乱开罚单", "我要举报民警收钱"]
)
def test_a_complaint_is_never_refused(release: Release, words: str) -> None:
    outcome = Citizen(release).says(words)
    assert outcome.why.answer.startswith("entry:F04-")
    assert outcome.why.category == "F04"


@pytest.mark.parametrize(
    ("words", "courtesy"),
    [
        ("谢谢你啊真好用", "thanks"),
        ("你个废物", "insult"),
        ("你妈的垃圾", "insult"),
        ("hi你是谁呀 你是机器人吗", "are_you_human"),
        ("笑死我了你这机器人", "are_you_human"),
    ],
)
def test_a_courtesy_within_other_words_is_heard(release: Release, words: str, courtesy: str) -> None:
    assert Citizen(release).says(words).why.answer == f"courtesy:{courtesy}"


def test_no_wording_is_taken_for_a_courtesy_or_a_complaint(release: Release) -> None:
    for one in release.index.phrases:
        if courtesy_within(release, one):
            assert Citizen(release).says(one).why.handler != "courtesy", one
    home = {f"entry:{key}" for key in release.entries if key.startswith("F04")}
    at_home = {phrase for key, phrase in phrasings(release) if key in home}
    taken = [one for one in wordings(release) if Citizen(release).says(one).why.handler == "complaint"]
    assert set(taken) <= at_home


def phrasings(release: Release) -> list[tuple[str, str]]:
    """Every entry's target with each of its ways of asking."""
    return [(f"entry:{one.id}", said) for one in release.entries.values() for said in (one.question, *one.similar)]


@pytest.mark.parametrize(
    "words", ["How can I park my spaceship on the moon?", "qing wen fei chuan zen me ban", "xyzzy 12"]
)
def test_english_and_pinyin_without_an_answer_get_a_bilingual_word(release: Release, words: str) -> None:
    citizen = Citizen(release)
    for _ in range(2):
        outcome = citizen.says(words)
        assert outcome.why.decision == "none"
        assert "Chinese" in shown(outcome) and "汉字" in shown(outcome)
        assert [offer.say for offer in offers(outcome)] == ["菜单", "人工"]


def test_a_chinese_question_with_letters_in_it_is_missed_in_chinese(release: Release) -> None:
    assert "Chinese" not in shown(Citizen(release).says("ABCD宇宙飞船月球基地怎么停放呢"))
