"""python -m kb: the exact shapes of the design, exit codes, one clear line for bad input."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.__main__ import main
from kb.hashes import content_id, versions_of
from kb.load import CONTENT
from kb.stats import stats
from kb.talk import Review
from tests.kb.tidy import tidy


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the content that may be spoilt."""
    shutil.copytree(CONTENT, tmp_path / "content")
    return tmp_path / "content"


def test_search(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "search", "驾驶证丢了怎么补办")
    assert set(found) == {"decision", "candidates", "why"}
    assert found["decision"] == "sure"
    assert set(found["candidates"][0]) == {"id", "question", "score"}
    assert found["candidates"][0]["id"] == "B05-001"
    assert all(isinstance(reason, str) for reason in found["why"])


def test_search_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "--explain", "驾照", "丢了"]) == 0
    text = capsys.readouterr().out
    assert "decision: " in text
    assert "edit=" in text


def test_stats(capsys: pytest.CaptureFixture[str]) -> None:
    counted = _json(capsys, "stats")
    names = "categories subcategories entries procedures phrasings facts golden reviewed no_basis practice"
    more = "unverified_stated near_duplicates twins referrals refusals english below_plan by_subcategory"
    assert set(counted) == {*names.split(), *more.split()}
    assert (counted["categories"], counted["subcategories"]) == (6, 47)
    row = counted["by_subcategory"]["B05"]
    assert set(row) == {"entries", "procedures", "golden", "missing", "reviewed", "plan_entries", "plan_procedures"}
    assert sum(one["entries"] for one in counted["by_subcategory"].values()) == counted["entries"]
    assert sum(one["plan_entries"] for one in counted["by_subcategory"].values()) == 1574
    assert main(["stats"]) == 0


def test_check_fails_on_a_planted_error(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    path = copy / "entries" / "B05.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("可以补，", "要等3天，可以补，", 1), encoding="utf-8")
    report = _json(capsys, "check", "--content", str(copy), code=1)
    assert report["ok"] is False
    assert any(one["kind"] == "figure" and one["file"].endswith("B05.yaml") for one in report["problems"])


def test_bad_content_is_one_clear_line(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    (copy / "entries" / "B05.yaml").write_text("- id: B05-001\n", encoding="utf-8")
    assert main(["check", "--content", str(copy)]) == 2
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert "无法执行" in text
    assert "B05.yaml:1" in text


def test_bad_questions_are_one_clear_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["eval", "--questions", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_import_makes_files_canonical_once(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    path = copy / "facts" / "B05.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("# a remark\n" + text.replace("unit: 日", 'unit: "日"'), encoding="utf-8")
    assert str(path) in _json(capsys, "import", "--content", str(copy))["changed"]
    assert path.read_text(encoding="utf-8") == text
    assert _json(capsys, "import", "--content", str(copy))["changed"] == []


def test_a_file_out_of_form_is_refused(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    path = copy / "facts" / "B05.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    report = _json(capsys, "check", "--content", str(copy), code=1)
    assert any(one["kind"] == "form" and one["file"] == str(path) for one in report["problems"])


def test_export(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    counts = _json(capsys, "export", "--jsonl", str(tmp_path / "out"))
    for name, count in counts.items():
        lines = (tmp_path / "out" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) == count
    entry = json.loads((tmp_path / "out" / "entries.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert {"id", "kind", "question", "similar", "answer", "basis", "effective_from", "review_by"} <= set(entry)


def test_diff(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    path = copy / "entries" / "B05.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("可以补，", "能补，", 1), encoding="utf-8")
    changes = _json(capsys, "diff", str(CONTENT), str(copy))
    assert changes == {"added": [], "removed": [], "changed": ["B05-001"]}


def test_eval_writes_rankings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    corpus, out = tmp_path / "faq.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"standard": "米饭怎么煮", "similar": ["煮饭的办法", "米饭咋煮"], "answer": "加水。"},
        {"standard": "面条怎么煮", "similar": ["煮面的办法", "面条咋煮"], "answer": "水开。"},
    ]
    corpus.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    report = _json(capsys, "eval", "--faq", str(corpus), "--rankings", str(out))
    assert report["n"] == 2
    line = json.loads(out.read_text(encoding="utf-8").splitlines()[1])
    assert set(line) == {"question", "gold", "top"}
    assert line["gold"] == 1
    assert line["top"][0] in (0, 1)


def test_a_review_holds_for_one_version_only() -> None:
    content = tidy()
    first = content.entries[0]
    version = versions_of([*content.entries, *content.procedures], content.facts)[first.id]
    reviewed = replace(content, reviews=(Review(first.id, version, date(2026, 1, 1)),))
    assert stats(content)["reviewed"] == 0
    assert stats(reviewed)["reviewed"] == 1
    edited = replace(first, answer=first.answer + "另有说明。")
    assert stats(replace(reviewed, entries=(edited, *content.entries[1:])))["reviewed"] == 0
    assert content_id(reviewed) == content_id(content)
