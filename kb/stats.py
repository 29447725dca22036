"""kb stats and kb export: how much we know, counted honestly; and all of it as lines of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb import check_base, check_items, check_words
from kb.hashes import versions_of
from kb.load import Content, adapter


def stats(content: Content) -> dict[str, Any]:
    """Counts of everything.

    reviewed: entries and procedures whose present version is in the ledger. below_plan: sub-categories that hold less
    than the taxonomy plans.
    """
    taxonomy = content.taxonomy
    subs = [sub for category in taxonomy.categories for sub in category.subcategories]
    homes = _by_subcategory(content)
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
        "twins": sum(1 for _ in check_base.twins(content)),
        "referrals": sum(one.kind == "referral" for one in content.entries),
        "refusals": sum(one.kind == "refusal" for one in content.entries),
        "english": sum(one.en is not None for one in content.entries),
        "below_plan": [code for code, row in homes.items() if _is_below(row)],
        "by_subcategory": homes,
    }


def _reviewed(content: Content) -> int:
    versions = versions_of([*content.entries, *content.procedures], content.facts)
    return sum(versions.get(review.id) == review.version for review in content.reviews)


def _is_below(row: dict[str, int]) -> bool:
    return row["entries"] < row["plan_entries"] or row["procedures"] < row["plan_procedures"]


def _by_subcategory(content: Content) -> dict[str, dict[str, int]]:
    versions = versions_of([*content.entries, *content.procedures], content.facts)
    read = Counter(_home(one.id) for one in content.reviews if versions.get(one.id) == one.version)
    entries = Counter(str(one.subcategory) for one in content.entries)
    procedures = Counter(str(one.taxonomy) for one in content.procedures)
    golden = Counter(_golden_homes(content))
    missing = Counter(_golden_homes(replace(content, golden=tuple(one for one in content.golden if not one.gold))))
    return {
        str(sub.code): {
            "entries": entries[sub.code],
            "procedures": procedures[sub.code],
            "golden": golden[sub.code],
            "missing": missing[sub.code],
            "reviewed": read[sub.code],
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
            yield _home(one.gold[0])


def _home(key: str) -> str:
    return key.removeprefix("PR-")[:3]


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
