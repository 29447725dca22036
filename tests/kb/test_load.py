"""Content files: three words stay words, lines are known, and every mistake is one clear sentence with its place."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from kb.load import CONTENT, ContentError, content_files, load_content

FACT = """\
- id: F-B05-01
  value: {value}
  unit: 日
  of: 期限
  applies_from: 2022-04-01
  law: driving-licence-rules
  article: 第六十九条
  checked_on: 2026-07-28
  verified: text
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A content folder with the tree and nothing else."""
    shutil.copy(CONTENT / "taxonomy.yaml", tmp_path)
    (tmp_path / "facts").mkdir()
    return tmp_path


def _wrong(base: Path, text: str) -> ContentError:
    (base / "facts" / "B05.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_content(base)
    return caught.value


def test_the_shipped_content_loads_with_places() -> None:
    content = load_content()
    place = content.places["entry:B05-001"]
    lines = place.file.read_text(encoding="utf-8").splitlines()
    entry = next(one for one in content.entries if one.id == "B05-001")
    assert lines[place.line - 1].startswith("- id: B05-001")
    assert entry.similar[2] in lines[place.of("similar", 2) - 1]
    assert place.of("nothing", 3) == place.line


def test_yes_and_no_stay_words() -> None:
    content = load_content()
    ways = [way.available for one in content.procedures for way in one.channels]
    assert {"yes", "unverified"} <= set(ways)
    conditions = [asked.when for one in content.procedures for asked in one.preconditions]
    assert {"is": "yes"} in conditions


@pytest.mark.parametrize(
    ("written", "value"),
    [("3", 3), ("0.5", 0.5), ("[20, 200]", (20, 200)), ("9时至17时", "9时至17时"), ('"3"', "3"), ("7:30", "7:30")],
)
def test_values_keep_their_kind(base: Path, written: str, value: object) -> None:
    (base / "facts" / "B05.yaml").write_text(FACT.format(value=written), encoding="utf-8")
    fact = load_content(base).facts[0]
    assert fact.value == value
    assert fact.applies_from == date(2022, 4, 1)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (FACT.format(value="3") + "  colour: red\n", 10, "colour"),
        (FACT.format(value="3").replace("  unit: 日\n", ""), 1, "unit"),
        (FACT.format(value="3").replace("verified: text", "verified: maybe"), 9, "verified"),
        (FACT.format(value="3") + FACT.format(value="4"), 10, "twice"),
        (FACT.format(value="3") + "  unit: 天\n", 10, "twice"),
        (FACT.format(value="3").replace("2022-04-01", "2022-13-01"), 5, "no such day"),
        ("- id: [", 2, "not YAML"),
        ("id: F-B05-01\n", 1, "list"),
        ("- just text\n", 1, "dictionary"),
    ],
    ids=[
        "unknown field",
        "missing field",
        "bad word",
        "same id",
        "same key",
        "no such day",
        "bad yaml",
        "no list",
        "no item",
    ],
)
def test_a_mistake_is_named_with_its_line(base: Path, text: str, line: int, why: str) -> None:
    error = _wrong(base, text)
    assert error.file.name == "B05.yaml"
    assert error.line == line
    assert why in error.why


def test_a_file_that_is_not_utf8(base: Path) -> None:
    (base / "facts" / "B05.yaml").write_bytes("- 名".encode("gbk"))
    with pytest.raises(ContentError, match="UTF-8"):
        load_content(base)


def test_a_missing_tree_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="version"):
        load_content(tmp_path)


def test_nothing_else_need_be_there(base: Path) -> None:
    content = load_content(base)
    assert (content.entries, content.courtesies, content.phrasings) == ((), (), 0)
    assert [path.name for path in content_files(base)] == ["taxonomy.yaml"]
