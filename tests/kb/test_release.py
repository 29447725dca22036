"""A release: the same content gives the same name; the compiled form is the same release, quickly."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.compare import diff
from kb.hashes import content_id
from kb.model import EntryId
from kb.release import build, open_release
from kb.search import search
from tests.kb.tidy import TODAY, fact, tidy, with_entry
from tests.small import small_files


def test_the_order_of_files_and_items_does_not_matter() -> None:
    content = tidy()
    assert content_id(replace(content, entries=content.entries[::-1])) == build(content).id
    assert content_id(with_entry(content, answer="不能办。")) != content_id(content)


def test_the_version_of_an_item_changes_with_what_it_would_say() -> None:
    content = tidy()
    before, after = build(content), build(replace(content, facts=(replace(fact(), value=2),)))
    assert before.version("B05-001") != after.version("B05-001")
    assert before.version("没有") == ""
    changes = diff(before, after)
    assert (changes.added, changes.removed) == ((), ())
    assert "B05-001" in changes.changed


def test_diff_names_what_came_and_went() -> None:
    content = tidy()
    fewer = replace(content, entries=content.entries[1:])
    gone = str(content.entries[0].id)
    assert diff(build(content), build(fewer)).removed == (gone,)
    assert diff(build(fewer), build(content)).added == (gone,)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content")
    small_files(folder)
    return folder


def test_the_compiled_form_answers_the_same(small: Path, tmp_path: Path) -> None:
    fresh = open_release(small, tmp_path)
    again = open_release(small, tmp_path)
    assert (again.id, again.versions, again.shelves) == (fresh.id, fresh.versions, fresh.shelves)
    assert again.entries == fresh.entries
    assert again.procedures.keys() == fresh.procedures.keys()
    for text in ("驾驶证丢了怎么补办", "外地车进京证", "天气"):
        assert search(again, text, TODAY) == search(fresh, text, TODAY)
    assert len(list(tmp_path.glob("*.npz"))) == 1
    assert not list(tmp_path.glob("*.part"))


def test_a_broken_cache_is_made_anew(small: Path, tmp_path: Path) -> None:
    release = open_release(small, tmp_path)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(path.read_bytes()[:1000])
    assert open_release(small, tmp_path).id == release.id
    assert path.stat().st_size > 1000


def test_changed_files_are_never_served_from_the_cache(small: Path, tmp_path: Path) -> None:
    content, cache = tmp_path / "content", tmp_path / "cache"
    shutil.copytree(small, content)
    before = open_release(content, cache)
    (content / "golden" / "B05.yaml").unlink()
    assert open_release(content, cache).id != before.id


def test_a_cache_that_cannot_be_written_does_no_harm(small: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert open_release(small, blocked).entries


def test_shelves_hold_entries_then_procedures() -> None:
    release = build(tidy())
    assert release.items_of("B05") == (("entry:B05-001", release.title("B05-001")), ("procedure:PR-B05-01", "补领证件"))
    assert release.items_of("Z99") == ()


def test_categories_are_found_by_code() -> None:
    release = build(tidy())
    category, sub = release.category("B"), release.subcategory("B05")
    assert category is not None
    assert sub is not None
    assert sub in category.subcategories
    assert release.category("Z") is None
    assert release.subcategory("Z01") is None


def test_what_is_not_in_force_is_not_found() -> None:
    content = with_entry(tidy(), effective_to=date(2026, 7, 1))
    release, question = build(content), build(content).title("B05-001")
    found = {on: [one.id for one in search(release, question, on).candidates] for on in (date(2026, 7, 1), TODAY)}
    assert found[date(2026, 7, 1)][0] == "B05-001"
    assert "B05-001" not in found[TODAY]
    assert EntryId("B05-001") in release.entries


def test_a_draft_procedure_is_not_served() -> None:
    content = tidy()
    draft = replace(content, procedures=(replace(content.procedures[0], status="draft"),))
    assert build(draft).procedures == {}
