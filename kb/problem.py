"""A problem of the content, with the place where it is mended."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from kb.load import Content, Place


@dataclass(frozen=True, slots=True)
class Problem:
    """file, line: where to look. kind: one word, stable. why: one sentence. warning: said, but refuses nothing."""

    file: Path
    line: int
    kind: str
    why: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning ' if self.warning else ''}{self.kind}: {self.why}"


def problem(content: Content, key: str, kind: str, why: str, *path: Hashable, warning: bool = False) -> Problem:
    """A problem of an item, at the line of the named part of it."""
    place = content.places.get(key, Place(Path(key), 1))
    return Problem(place.file, place.of(*path), kind, why, warning)
