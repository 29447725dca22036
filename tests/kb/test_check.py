"""kb check: content without a fault passes; one fault of each kind is found and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb import check_base
from kb.check import check
from kb.claims import check_claims, read_claims
from kb.load import Content, load_content
from kb.model import Basis, Citation, Golden, Precondition, Then, Way, Wording
from kb.plain import SAYS, field_name, item_name
from kb.talk import Courtesy
from tests.kb.tidy import ARTICLE, BASIS, LAW, TODAY, entry, fact, tidy, with_entry, with_fact, with_procedure

Change = Callable[[Content], Content]
HAN, LATIN = re.compile(r"[一-鿿]"), re.compile(r"[A-Za-z]{2}")
KNOWN = re.compile(r"“[^”]*”|\{fact:编号\}|[A-Z-]+\d\d-\d+")
"""What may be written in Latin letters: words of the editor's own, ids."""
CHECKS = [*Path(check_base.__file__).parent.glob("check*.py"), Path(check_base.__file__).with_name("gate.py")]
KIND = re.compile(r'(?:problem|_told)\(\s*\w+, (?:\w+, |f"[^"]*", )?f?"([a-z_.{}]+)",')


def _cites(kind: str, *cites: Citation) -> Change:
    return lambda content: with_entry(content, basis=Basis(kind, cites))  # type: ignore[arg-type]


def _answer(text: str) -> Change:
    return lambda content: with_entry(content, answer=text)


def _asked(kind: str, when: dict[str, object], *then: Then, choices: tuple[str, ...] = ()) -> Change:
    asked = Precondition("slot", "问？", kind, when, then or (Then(say="好。"),), choices)  # type: ignore[arg-type]
    return lambda content: with_procedure(content, preconditions=(asked,))


def _more_entries(content: Content, **changes: object) -> Content:
    return replace(content, entries=(*content.entries, replace(entry("B05", "赤橙黄"), id="B05-002", **changes)))


def _noted_law(content: Content) -> str:
    return next(law.law for law in content.laws if "全部" in law.noted)


FAULTS: dict[str, tuple[str, Change]] = {
    "no such law": ("cite", _cites("law", Citation("no-such-law", "第一条"))),
    "no such article": ("cite", _cites("law", Citation(LAW, "第九百条"))),
    "key points passed off as law": ("cite", _cites("law", Citation("beijing-entry-permit-rules"))),
    "no citation": ("basis", _cites("law")),
    "practice with a citation": ("practice", _cites("practice", Citation(LAW, ARTICLE))),
    "article of an old text": ("noted", lambda c: _cites("law", Citation(_noted_law(c), "第一条"))(c)),
    "arabic figure": ("figure", _answer("要等3天。")),
    "Chinese figure": ("figure", _answer("要等三个月。")),
    "half a year": ("figure", _answer("大约半年。")),
    "English figure": ("figure", lambda c: with_entry(c, en=Wording("How long?", "It takes 3 days."))),
    "unknown figure": ("unknown_fact", _answer("要等{fact:F-B05-99}。")),
    "unverified figure": ("unverified", lambda c: with_fact(c, verified="unverified")),
    "checked after the copy": ("checked_on", lambda c: with_fact(c, checked_on=date(2036, 1, 1))),
    "text claimed from key points": (
        "verified",
        lambda c: with_fact(c, law="beijing-entry-permit-rules", article=""),
    ),
    "same figure twice": ("fact_twice", lambda c: replace(c, facts=(*c.facts, replace(fact(), id="F-B05-02")))),
    "dead link": ("link", lambda c: with_entry(c, related=("entry:B05-999",))),
    "dead next": ("link", lambda c: with_procedure(c, next=("procedure:PR-B05-99",))),
    "dead goto": ("link", _asked("yesno", {"is": "yes"}, Then(goto="PR-B05-99"))),
    "near duplicate": (
        "near_duplicate",
        lambda c: _more_entries(c, question="凭据应当交哪样，办理" + c.entries[15].question[2:5]),
    ),
    "same wording": ("same_wording", lambda c: _more_entries(c, question=c.entries[0].similar[0])),
    "few wordings": ("similar", lambda c: with_entry(c, similar=("一条", "两条"))),
    "wordings like the question": ("alike", lambda c: with_entry(c, similar=_alike(c))),
    "promise": ("promise", _answer("保证您能办。")),
    "long answer": ("style", _answer("好" * 451)),
    "ended": ("expired", lambda c: with_entry(c, effective_to=date(2024, 1, 1))),
    "ends before it begins": ("expired", lambda c: with_fact(c, applies_to=date(2020, 1, 1))),
    "expired procedure": ("expired", lambda c: with_procedure(c, status="expired")),
    "golden is a wording": ("golden_known", lambda c: replace(c, golden=(Golden(c.entries[0].similar[0], ()),))),
    "golden names nothing": ("link", lambda c: replace(c, golden=(Golden("问", ("B05-999",)),))),
    "courtesy offers nothing": (
        "link",
        lambda c: replace(c, courtesies=(Courtesy("hello", ("你好",), "好。", "category:Z", "好"),)),
    ),
    "an answer that stands elsewhere": (
        "twin",
        lambda c: _more_entries(c, answer=next(one.answer for one in c.entries if one.id == "B05-001")),
    ),
    "half a word on the ways": ("visit", lambda c: with_entry(c, online="yes", proxy="no")),
    "a window without a word on proxies": (
        "visit",
        lambda c: with_procedure(c, channels=(Way("窗口", "yes"), Way("网办", "no"))),
    ),
    "unknown operator": ("when", _asked("number", {"ge": 3})),
    "operator of another kind": ("when", _asked("date", {"gt": 3})),
    "reply nobody can give": ("when", _asked("choice", {"is": "丙"}, choices=("甲", "乙"))),
    "two consequences in one": ("when", _asked("yesno", {"is": "yes"}, Then(say="甲", stop="乙"))),
}


def _alike(content: Content) -> tuple[str, ...]:
    question = next(one.question for one in content.entries if one.id == "B05-001")
    return tuple(f"{question[:-1]}{end}" for end in "甲乙丙丁戊己庚")


def test_content_without_a_fault_passes() -> None:
    assert check(tidy(), TODAY) == []


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_planted_fault_is_found(name: str) -> None:
    kind, change = FAULTS[name]
    found = {one.kind for one in check(change(tidy()), TODAY) if not one.warning}
    assert kind in found


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_fault_is_told_to_editors_in_chinese_with_its_item_and_what_to_do(name: str) -> None:
    found = [one for one in check(FAULTS[name][1](tidy()), TODAY) if one.kind == FAULTS[name][0]]
    for one in found:
        assert HAN.search(one.says) and not LATIN.search(KNOWN.sub("", one.says)), one.says
        assert "请" in one.says
        assert item_name(one.item) and (field_name(one.field) or one.kind in {"orphan", "file"}), one


def test_every_kind_has_its_words() -> None:
    kinds = {kind for path in CHECKS for kind in KIND.findall(path.read_text("utf-8"))}
    kinds = {*kinds - {"mould.{name}"}, "mould.begin", "mould.end", "form", "shape"}  # the last two from the shell
    assert SAYS.keys() == kinds


def test_one_mould_for_many_wordings_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_base, "FEWEST_WORDINGS", 1)
    content = with_entry(tidy(), similar=tuple(f"请问一下子{letter}事{letter}" for letter in "春夏秋冬东南西北"))
    assert "“请问一下子”" in [one.why.split()[-1] for one in check_base.moulds(content)]
    monkeypatch.setattr(check_base, "FEWEST_WORDINGS", 500)
    assert list(check_base.moulds(content)) == []  # too few to say


CLAIM = f"  - {{law: {LAW}, article: {ARTICLE}, says: 丢了可以补}}\n"
CLAIMS = {
    "of no item": ("B05-999:\n" + CLAIM, "is no item"),
    "without words": (f"B05-001:\n  - {{law: {LAW}, article: {ARTICLE}}}\n", "without says"),
    "by another article": ("B05-001:\n" + CLAIM + "  - {law: x, article: 第一条, says: 别的}\n", "does not cite"),
    "missing for a citation": ("B05-001:\n  - {says: 光说}\n", "carries no claim"),
    "no list": ("B05-001: 丢了可以补\n", "needs a list"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_and_basis_agree(name: str, tmp_path: Path) -> None:
    text, why = CLAIMS[name]
    (tmp_path / "B05.yaml").write_text("\n" + text, encoding="utf-8")
    [found] = check_claims(tidy(), read_claims(tmp_path))
    assert (found.file.name, found.line, found.kind) == ("B05.yaml", 2, "claim") and why in found.why
    (tmp_path / "B05.yaml").write_text("B05-001:\n" + CLAIM, encoding="utf-8")
    assert list(check_claims(tidy(), read_claims(tmp_path))) == []


def test_an_overdue_review_only_warns() -> None:
    found = check(with_entry(tidy(), review_by=date(2026, 1, 1)), TODAY)
    assert [(one.kind, one.warning) for one in found] == [("review", True)]


@pytest.mark.parametrize(
    "text",
    ["拨打12123、120或122。", "C1、A2准驾车型。", "1. 先报警\n2. 再拍照", "第一百零八条", "哪一天都行", "分开办理"],
)
def test_references_are_no_figures(text: str) -> None:
    assert check(_answer(text)(tidy()), TODAY) == []


def test_a_problem_names_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "entries"
    folder.mkdir()
    for name in ("taxonomy.yaml", "laws.yaml", "synonyms.yaml"):
        (tmp_path / name).write_bytes((Path(__file__).parents[2] / "kb" / "content" / name).read_bytes())
    (folder / "B05.yaml").write_text(
        "- id: B05-001\n  kind: answer\n  question: 问什么\n  similar:\n    - 别的\n  answer: |\n    等3天。\n"
        "  basis:\n    kind: practice\n    cites: []\n  effective_from: 2022-04-01\n  review_by: 2099-01-01\n",
        encoding="utf-8",
    )
    found = [one for one in check(load_content(tmp_path), TODAY) if one.kind == "figure"]
    assert [(one.file.name, one.line) for one in found] == [("B05.yaml", 6)]


def test_the_basis_of_the_tidy_base_is_real() -> None:
    assert any(law.law == LAW and ARTICLE in law.articles for law in tidy().laws)
    assert BASIS.cites
