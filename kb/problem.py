"""A problem of the content, with the place where it is mended."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from kb import plain
from kb.load import Content, Place


@dataclass(frozen=True, slots=True)
class Problem:
    """file, line: where to look. kind: one word, stable. why: one sentence for the shell. warning: said, but refuses
    nothing. item, field: entry:ID … and the part of it, for editors, who have no files; says: the same in their words.
    """

    file: Path
    line: int
    kind: str
    why: str
    warning: bool = False
    item: str = ""
    field: str = ""
    says: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning ' if self.warning else ''}{self.kind}: {self.why}"


def problem(
    content: Content,
    key: str,
    kind: str,
    why: str,
    *path: Hashable,
    about: tuple[object, ...] = (),
    warning: bool = False,
) -> Problem:
    """A problem of an item, at the line of the named part of it.

    kind: with its case where there are several («cite.article»), as in kb.plain. about: what the words there speak of.
    """
    place = content.places.get(key, Place(Path(key), 1))
    field = str(path[0]) if path else ""
    says = plain.says(kind, *about)
    return Problem(place.file, place.of(*path), kind.partition(".")[0], why, warning, key, field, says)
