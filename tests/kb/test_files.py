"""Content goes out and comes back byte by byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kb.files import files_id, load_files, pack, read_files, unpack, with_entry, write_files
from kb.hashes import content_id
from kb.load import CONTENT, load_content


def test_files_come_back_byte_by_byte(tmp_path: Path) -> None:
    files = unpack(pack(read_files()))
    write_files(files, tmp_path)
    for name in files:
        assert (tmp_path / name).read_bytes() == (CONTENT / name).read_bytes()
    assert content_id(load_content(tmp_path)) == content_id(load_content())
    assert files_id(read_files(tmp_path)) == files_id(files)
    assert write_files(files, tmp_path) == (0, 0)


def test_an_edit_rewrites_its_file_alone() -> None:
    files = read_files()
    entry = load_content().entries[40]
    assert with_entry(files, entry) == files
    changed = replace(entry, answer="换了一句话。\n")
    edited = with_entry(files, changed)
    assert {name for name in files if files[name] != edited[name]} == {f"entries/{entry.subcategory}.yaml"}
    assert next(one for one in load_files(edited).entries if one.id == entry.id) == changed


def test_files_that_went_are_removed(tmp_path: Path) -> None:
    files = read_files()
    write_files(files, tmp_path)
    fewer = {name: text for name, text in files.items() if name != "golden/B05.yaml"}
    assert write_files(fewer, tmp_path) == (0, 1)
    assert read_files(tmp_path) == fewer
