"""A difference on the admin pages: figures as citizens read them, long stretches folded, lists by their lines."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from bot.web.admin_diff import FOLDED, Word, shown_fields, with_facts
from kb.compare import FieldChange, field_changes, words_changed
from kb.release import Release, build
from tests.kb.tidy import TODAY, fact, tidy

FACT = "{fact:F-B05-01}"


@cache
def release() -> Release:
    return build(tidy())


def shown(old: str, new: str) -> list[tuple[str, str]]:
    [field] = shown_fields([FieldChange("答案", words_changed(old, new))], release(), TODAY)
    return [(part.mark, "".join(word.text for word in part.words)) for part in field.parts]


def test_a_figure_is_shown_as_it_is_read_with_its_id_beside_it() -> None:
    [field] = shown_fields([FieldChange("答案", words_changed("等。", f"等{FACT}。"))], release(), TODAY)
    assert [part.words for part in field.parts if part.mark == "+"] == [(Word("1日", "F-B05-01"),)]


def test_a_long_stretch_that_stayed_is_folded_and_nothing_is_lost() -> None:
    long = "甲乙丙丁戊己庚辛壬癸" * 20 + FACT
    parts = shown(f"头{long}尾", f"首{long}末")
    assert [mark for mark, _ in parts] == ["-", "+", "=", FOLDED, "=", "-", "+"]
    assert "".join(text for mark, text in parts if mark in "=…") == long.replace(FACT, "1日")
    assert [mark for mark, _ in shown(long, f"{long}末")] == [FOLDED, "=", "+"]
    assert [mark for mark, _ in shown("短短的一句话。", "短短的另一句话。")].count(FOLDED) == 0


def test_lines_that_stayed_are_only_counted() -> None:
    entry = tidy().entries[0]
    changes = field_changes(entry, replace(entry, similar=(*entry.similar[1:], "新的说法")))
    [field] = shown_fields(changes, release(), TODAY)
    assert (field.gone, field.came, field.kept, field.parts) == (
        ((Word(entry.similar[0]),),), ((Word("新的说法"),),), len(entry.similar) - 1, (),
    )  # fmt: skip


def test_figures_that_come_with_a_change_are_read_in_it() -> None:
    new = replace(tidy(), facts=(replace(fact(), value=3),))
    assert with_facts(release(), new).fact("F-B05-01", TODAY) == new.facts[0]
