"""What would change between two contents, down to the words. Pure; for the shell and the page alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from kb.cutter import Cutter
from kb.load import Content
from kb.model import Entry, Fact, Golden, Procedure
from kb.release import Release

_PARTS = re.compile(r"\{fact:[^}]*\}|\s+|[^\s{]+|\{")
"""A placed figure is one word."""
Item = Entry | Fact | Golden | Procedure
NAMES = {
    "question": "问题",
    "similar": "其他问法",
    "answer": "答案",
    "related": "相关",
    "review_by": "复核期限",
    "effective_from": "生效日期",
    "effective_to": "失效日期",
    "basis": "依据",
    "value": "数值",
}
"""Fields as editors know them; others by their own name."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text. mark: «=» in both, «-» only in the old, «+» only in the new."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose text differs. name: as editors know it."""

    name: str
    pieces: tuple[Piece, ...]


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
            yield FieldChange(NAMES.get(name, name), words_changed(_text(one), _text(other)))


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
    return str(value)


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
