"""kb stats and kb export: how much we know, counted honestly; and all of it as lines of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kb import check_items, check_words
from kb.load import Content, adapter
from kb.release import versions_of


def stats(content: Content) -> dict[str, Any]:
    """The counts of design.md §5. reviewed: entries and procedures whose present version is in the ledger."""
    taxonomy = content.taxonomy
    subs = [sub for category in taxonomy.categories for sub in category.subcategories]
    return {
        "categories": len(taxonomy.categories),
        "subcategories": len(subs),
        "entries": len(content.entries),
        "procedures": len(content.procedures),
        "phrasings": content.phrasings,
        "facts": len({fact.id for fact in content.facts}),
        "golden": len(content.golden),
        "reviewed": _reviewed(content),
        "no_basis": sum(not one.basis.cites and one.basis.kind != "practice" for one in content.entries),
        "practice": sum(one.basis.kind == "practice" for one in content.entries),
        "unverified_stated": sum(one.kind == "unverified" for one in check_items.texts(content)),
        "near_duplicates": sum(1 for _ in check_words.near_duplicates(content)),
        "by_subcategory": _by_subcategory(content),
    }


def _reviewed(content: Content) -> int:
    versions = versions_of([*content.entries, *content.procedures], content.facts)
    return sum(versions.get(review.id) == review.version for review in content.reviews)


def _by_subcategory(content: Content) -> dict[str, dict[str, int]]:
    entries = Counter(str(one.subcategory) for one in content.entries)
    procedures = Counter(str(one.taxonomy) for one in content.procedures)
    golden = Counter(_golden_homes(content))
    return {
        str(sub.code): {
            "entries": entries[sub.code],
            "procedures": procedures[sub.code],
            "golden": golden[sub.code],
            "plan_entries": sub.plan_entries,
            "plan_procedures": sub.plan_procedures,
        }
        for category in content.taxonomy.categories
        for sub in category.subcategories
    }


def _golden_homes(content: Content) -> Iterable[str]:
    """A golden question is at home where its file says; one without a file, where its first answer is."""
    for one in content.golden:
        place = content.places.get(f"golden:{one.question}")
        if place:
            yield place.file.stem
        elif one.gold:
            yield one.gold[0].removeprefix("PR-")[:3]


def export(content: Content, folder: Path) -> dict[str, int]:
    """Write entries.jsonl, procedures.jsonl and facts.jsonl; returns how many lines each has."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds: dict[str, tuple[Any, ...]] = {
        "entries": content.entries,
        "procedures": content.procedures,
        "facts": content.facts,
    }
    for name, items in kinds.items():
        lines = (json.dumps(_row(item), ensure_ascii=False) + "\n" for item in items)
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return {name: len(items) for name, items in kinds.items()}


def _row(item: Any) -> dict[str, Any]:
    row: dict[str, Any] = adapter(type(item)).dump_python(item, mode="json", exclude_none=True)
    return row
