"""A field: bags of terms as arrays, read both ways — which documents hold a term, and which terms a document holds.

A document has terms of several kinds (words, bigrams); each kind is a vector of length one by itself. `promise` looks
at all documents through the rarer terms of a query and is cheap; `measure` is exact, for the few documents that matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Numbers = NDArray[np.intp]
Bag = Mapping[str, int]

COMMON = 0.08
"""A term in more than this share of the documents is left out of `promise`, unless nothing rarer was asked."""
FEW = 200
"""Spans shorter than this cost nothing and are never left out."""


@dataclass(frozen=True, slots=True)
class Field:
    """A term's row in a kind is its number in the vocabulary plus the first row of the kind.

    starts, docs, weights: the documents of each row, ascending, and tf-idf there. begins, rows, values: the rows of
    each document, ascending, and the same tf-idf. idf: rarity of each row; of one that nobody holds, `unknown`.
    mass: per kind and document, the rarity of its distinct terms together. kinds: first row of each kind, and the end.
    """

    starts: Ints
    docs: Ints
    weights: Floats
    begins: Ints
    rows: Ints
    values: Floats
    idf: Floats
    mass: Floats
    kinds: Ints
    unknown: float

    @property
    def size(self) -> int:
        """How many documents."""
        return len(self.begins) - 1

    def query(self, bags: Sequence[Numbered]) -> Query:
        """Numbered terms, one bag a kind, as weights on the rows of this field."""
        count = len(bags)
        rows = np.concatenate([bag.numbers + first for bag, first in zip(bags, self.kinds.tolist(), strict=False)])
        kinds = np.arange(count).repeat([len(bag.numbers) for bag in bags])
        outside = np.array([bag.outside for bag in bags])
        idf = self.idf[rows]
        weights = idf * np.concatenate([bag.factors for bag in bags])
        length = np.sqrt(np.bincount(kinds, weights * weights, count) + self.unknown**2 * outside)
        total = np.bincount(kinds, idf, count) + self.unknown * outside
        held = self.starts[rows + 1] > self.starts[rows]
        strange = total - np.bincount(kinds, idf * held, count)
        weights /= np.maximum(length, 1e-9)[kinds].astype(np.float32)
        return Query(rows[held], weights[held], kinds[held], np.maximum(total, 1e-9), strange)

    def promise(self, query: Query) -> NDArray[np.float64]:
        """Sum of the cosines of all kinds with every document, by the rarer terms only."""
        if not len(query.rows):
            return np.zeros(self.size)
        first, last = self.starts[query.rows], self.starts[query.rows + 1]
        sizes = last - first
        keep = sizes <= max(FEW, int(COMMON * self.size))
        if not keep.any():
            keep[:] = True
        spans = [slice(a, b) for a, b in zip(first[keep].tolist(), last[keep].tolist(), strict=True)]
        docs = np.concatenate([self.docs[span] for span in spans])
        found = np.concatenate([self.weights[span] for span in spans])
        found *= query.weights[keep].repeat(sizes[keep])
        return np.bincount(docs, found, self.size).astype(np.float64, copy=False)

    def measure(self, query: Query, documents: Numbers, spans: Sequence[tuple[int, int]]) -> Measured:
        """Exact agreement of a query with some documents, which are those of the spans (first, end) one by one."""
        kinds, count = len(self.kinds) - 1, len(documents)
        sizes = self.begins[documents + 1] - self.begins[documents]
        nothing = np.zeros((kinds, count))
        if not len(query.rows) or not sizes.any():
            return Measured(nothing, nothing)
        # Copied span by span: half the time of gathering number by number.
        bounds = self.begins[np.array(spans)].tolist()
        rows = np.concatenate([self.rows[begin:end] for begin, end in bounds])
        values = np.concatenate([self.values[begin:end] for begin, end in bounds])
        # One slot a row: far quicker than searching seven thousand rows for thirty.
        slots = np.zeros(len(self.idf), np.int16)
        slots[query.rows] = np.arange(1, len(query.rows) + 1)
        at = slots[rows]
        hit = at.nonzero()[0]
        at = at[hit] - 1
        cell = np.arange(count).repeat(sizes)[hit] + count * query.kinds[at]
        cosine = np.bincount(cell, query.weights[at] * values[hit], kinds * count)
        shared = np.bincount(cell, self.idf[query.rows[at]], kinds * count)
        return Measured(nothing + cosine.reshape(kinds, count), nothing + shared.reshape(kinds, count))


class Query(NamedTuple):
    """rows: those of its terms that somebody holds. weights: of length one within a kind. kinds: of each row. total:
    per kind, rarity of all that was asked; strange: of what nobody holds."""

    rows: Numbers
    weights: Floats
    kinds: Numbers
    total: NDArray[np.float64]
    strange: NDArray[np.float64]


class Measured(NamedTuple):
    """cosine: 0..1; shared: rarity of what both hold. One line a kind, one column a document."""

    cosine: NDArray[np.float64]
    shared: NDArray[np.float64]


class Numbered(NamedTuple):
    """A bag of terms as numbers of a vocabulary. factors: 1 + log of how often each stands. outside: how many distinct
    terms the vocabulary does not have."""

    numbers: Numbers
    factors: Floats
    outside: int = 0


def numbered(bag: Bag, vocabulary: Mapping[str, int]) -> Numbered:
    """A query's bag of terms, looked up once for all fields."""
    found = [(number, count) for term, count in bag.items() if (number := vocabulary.get(term)) is not None]
    factors = [1.0 + log(count) if count > 1 else 1.0 for _, count in found]
    numbers = np.array([number for number, _ in found], np.intp)
    return Numbered(numbers, np.array(factors, np.float32), len(bag) - len(found))


def build_field(bags: Sequence[Sequence[Bag]], vocabularies: Sequence[dict[str, int]]) -> Field:
    """A field over documents; bags: per kind, one bag a document; vocabularies: of each kind, holding all its terms."""
    size = len(bags[0])
    kinds = np.cumsum([0, *map(len, vocabularies)])
    parts = [_cells(*one) for one in zip(bags, vocabularies, kinds.tolist(), strict=False)]
    rows, docs, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    holders = np.bincount(rows, minlength=kinds[-1])
    idf = rarity(holders, size)
    weights = (1.0 + np.log(counts)) * idf[rows]
    kind = np.searchsorted(kinds, rows, side="right") - 1
    cell = docs + size * kind
    length = np.sqrt(np.bincount(cell, weights**2, minlength=size * len(bags)))
    weights = weights / np.maximum(length, 1e-9)[cell]
    by_row, by_doc = np.lexsort((docs, rows)), np.lexsort((rows, docs))
    return Field(
        _starts(holders),
        docs[by_row].astype(np.int32),
        weights[by_row].astype(np.float32),
        _starts(np.bincount(docs, minlength=size)),
        rows[by_doc].astype(np.int32),
        weights[by_doc].astype(np.float32),
        idf.astype(np.float32),
        np.bincount(cell, idf[rows], minlength=size * len(bags)).reshape(len(bags), size).astype(np.float32),
        kinds.astype(np.int32),
        float(rarity(np.array([0]), size)[0]),
    )


def _cells(documents: Sequence[Bag], vocabulary: dict[str, int], first: int) -> tuple[Numbers, Numbers, Numbers]:
    """Row, document and count of everything that stands in some bags."""
    rows = [vocabulary[term] for bag in documents for term in bag]
    counts = [count for bag in documents for count in bag.values()]
    docs = np.repeat(np.arange(len(documents)), [len(bag) for bag in documents])
    return np.array(rows, np.intp) + first, docs, np.array(counts, np.intp)


def _starts(sizes: NDArray[np.integer]) -> Ints:
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)


def rarity(holders: NDArray[np.integer], documents: int) -> NDArray[np.float64]:
    """How much a term says that so many of the documents hold: BM25's idf, never negative."""
    return np.log1p((documents - holders + 0.5) / (holders + 0.5))
