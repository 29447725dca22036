"""Question files: any FAQ corpus with its split, and lines of JSON read with clear words about what is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.index import Group

Ranking = Sequence[int]
"""Rows of the file, best first."""


class BadQuestions(ValueError):
    """A question file that cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Split:
    """groups: what may be learned from, by row. queries: held-out wording and the row it belongs to."""

    groups: tuple[Group, ...]
    queries: tuple[tuple[str, int], ...]


def read_faq(path: Path) -> Split:
    """A corpus of lines {"standard", "similar", "answer"}, split.

    In each group with two or more different similar questions, the one with the smallest sha256 of its text is held
    out. Raises BadQuestions.
    """
    groups: list[Group] = []
    queries: list[tuple[str, int]] = []
    for row, line in enumerate(question_lines(path)):
        standard, similar = line.get("standard"), line.get("similar", [])
        texts = [standard, *similar] if isinstance(similar, list) else []
        if not isinstance(standard, str) or not texts or not all(isinstance(text, str) for text in texts):
            raise BadQuestions(f"{path}:{row + 1}: needs “standard” (text) and “similar” (a list of texts)")
        different = list(dict.fromkeys(similar))
        if len(different) >= 2:
            held = min(different, key=lambda text: hashlib.sha256(text.encode()).hexdigest())
            different.remove(held)
            queries.append((held, row))
        groups.append(Group(str(row), (standard, *different), str(line.get("answer") or "")))
    return Split(tuple(groups), tuple(queries))


def question_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines; empty lines are skipped. Raises BadQuestions."""
    found = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadQuestions(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise BadQuestions(f"{path}:{number}: not an object")
        found.append(row)
    return found
