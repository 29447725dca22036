"""A field: which documents hold a term, and how much it says for each of them (BM25).

A document is a bag of what is asked and a bag of what is answered; a term weighs in both, and both weights are added
when the field is built. The rows of common terms lie as dense vectors: adding two thousand numbers in a row is quicker
than looking up five hundred of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Numbers = NDArray[np.intp]
Bag = Mapping[str, int]

K1, B = 1.5, 0.75
"""BM25: how soon a repeated term says no more, and how far a long document is a disadvantage."""
ANSWER = 0.33
"""What a term in the answer weighs beside the same term in a question."""
COMMON = 0.1
"""A term that more than this share of the documents hold has a dense row."""


@dataclass(frozen=True, slots=True)
class Field:
    """A term is a number; the terms of all kinds (words, pairs of sounds, letters) are numbered through.

    starts, docs, weights: the documents of each sparse row, ascending, and the term's weight there. rows: the row of
    `common` of each term that has one, else -1. common: dense rows. idf: rarity of each term among the questions; of
    one that nobody holds, `unknown`.
    """

    starts: Ints
    docs: Ints
    weights: Floats
    rows: Ints
    common: Floats
    idf: Floats
    unknown: float

    @property
    def size(self) -> int:
        """How many documents."""
        return int(self.common.shape[1])

    def agreement(self, terms: Numbers, shares: Floats) -> NDArray[np.float64]:
        """Of every document, the weights of some terms, each times its share, summed up."""
        row = self.rows[terms]
        dense = row >= 0
        total = (shares[dense] @ self.common[row[dense]]).astype(np.float64)
        some, factors = terms[~dense], shares[~dense]
        first, last = self.starts[some], self.starts[some + 1]
        spans = [slice(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        if spans:
            docs = np.concatenate([self.docs[span] for span in spans])
            found = np.concatenate([self.weights[span] for span in spans])
            found *= factors.repeat(last - first)
            total += np.bincount(docs, found, self.size)
        return total

    def holders(self, term: int) -> Numbers:
        """The documents that hold a term, ascending."""
        row = self.rows[term]
        if row >= 0:
            return np.flatnonzero(self.common[row])
        return self.docs[self.starts[term] : self.starts[term + 1]].astype(np.intp)


def build_field(
    asked: Sequence[Sequence[Bag]], answered: Sequence[Sequence[Bag]], vocabularies: Sequence[Mapping[str, int]]
) -> Field:
    """A field over documents.

    asked, answered: per kind of term, one bag a document. vocabularies: the number of each term of each kind, numbered
    through, holding all terms of both.
    """
    size, terms = len(asked[0]), sum(map(len, vocabularies))
    parts = [
        part
        for kind, vocabulary in enumerate(vocabularies)
        for part in (
            _weighed(asked[kind], vocabulary, terms, size, 1.0),
            _weighed(answered[kind], vocabulary, terms, size, ANSWER),
        )
    ]
    cells, place = np.unique(np.concatenate([cell for cell, _, _ in parts]), return_inverse=True)
    weights = np.bincount(place, np.concatenate([weight for _, weight, _ in parts]), len(cells)).astype(np.float32)
    term, docs = np.divmod(cells, max(size, 1))
    held = np.bincount(term, minlength=terms)
    often = np.flatnonzero(held > COMMON * size)
    rows = np.full(terms, -1, np.int32)
    rows[often] = np.arange(len(often))
    common = np.zeros((len(often), size), np.float32)
    dense = rows[term] >= 0
    common[rows[term[dense]], docs[dense]] = weights[dense]
    held[often] = 0
    return Field(
        np.concatenate(([0], np.cumsum(held))).astype(np.int32),
        docs[~dense].astype(np.int32),
        weights[~dense],
        rows,
        common,
        sum((idf for _, _, idf in parts[::2]), np.zeros(terms)).astype(np.float32),
        float(rarity(np.array([0]), size)[0]),
    )


def _weighed(
    bags: Sequence[Bag], vocabulary: Mapping[str, int], terms: int, size: int, share: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Cell (term × documents + document) and BM25 weight of everything that stands in some bags, and the idf there."""
    rows = np.array([vocabulary[term] for bag in bags for term in bag], np.int64)
    counts = np.array([count for bag in bags for count in bag.values()], np.float64)
    docs = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
    length = np.bincount(docs, counts, size)
    damp = K1 * (1 - B + B * length / max(float(length.mean()) if size else 0.0, 1e-9))
    own = np.zeros(terms)
    numbers = np.fromiter(vocabulary.values(), np.intp, len(vocabulary))
    own[numbers] = rarity(np.bincount(rows, minlength=terms)[numbers], size)
    weights = share * own[rows] * counts * (K1 + 1) / (counts + damp[docs])
    return rows * size + docs, weights, own


def rarity(holders: NDArray[np.integer], documents: int) -> NDArray[np.float64]:
    """How much a term says that so many of the documents hold: BM25's idf, never negative."""
    return np.log1p((documents - holders + 0.5) / (holders + 0.5))
