"""Search: sure when it is, asks back when two are near, declines what it does not know; quickly and always alike."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

import pytest

from kb.decide import CLOSE, OFFERED, OURS, SURE, Candidate, Close, NoAnswer, Sure, decide
from kb.load import load_content
from kb.release import Release, build
from kb.search import search
from kb.signals import SIGNALS
from tests.kb.filler import filled
from tests.kb.tidy import TODAY, tidy

HERE = Path(__file__).parent
OFF_TOPIC = [line for line in (HERE / "offtopic.txt").read_text(encoding="utf-8").splitlines() if line]
EVERYDAY = [
    ("驾驶证丢了怎么补办", "B05-001"),
    ("驾照丢了咋办", "B05-001"),
    ("本子丢了咋整", "B05-001"),
    ("架照丢了咋补", "B05-001"),
    ("进京证怎么办理", "C02-001"),
    ("进京政咋办", "C02-001"),
    ("限行几点到几点", "C01-002"),
    ("今天限什么号", "C01-001"),
    ("限行罚多少钱", "C01-007"),
    ("周六限行吗", "C01-004"),
]


@pytest.fixture
def base(release: Release) -> Release:
    return release


@pytest.mark.parametrize(("text", "key"), EVERYDAY, ids=[text for text, _ in EVERYDAY])
def test_everyday_questions_are_answered(base: Release, text: str, key: str) -> None:
    decision = search(base, text, TODAY).decision
    assert isinstance(decision, Sure)
    assert decision.candidate.id == key


def test_every_question_of_the_base_finds_itself(base: Release) -> None:
    missed = []
    for entry in base.entries.values():
        best = search(base, entry.question, TODAY).candidates[0]
        if best.id != entry.id and f"{best.kind}:{best.id}" not in base.partners.get(f"entry:{entry.id}", ()):
            missed.append((entry.id, best.id))
    assert missed == []


def test_what_is_none_of_our_business_is_not_answered(base: Release) -> None:
    answered = [text for text in OFF_TOPIC if isinstance(search(base, text, TODAY).decision, Sure)]
    assert len(answered) <= 0.03 * len(OFF_TOPIC), answered


def test_most_of_it_is_declined_outright(base: Release) -> None:
    declined = [text for text in OFF_TOPIC if isinstance(search(base, text, TODAY).decision, NoAnswer)]
    assert len(declined) >= 0.65 * len(OFF_TOPIC)


def test_golden_questions_are_rarely_answered_wrongly(base: Release) -> None:
    wrong = asked = 0
    for one in load_content().golden:
        decision = search(base, one.question, TODAY).decision
        asked += 1
        wrong += isinstance(decision, Sure) and decision.candidate.id not in one.gold
    assert wrong <= 0.03 * asked


@pytest.mark.parametrize("text", ["", "？？？", "😀", "   ", "\u0000", "嘎嘎嘎啦啦啦"])
def test_nothing_to_look_for_is_no_answer(base: Release, text: str) -> None:
    found = search(base, text, TODAY)
    assert isinstance(found.decision, NoAnswer)
    assert found.why


def test_two_that_are_near_are_both_offered(base: Release) -> None:
    decision = search(base, "临牌", TODAY).decision
    assert isinstance(decision, Close)
    assert 2 <= len(decision.candidates) <= OFFERED
    assert any("临牌" in one.question for one in decision.candidates)


def test_scores_fall_and_reasons_are_sentences(base: Release) -> None:
    found = search(base, "驾照快到期了", TODAY, limit=10)
    marks = [one.score for one in found.candidates]
    assert marks == sorted(marks, reverse=True)
    assert all(0 <= mark <= 1 for mark in marks)
    assert len(found.candidates) == 10
    assert set(found.candidates[0].named) == set(SIGNALS)
    assert "最接近的问法" in found.why[0]
    assert 0 < CLOSE < SURE < 1


def test_an_entry_and_its_own_procedure_are_no_rivals(base: Release) -> None:
    assert "procedure:PR-B05-01" in base.partners["entry:B05-001"]
    assert isinstance(search(base, "补领驾驶证", TODAY).decision, Sure)


def test_the_words_of_other_business_turn_an_answer_into_a_question(base: Release) -> None:
    assert not isinstance(search(base, "社保卡丢了怎么补办", TODAY).decision, Sure)
    found = search(base, "身份证丢了去哪补办", TODAY)
    assert not isinstance(found.decision, Sure)


@pytest.mark.parametrize("text", ["酒驾0.7384会怎么样", "酒驾怎么罚0.81937"])
def test_a_figure_nobody_wrote_down_makes_no_question_strange(base: Release, text: str) -> None:
    assert not isinstance(search(base, text, TODAY).decision, NoAnswer)


@pytest.mark.parametrize("text", ["电饭锅坏了去哪修", "给我写个情书", "国足什么时候踢世界杯"])
def test_a_word_we_do_not_know_and_little_else_is_declined(base: Release, text: str) -> None:
    assert isinstance(search(base, text, TODAY).decision, NoAnswer)


@pytest.mark.parametrize("text", ["骑马上长安街要不要号牌", "公交卡能刷停车费吗"])
def test_what_nobody_wrote_down_is_not_sure(base: Release, text: str) -> None:
    assert not isinstance(search(base, text, TODAY).decision, Sure)


def test_of_two_that_are_as_near_none_is_sure() -> None:
    best = Candidate("A01-001", "entry", "甲", 0.95, "甲", tuple(0.5 for _ in SIGNALS))
    rival = best._replace(id="A01-002", score=0.85)
    assert isinstance(decide(9, (best, rival), rival, OURS)[0], Close)
    assert isinstance(decide(9, (best, rival), rival._replace(score=0.3), OURS)[0], Sure)
    same = best._replace(signals=tuple(1.0 for _ in SIGNALS))
    assert isinstance(decide(9, (same, rival), rival, OURS)[0], Sure)
    assert isinstance(decide(9, (best, rival), rival._replace(score=0.3), OURS / 2)[0], NoAnswer)


def test_a_story_is_understood_as_one_message(base: Release) -> None:
    story = "昨天晚上下班开车回家，走到东三环堵了半天，" * 12
    found = search(base, f"我想问进京证怎么办。{story}", TODAY)
    assert found.candidates


def test_an_empty_base_answers_nothing() -> None:
    release = build(replace(tidy(), entries=(), procedures=()))
    assert isinstance(search(release, "驾驶证丢了", TODAY).decision, NoAnswer)


def test_one_entry_alone_can_be_sure() -> None:
    content = tidy()
    release = build(replace(content, entries=content.entries[:1], procedures=()))
    assert isinstance(search(release, content.entries[0].question, TODAY).decision, Sure)


def test_search_is_quick_with_fifteen_thousand_phrasings() -> None:
    content = load_content()
    release = build(filled(content, 15_000))
    texts = [one.question for one in content.golden][:100]
    spent = []
    for text in texts * 2:
        start = time.thread_time()
        search(release, text, date(2026, 8, 1))
        spent.append(time.thread_time() - start)
    assert release.index.first.size > 1_500
    # 0.6 to 0.9 ms on a quiet core; the bound leaves room for a busy one.
    assert median(spent[100:]) < 0.002
