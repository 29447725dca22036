"""What is said for an entry or procedure: figures of the day, channels, basis, what has run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb.answer import PROCEDURE, basis_text, card, entry_text, fact_text, place_facts, procedure_text
from kb.load import Content
from kb.model import Basis, Citation, Entry, Fact
from kb.release import Release, build
from tests.kb.tidy import BEGIN, LAW, TODAY, fact, tidy, with_entry


def _said(content: Content, on: date = TODAY) -> str:
    release = build(content)
    return entry_text(release, _b05(release), on)


def _b05(release: Release) -> Entry:
    return next(one for key, one in release.entries.items() if key == "B05-001")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "日", "1日"),
        ((20, 200), "元", "20元以上200元以下"),
        (0.5, "倍", "0.5倍"),
        ("9时至17时", "", "9时至17时"),
        (50, "%", "50%"),
    ],
)
def test_figures_read_as_people_say_them(value: object, unit: str, text: str) -> None:
    assert fact_text(replace(fact(), value=value, unit=unit)) == text


def test_a_figure_can_stand_without_its_unit() -> None:
    release = build(replace(tidy(), facts=(replace(fact(), value=(20, 200), unit="元"),)))
    assert place_facts(release, "{fact:F-B05-01|value}元", TODAY) == "20至200元"


def test_the_row_in_force_on_the_day_is_said() -> None:
    old = replace(fact(), applies_to=date(2026, 7, 31))
    new = replace(fact(), value=3, applies_from=date(2026, 8, 1))
    content = replace(tidy(), facts=(new, old))
    assert "1日" in _said(content, date(2026, 7, 31))
    assert "3日" in _said(content, date(2026, 8, 1))
    assert "以现行规定为准" in _said(content, date(2020, 1, 1))


def test_unverified_ways_stand_in_one_line() -> None:
    text = _said(with_entry(tidy(), online="unverified", proxy="unverified", appointment="unverified"))
    assert "网上办理、代办、预约以交管12123或窗口公示为准。" in text


def test_known_ways_come_first() -> None:
    text = _said(with_entry(tidy(), online="yes", proxy="no", appointment="unverified"))
    assert "可以网上办理；不能代办；预约以交管12123或窗口公示为准。" in text


def test_rules_without_business_have_no_line_of_ways() -> None:
    assert "12123" not in _said(tidy())


def test_the_basis_names_law_and_articles() -> None:
    two = Basis("law", (Citation(LAW, "第六十九条"), Citation(LAW, "第七十条")))
    assert _said(with_entry(tidy(), basis=two)).endswith("依据：《机动车驾驶证申领和使用规定》第六十九条、第七十条")


def test_key_points_are_called_so_with_their_day() -> None:
    text = _said(with_entry(tidy(), basis=Basis("key_points", (Citation("beijing-entry-permit-rules"),))))
    assert "要点（核对于2026年" in text
    assert "《进京证通告》" not in text


def test_practice_claims_no_basis() -> None:
    content = with_entry(tidy(), basis=Basis("practice"))
    assert "依据" not in _said(content)
    assert basis_text(build(content), "B05-001") == ""


def test_an_answer_overdue_for_review_says_when_it_was_checked() -> None:
    assert "核对于" in _said(tidy(), date(2028, 1, 1))
    assert "核对于" not in _said(tidy())


def test_a_withdrawn_answer_names_what_follows() -> None:
    content = with_entry(tidy(), effective_to=date(2026, 7, 1))
    assert "正在核实" in _said(content)
    assert "可以办" not in _said(content)
    follower = tidy().entries[0]
    named = with_entry(tidy(), effective_to=date(2026, 7, 1), related=(f"entry:{follower.id}",))
    assert follower.question in _said(named)


def test_a_rule_to_come_says_from_when() -> None:
    assert _said(tidy(), date(2020, 1, 1)).startswith("以下规定自2022年4月1日起施行。")
    assert date(2022, 4, 1) == BEGIN


def test_every_real_answer_is_whole(release: Release) -> None:
    for entry in release.entries.values():
        text = entry_text(release, entry, TODAY)
        assert "{" not in text, entry.id
        assert len(text.encode()) <= 2048 * 2, entry.id


def test_every_real_procedure_fits_one_message(release: Release) -> None:
    for procedure in release.procedures.values():
        text = procedure_text(release, procedure, TODAY)
        assert len(text) <= PROCEDURE, procedure.id
        assert "1. " in text, procedure.id
        assert "{" not in text, procedure.id


def test_a_card_is_short() -> None:
    release = build(tidy())
    assert card(release, "PR-B05-01") == "补领证件"
    assert len(card(build(with_entry(tidy(), question="问" * 60)), "B05-001")) == 24
    assert card(release, "没有") == "没有"


def test_facts_are_values() -> None:
    assert isinstance(fact(), Fact)


def test_a_draft_of_an_entry_speaks_its_own_words() -> None:
    release = build(tidy())
    kept = _b05(release)
    assert entry_text(release, kept, TODAY) != entry_text(release, replace(kept, answer="另一种说法。"), TODAY)
