"""The gate: golden questions keep their answers, no entry vanishes, and every word of difference is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.__main__ import main
from kb.compare import compare, field_changes, lines, words_changed
from kb.files import write_files
from kb.gate import MOST_GONE, gate, passes
from kb.load import Content, load_content
from kb.model import Basis, Golden
from kb.release import Release, build
from tests.small import small_files

TODAY = date(2026, 7, 20)
QUESTION = "换身份证时户籍室更正了号码，行车证件要跟着变更吗，期限多长"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, Release]:
    folder = tmp_path_factory.mktemp("content")
    small_files(folder)
    content = load_content(folder)
    return content, build(content)


def judged(old: tuple[Content, Release], new: Content) -> list[str]:
    findings = gate(old[1], old[0].golden, build(new), new, TODAY)
    assert passes(findings) is not any(one.refuses for one in findings)
    return [str(one) for one in findings if one.refuses]


def lost(content: Content) -> Content:
    """Without the words by which the golden question was found."""
    entries = [replace(one, similar=("一", "二")) if one.id == "B05-003" else one for one in content.entries]
    entries = [replace(one, question="某事怎么办", answer="无。") if one.id == "B05-003" else one for one in entries]
    return replace(content, entries=tuple(entries))


def test_a_new_golden_question_without_its_answer_is_said(old: tuple[Content, Release]) -> None:
    asked = Golden("今天天气怎么样", ("B05-001",))
    new = replace(old[0], golden=(*old[0].golden, asked, replace(asked, question="明天下雨么", half="frozen")))
    findings = gate(old[1], old[0].golden, build(new), new, TODAY)
    assert passes(findings) and [one.says for one in findings if "新增" in one.says] == [
        "是新增的，没有答对。可以补上相应的条目或者问法。"
    ]


CASES: dict[str, tuple[Callable[[Content], Content], str]] = {
    "a golden question lost its answer": (lost, QUESTION),
    "an entry vanished": (
        lambda one: replace(one, entries=tuple(e for e in one.entries if e.id != "B05-004")),
        "B05-004",
    ),
    "the base shrank": (lambda one: replace(one, entries=one.entries[MOST_GONE + 1 :]), "一次最多"),
    "a figure is written out": (
        lambda one: replace(one, entries=(replace(one.entries[0], answer="三十日内办完。"), *one.entries[1:])),
        "figure",
    ),
}


def test_the_same_content_passes(old: tuple[Content, Release]) -> None:
    assert judged(old, old[0]) == []


@pytest.mark.parametrize("name", CASES)
def test_the_gate_refuses(old: tuple[Content, Release], name: str) -> None:
    spoil, why = CASES[name]
    assert any(why in line for line in judged(old, spoil(old[0]))), name


def test_a_withdrawn_entry_may_go(old: tuple[Content, Release]) -> None:
    content, _ = old
    ended = replace(
        content, entries=tuple(replace(e, effective_to=TODAY) if e.id == "B05-004" else e for e in content.entries)
    )
    gone = replace(content, entries=tuple(e for e in content.entries if e.id != "B05-004"))
    refused = judged((ended, build(ended)), gone)
    assert not any("B05-004" in line and "不见了" in line for line in refused)


def test_warnings_of_what_nobody_touched_are_not_told(old: tuple[Content, Release]) -> None:
    late = replace(old[0], entries=tuple(replace(one, review_by=date(2026, 1, 1)) for one in old[0].entries))
    first = replace(late.entries[0], audience=("个人",))
    new = replace(late, entries=(first, *late.entries[1:]))
    warned = [one.item for one in gate(build(late), late.golden, build(new), new, TODAY) if not one.refuses]
    assert warned == [f"entry:{first.id}"]


def test_an_editor_hears_field_words_and_what_to_do_and_the_shell_the_line(old: tuple[Content, Release]) -> None:
    first = replace(old[0].entries[0], answer="三十日内办完。")
    new = replace(old[0], entries=(first, *old[0].entries[1:]))
    [told] = [one for one in gate(old[1], old[0].golden, build(new), new, TODAY) if one.kind == "figure"]
    assert told.in_words.startswith(f"不通过 {first.id} 答案：直接写了数值“…三十日内办完。…”。请")
    assert "written out" not in told.in_words and ".yaml" not in told.in_words
    assert ".yaml:" in str(told) and "written out" in str(told)


def test_a_list_is_compared_by_its_lines(old: tuple[Content, Release]) -> None:
    entry = old[0].entries[0]
    [change] = field_changes(entry, replace(entry, similar=("新的一条", *entry.similar[1:])))
    assert (change.name, change.gone, change.came) == ("相似问法", entry.similar[:1], ("新的一条",))
    assert change.kept == len(entry.similar) - 1
    [change] = field_changes(entry, replace(entry, similar=entry.similar[::-1]))
    assert not change.is_list and change.pieces  # another order


def test_a_basis_is_compared_in_words_of_editors(old: tuple[Content, Release]) -> None:
    entry = next(one for one in old[0].entries if one.basis.kind == "law")
    [change] = field_changes(entry, replace(entry, basis=Basis("practice")))
    said = "".join(one.text for one in change.pieces)
    assert change.name == "依据" and "业务惯例" in said and "Citation" not in said


def test_words_are_compared() -> None:
    pieces = words_changed("受理后{fact:F-B05-01}内补发", "受理以后{fact:F-B05-02}内补发")
    assert "".join(one.text for one in pieces if one.mark != "+") == "受理后{fact:F-B05-01}内补发"
    assert "".join(one.text for one in pieces if one.mark != "-") == "受理以后{fact:F-B05-02}内补发"
    assert any(one.mark == "-" and "{fact:F-B05-01}" in one.text for one in pieces)


def test_what_came_and_went_is_listed(old: tuple[Content, Release]) -> None:
    content, _ = old
    first = replace(content.entries[0], answer="另一句话。")
    said = "\n".join(lines(compare(content, replace(content, entries=(first, *content.entries[1:-1]), golden=()))))
    assert f"~ entry:{first.id}" in said and "答案: " in said and "[-" in said
    assert f"- entry:{content.entries[-1].id}" in said
    assert f"- golden:{QUESTION}" in said


def test_the_shell_says_line_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    files = small_files(before)
    write_files(
        {**files, "entries/B05.yaml": files["entries/B05.yaml"].replace("kind: answer", "kind: joke", 1)}, after
    )
    assert main(["gate", str(before), "--content", str(after)]) == 1
    assert "entries/B05.yaml:2 shape" in capsys.readouterr().out
    assert main(["gate", str(before), "--content", str(before), "--compiled", str(tmp_path / "it.npz")]) == 0
    assert main(["diff", str(tmp_path / "it.npz"), str(before)]) == 0
    assert "0 changes" in capsys.readouterr().out
