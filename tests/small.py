"""A small content folder cut out of the real one: a question for every sub-category, all of B05, quick to compile."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from kb.canonical import canonical
from kb.files import Files, read_files, write_files
from kb.load import load_content
from kb.model import Entry


def small_files(root: Path, each: int = 1) -> Files:
    """Write the folder and return its files. each: entries of a sub-category."""
    files = _files(each)
    write_files(files, root)
    return dict(files)


@cache
def _files(each: int) -> Files:
    whole = load_content()
    kept = [
        one
        for number, one in enumerate(whole.entries)
        if one.id.startswith("B05") or int(one.id[4:]) <= each or number < each
    ]
    known = {f"entry:{one.id}" for one in kept}
    files = {name: text for name, text in read_files().items() if "/" not in name or name.startswith("facts/")}
    for code in sorted({one.subcategory for one in kept}):
        items = [_linked(one, known) for one in kept if one.subcategory == code]
        files[f"entries/{code}.yaml"] = canonical(items)
    golden = [one for one in whole.golden if one.gold and f"entry:{one.gold[0]}" in known]
    golden = [replace(one, gold=tuple(key for key in one.gold if f"entry:{key}" in known)) for one in golden]
    files["golden/B05.yaml"] = canonical([one for one in golden if one.gold[0].startswith("B05")])
    return files


def _linked(one: Entry, known: set[str]) -> Entry:
    return replace(
        one, related=tuple(target for target in one.related if target in known and target != f"entry:{one.id}")
    )
