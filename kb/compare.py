"""What would change between two contents, down to the words. Pure; for the shell and the page alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from kb.cutter import Cutter
from kb.load import Content
from kb.model import Entry, Fact, Golden, Procedure
from kb.plain import FIELDS
from kb.release import Release

_PARTS = re.compile(r"\{fact:[^}]*\}|\s+|[^\s{]+|\{")
"""A placed figure is one word."""
Item = Entry | Fact | Golden | Procedure
VALUES = {
    "yes": "是",
    "no": "否",
    "unverified": "未核实",
    "law": "法规",
    "key_points": "要点",
    "notice": "通知",
    "practice": "业务惯例",
}
"""Words of the content files as editors know them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text. mark: «=» in both, «-» only in the old, «+» only in the new."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose text differs. name: as editors know it.

    gone, came: of a list, one thing a line, the lines that differ; kept: how many do not. None of them in a text.
    """

    name: str
    pieces: tuple[Piece, ...]
    gone: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    kept: int = 0

    @property
    def is_list(self) -> bool:
        """Whether lines are told rather than words."""
        return bool(self.gone or self.came)


@dataclass(frozen=True, slots=True)
class Change:
    """An item that came («+»), went («-») or differs («~»). key: entry:ID, fact:ID@DAY … title: in a few words."""

    mark: str
    key: str
    title: str
    fields: tuple[FieldChange, ...] = ()


def compare(old: Content, new: Content) -> list[Change]:
    """Every entry, procedure, figure and golden question that differs, by kind and id."""
    changes: list[Change] = []
    for before, after in zip(_kinds(old), _kinds(new), strict=True):
        for key in sorted(before.keys() | after.keys()):
            changes += _change(key, before.get(key), after.get(key))
    return changes


def _kinds(content: Content) -> list[Mapping[str, Item]]:
    return [
        {f"entry:{one.id}": one for one in content.entries},
        {f"procedure:{one.id}": one for one in content.procedures},
        {f"fact:{one.id}@{one.applies_from}": one for one in content.facts},
        {f"golden:{one.question}": one for one in content.golden},
    ]


def _change(key: str, before: Item | None, after: Item | None) -> Iterator[Change]:
    if after is None:
        if before is not None:
            yield Change("-", key, _title(before))
    elif before is None:
        yield Change("+", key, _title(after))
    elif before != after:
        yield Change("~", key, _title(after), tuple(field_changes(before, after)))


def field_changes(before: Item, after: Item) -> Iterator[FieldChange]:
    """The fields of two items of one kind that differ, word by word."""
    for field in fields(after):
        name = field.name
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            pieces = words_changed(_text(one), _text(other))
            yield FieldChange(FIELDS.get(name, name), pieces, *_lines_changed(one, other))


def _lines_changed(before: Any, after: Any) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Lines only in the old list, only in the new one, and how many in both; another order alone is told as words."""
    if not (isinstance(before, tuple) and isinstance(after, tuple)):
        return (), (), 0
    old, new = list(map(_text, before)), list(map(_text, after))
    gone, came = tuple(one for one in old if one not in new), tuple(one for one in new if one not in old)
    return gone, came, len(new) - len(came)


def words_changed(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts as one row of pieces: read all but «+» for the old text, all but «-» for the new."""
    before, after = _cut(old), _cut(new)
    pieces: list[Piece] = []
    for act, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if act == "equal":
            pieces.append(Piece("=", "".join(before[i:j])))
            continue
        if j > i:
            pieces.append(Piece("-", "".join(before[i:j])))
        if m > k:
            pieces.append(Piece("+", "".join(after[k:m])))
    return tuple(pieces)


def _cut(text: str) -> list[str]:
    words: list[str] = []
    for part in _PARTS.findall(text):
        words += [part] if part[0] == "{" or part.isspace() else _cutter().cut(part)
    return words


@cache
def _cutter() -> Cutter:
    return Cutter(set())


def lines(changes: list[Change]) -> Iterator[str]:
    """The changes for a terminal: [-gone-] and {+come+}."""
    for change in changes:
        yield f"{change.mark} {change.key}  {change.title}"
        for field in change.fields:
            yield f"    {field.name}: {''.join(map(_marked, field.pieces))}"


def _marked(piece: Piece) -> str:
    return {"=": piece.text, "-": f"[-{piece.text}-]", "+": f"{{+{piece.text}+}}"}[piece.mark]


def _title(item: Item) -> str:
    match item:
        case Entry() | Golden():
            return item.question
        case Procedure():
            return item.title
        case Fact():
            return item.of


def _text(value: Any) -> str:
    """A value as one reads it: a list one thing a line."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(map(_text, value))
    if is_dataclass(value):
        return " ".join(filter(None, (_text(getattr(value, field.name)) for field in fields(value))))
    return VALUES.get(str(value), str(value))


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two releases, by id; an item changed when what we would say changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def diff(old: Release, new: Release) -> Difference:
    """Entries and procedures that came, went or changed."""
    before, after = old.versions, new.versions
    return Difference(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(sorted(key for key in before.keys() & after.keys() if before[key] != after[key])),
    )
