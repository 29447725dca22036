"""The examination: questions written from the scopes alone, with the items that answer them, asked of a release.

They lie beside the content (`kb/exam/<sub-category>.yaml`, in the shape of golden questions) and are not part of a
release. `none.yaml` holds what must not be answered; elsewhere a question without gold is missing knowledge. Half of
them, by their hash, is frozen: for measuring only, never looked into while tuning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

from kb.decide import Close, NoAnswer, Sure
from kb.load import Content, read_items
from kb.model import Golden
from kb.problem import Problem
from kb.release import Release
from kb.search import Found, search
from kb.text import solid

EXAM = Path(__file__).parent / "exam"
LOCK = EXAM / "frozen.lock"
NONE = "none"
BINS = 10
Z = 1.96
"""Of a 95 % interval."""


def read_exam(folder: Path = EXAM) -> dict[str, tuple[Golden, ...]]:
    """Questions by the name of their file. Raises ContentError."""
    return {path.stem: tuple(read_items(path, Golden)) for path in sorted(folder.glob("*.yaml"))}


def frozen_hash(exam: Mapping[str, Sequence[Golden]]) -> str:
    """sha256 over the frozen questions; labels may still be mended."""
    questions = sorted(one.question for rows in exam.values() for one in rows if one.half == "frozen")
    return hashlib.sha256("\n".join(questions).encode()).hexdigest()


def check_exam(content: Content, folder: Path) -> Iterator[Problem]:
    """Labels name what exists, no question is a wording, and the frozen half is the one that was locked."""
    exam = read_exam(folder)
    known = {*(str(one.id) for one in content.entries), *(str(one.id) for one in content.procedures)}
    said = {solid(text): one.id for one in content.entries for text in (one.question, *one.similar)}
    for name, rows in exam.items():
        for one in rows:
            strange = [key for key in one.gold if key not in known]
            if strange:
                yield Problem(
                    folder / f"{name}.yaml", 1, "link", f"“{one.question}” names {strange[0]}, which is not there"
                )
            if owner := said.get(solid(one.question)):
                yield Problem(folder / f"{name}.yaml", 1, "golden_known", f"“{one.question}” is a wording of {owner}")
    lock = folder / LOCK.name
    if lock.exists() and lock.read_text("utf-8").strip() != frozen_hash(exam):
        yield Problem(lock, 1, "frozen", "the frozen half is not the one that was locked")


def score(release: Release, exam: Mapping[str, Sequence[Golden]], half: str, on: date) -> dict[str, Any]:
    """How a release does in one half.

    first: share of the answerable whose right item stands first; offered: right first and sure, or among what is
    offered; wrong_sure: share said with confidence and wrong; false_answers: share of what must not be answered that
    was; calibration: expected calibration error of the first score; missing: questions no item answers.
    """
    rows = [
        (name, one, search(release, one.question, on))
        for name, part in exam.items()
        for one in part
        if one.half == half
    ]
    asked = [(name, one, found) for name, one, found in rows if one.gold]
    off = [found for name, _, found in rows if name == NONE]
    hits = {name: [_is_offered(one, found) for at, one, found in asked if at == name] for name, _, _ in asked}
    homes = {name: {"n": len(row), "offered": _share(row), "interval": _wilson(row)} for name, row in hits.items()}
    return {
        "half": half,
        "n": len(asked),
        "first": _share(_is_first(one, found) for _, one, found in asked),
        "offered": _share(_is_offered(one, found) for _, one, found in asked),
        "sure": _share(isinstance(found.decision, Sure) for _, _, found in asked),
        "wrong_sure": _share(isinstance(found.decision, Sure) and not _is_first(one, found) for _, one, found in asked),
        "off_topic": len(off),
        "false_answers": _share(isinstance(found.decision, Sure) for found in off),
        "offered_off_topic": _share(isinstance(found.decision, Close) for found in off),
        "calibration": _calibration([(found, _is_first(one, found)) for _, one, found in asked if found.candidates]),
        "missing": sum(not one.gold for name, one, _ in rows if name != NONE),
        "by_subcategory": homes,
    }


def _is_first(one: Golden, found: Found) -> bool:
    return bool(found.candidates) and found.candidates[0].id in one.gold and not isinstance(found.decision, NoAnswer)


def _is_offered(one: Golden, found: Found) -> bool:
    match found.decision:
        case Sure(candidate=best):
            return best.id in one.gold
        case Close(candidates=several):
            return any(candidate.id in one.gold for candidate in several)
        case NoAnswer():
            return False


def _share(hits: Iterable[bool]) -> float:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else 0.0


def _wilson(hits: Sequence[bool]) -> list[float]:
    """95 % interval of a share."""
    n, p = len(hits), sum(hits) / len(hits)
    middle, width = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return [round((middle - width) / (1 + Z * Z / n), 3), round((middle + width) / (1 + Z * Z / n), 3)]


def _calibration(pairs: Sequence[tuple[Found, bool]]) -> float:
    """Mean distance between what was promised and what was kept, over ten bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for found, right in pairs:
        promised = found.candidates[0].score
        bins.setdefault(min(BINS - 1, int(promised * BINS)), []).append((promised, right))
    off = (abs(sum(p for p, _ in row) - sum(r for _, r in row)) for row in bins.values())
    return round(sum(off) / max(1, len(pairs)), 4)
