"""The canonical form: reading it back gives the same items, writing it again the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.__main__ import SHAPES
from kb.canonical import canonical
from kb.load import CONTENT, read_items
from kb.model import Golden
from tests.kb.tidy import entry, fact, procedure

FILES = [path for folder in SHAPES for path in sorted((CONTENT / folder).glob("*.yaml"))]


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_every_file_survives(path: Path, tmp_path: Path) -> None:
    shape = SHAPES[path.parent.name]
    items = read_items(path, shape)
    again = tmp_path / path.name
    again.write_text(canonical(items), encoding="utf-8")
    assert read_items(again, shape) == items
    assert canonical(read_items(again, shape)) == again.read_text(encoding="utf-8")


def test_the_worked_example_is_canonical() -> None:
    path = CONTENT / "facts" / "B05.yaml"
    assert canonical(read_items(path, SHAPES["facts"])) == path.read_text(encoding="utf-8")


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_any_line_of_text_survives(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "B05.yaml"
        items = [Golden(text, (text,), note=text)]
        path.write_text(canonical(items), encoding="utf-8")
        assert read_items(path, Golden) == items


def test_defaults_are_left_out(tmp_path: Path) -> None:
    text = canonical([replace(entry("B05", "甲"), online="yes")])
    assert "effective_to" not in text
    assert "  online: yes\n" in text
    assert canonical([fact()]).startswith("- id: F-B05-01\n  value: 1\n  unit: 日\n")
    assert "{n: 1, do: 到窗口申请。}" in canonical([procedure()])
