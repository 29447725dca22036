"""The cheap rules of one entry find what the check of the whole base finds in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from kb.check import check
from kb.check_one import check_entry
from kb.model import Basis, Citation, Entry
from kb.release import Release, build
from tests.kb.tidy import LAW, TODAY, tidy


@cache
def release() -> Release:
    return build(tidy())


def first() -> Entry:
    return next(one for one in tidy().entries if one.id == "B05-001")


def other() -> Entry:
    return next(one for one in tidy().entries if one.id == "C01-001")


FAULTS = {
    "figures": {"answer": "3个工作日办完，罚款500元。"},
    "promise": {"answer": "保证您能办。"},
    "length": {"answer": "好" * 451},
    "figure nobody knows": {"answer": "等{fact:F-B05-99}。"},
    "answer of another": {"answer": other().answer},
    "question of another": {"question": other().question},
    "wording of another": {"similar": (other().similar[0], *first().similar)},
    "few wordings": {"similar": ("一条",)},
    "dead link": {"related": ("entry:B05-999",)},
    "link to itself": {"related": ("entry:B05-001",)},
    "no such article": {"basis": Basis("law", (Citation(LAW, "第九百条"),))},
    "half a visit": {"online": "yes"},
    "overdue": {"review_by": TODAY.replace(year=2020)},
}


@pytest.mark.parametrize("name", FAULTS)
def test_it_finds_what_the_whole_check_finds(name: str) -> None:
    draft = replace(first(), **FAULTS[name])
    last = (*(one for one in tidy().entries if one.id != draft.id), draft)
    whole = {(one.kind, one.field, one.says) for one in check(replace(tidy(), entries=last), TODAY)}
    found = check_entry(release(), draft, TODAY)
    assert found and {(one.kind, one.field, one.says) for one in found} == whole
    assert all(one.item == "entry:B05-001" for one in found)


def test_an_entry_without_a_fault_has_none() -> None:
    assert check_entry(release(), first(), TODAY) == []
