"""A difference as the admin pages show it: figures as citizens read them, long stretches folded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from kb.answer import place_facts
from kb.compare import Change, FieldChange, Piece
from kb.figures import FACT
from kb.load import Content
from kb.model import Fact, FactId
from kb.release import Release

LONG = 90
"""Characters of an unchanged stretch that is shown whole."""
EDGE = 30
"""Characters of a longer one that are left beside a change."""
FOLDED = "…"


@dataclass(frozen=True, slots=True)
class Word:
    """Some text. fact: the figure it is the value of; empty for other words."""

    text: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """mark: «=», «-», «+» as in kb.compare; FOLDED for a stretch in both that nobody need read."""

    mark: str
    words: tuple[Word, ...]

    @property
    def size(self) -> int:
        """Characters, as they are read."""
        return sum(len(word.text) for word in self.words)


@dataclass(frozen=True, slots=True)
class ShownField:
    """One changed field: a text in parts, or a list by what went, what came and how many stayed."""

    name: str
    parts: tuple[Part, ...] = ()
    gone: tuple[tuple[Word, ...], ...] = ()
    came: tuple[tuple[Word, ...], ...] = ()
    kept: int = 0


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One changed item."""

    mark: str
    key: str
    title: str
    fields: tuple[ShownField, ...]


def shown_changes(changes: Iterable[Change], release: Release, on: date) -> Iterator[ShownChange]:
    """Changes with their figures as the release reads them on a day."""
    for one in changes:
        yield ShownChange(one.mark, one.key, one.title, tuple(shown_fields(one.fields, release, on)))


def shown_fields(fields: Iterable[FieldChange], release: Release, on: date) -> Iterator[ShownField]:
    """Changed fields with their figures as the release reads them on a day."""
    for field in fields:
        if field.is_list:
            gone, came = ([_words(line, release, on) for line in lines] for lines in (field.gone, field.came))
            yield ShownField(field.name, (), tuple(gone), tuple(came), field.kept)
        else:
            yield ShownField(field.name, tuple(_folded(field.pieces, release, on)))


def with_facts(release: Release, content: Content) -> Release:
    """The release with the figures of content that would follow it: its new words may place new figures."""
    rows: dict[FactId, tuple[Fact, ...]] = {}
    for fact in sorted(content.facts, key=lambda one: one.applies_from):
        rows[fact.id] = (*rows.get(fact.id, ()), fact)
    return replace(release, facts={**release.facts, **rows})


def _words(text: str, release: Release, on: date) -> tuple[Word, ...]:
    words: list[Word] = []
    end = 0
    for found in FACT.finditer(text):
        words += [Word(text[end : found.start()]), Word(place_facts(release, found.group(), on), found.group(1))]
        end = found.end()
    return tuple(word for word in (*words, Word(text[end:])) if word.text)


def _folded(pieces: tuple[Piece, ...], release: Release, on: date) -> Iterator[Part]:
    for number, piece in enumerate(pieces):
        part = Part(piece.mark, _words(piece.text, release, on))
        if piece.mark != "=" or part.size <= LONG:
            yield part
            continue
        atoms = list(_atoms(part.words))
        head = EDGE if number else 0
        tail = EDGE if number < len(pieces) - 1 else 0
        cuts = (("=", atoms[:head]), (FOLDED, atoms[head : len(atoms) - tail]), ("=", atoms[len(atoms) - tail :]))
        yield from (Part(mark, _joined(some)) for mark, some in cuts if some)


def _atoms(words: Iterable[Word]) -> Iterator[Word]:
    """Letters one by one; a figure is not cut."""
    for word in words:
        yield from [word] if word.fact else (Word(letter) for letter in word.text)


def _joined(atoms: list[Word]) -> tuple[Word, ...]:
    words: list[Word] = []
    for is_fact, same in groupby(atoms, key=lambda one: bool(one.fact)):
        run = list(same)
        words += run if is_fact else [Word("".join(one.text for one in run))]
    return tuple(words)
