"""How a query agrees with each of the best groups, as a small table of numbers: the seam where a ranker goes.

`gather` looks at the whole base with cheap arithmetic, keeps the most promising groups, and measures each of them in
SIGNALS. Whatever turns a row of signals into a score (kb.decide today, a trained ranker later) sees nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from kb.field import Numbers, Query
from kb.index import ANSWER, ANSWER_LETTERS, GRAMS, LETTERS, WORDS, Asked, Index

SIGNALS = (
    "word",  # cosine of words with the nearest phrasing
    "gram",  # cosine of character bigrams with the nearest phrasing
    "edit",  # rapidfuzz similarity with the nearest phrasing
    "same",  # 0 up to an edit similarity of 0.8, then rising to 1 for the very same words
    "unsaid",  # share of what the query says, by rarity, that the nearest phrasing lacks
    "unasked",  # share of what the nearest phrasing says that the query lacks
    "support",  # how near the second nearest phrasing is
    "all_words",  # cosine of words with all phrasings together
    "all_grams",  # cosine of bigrams with all phrasings together
    "all_letters",  # cosine of single characters with all phrasings together
    "answer",  # cosine of words with the answer
    "answer_letters",  # cosine of single characters with the answer
    "covered",  # share of what the query says that the phrasings or the answer say
    "covered_letters",  # the same in single characters, in some phrasing
    "answered_letters",  # the same in the answer
    "elsewhere",  # 1 when the query speaks of other people's business and the group never does
)
KEPT = 16
"""Groups that are measured; the right one is among them in all but hopeless cases."""
NEAR = 2
"""Phrasings of each group that are compared letter by letter."""


class Gathered(NamedTuple):
    """groups: numbers of the groups kept, most promising first. nearest: number of each group's nearest phrasing.

    table: one row a group, one column a signal, all 0..1. strange: share of the query's words, by rarity, that
    stand nowhere in the base.
    """

    groups: Numbers
    nearest: Numbers
    table: NDArray[np.float64]
    strange: float


def gather(index: Index, asked: Asked, shut: Numbers | None = None) -> Gathered:
    """Measure the groups that come into question; shut: those not in force."""
    if not index.keys or not asked.plain:
        return Gathered(np.empty(0, np.intp), np.empty(0, np.intp), np.empty((0, len(SIGNALS))), 1.0)
    near_query = index.near.query((asked.words, asked.grams))
    whole_query = index.whole.query((asked.words, asked.grams, asked.letters, asked.words, asked.letters))
    promise = index.whole.promise(whole_query)
    if shut is not None and len(shut):
        promise[shut] = 0.0
    groups = _best(promise, KEPT)
    strange = float(whole_query.strange[WORDS] / whole_query.total[WORDS])
    if not len(groups):
        return Gathered(groups, groups, np.empty((0, len(SIGNALS))), strange)
    nearest, one = _nearest_signals(index, asked.plain, near_query, groups)
    table = np.array((*one, *_whole_signals(index, whole_query, groups), _elsewhere(index, asked, groups))).T
    return Gathered(groups, nearest, table, strange)


def _best(promise: NDArray[np.float64], count: int) -> Numbers:
    """Numbers of the largest above nothing, in falling order; equal ones in the order of the base."""
    if len(promise) > count:
        # Partition is several times quicker than argpartition.
        some = np.flatnonzero(promise >= np.partition(promise, len(promise) - count)[-count])
    else:
        some = np.arange(len(promise))
    some = some[(-promise[some]).argsort(kind="stable")][:count]
    return some[promise[some] > 0]


def _whole_signals(index: Index, query: Query, groups: Numbers) -> tuple[NDArray[np.float64], ...]:
    """What all phrasings of a group and its answer say together."""
    whole = index.whole.measure(query, groups, [(group, group + 1) for group in groups.tolist()])
    covered = whole.shared / query.total[:, None]
    cosine = (whole.cosine[kind] for kind in (WORDS, GRAMS, LETTERS, ANSWER, ANSWER_LETTERS))
    said = np.maximum(covered[WORDS], covered[ANSWER])
    return *cosine, said, covered[LETTERS], covered[ANSWER_LETTERS]


def _elsewhere(index: Index, asked: Asked, groups: Numbers) -> NDArray[np.float64]:
    lacks = np.zeros(len(groups))
    for word in asked.elsewhere:
        lacks[~np.isin(groups, index.speaks_of(word))] = 1.0
    return lacks


def _nearest_signals(
    index: Index, plain: str, query: Query, groups: Numbers
) -> tuple[Numbers, tuple[NDArray[np.float64], ...]]:
    """Each group's nearest phrasing, and what it has and lacks."""
    phrases, row, start, spans = _phrasings(index, groups)
    found = index.near.measure(query, phrases, spans)
    likeness = found.cosine[WORDS] + found.cosine[GRAMS]
    order = np.lexsort((-likeness, row))
    some = order[np.arange(len(order)) - start < NEAR]
    near = row[some]
    letters = cdist([plain], [index.plain[i] for i in phrases[some].tolist()], scorer=Indel.normalized_similarity)[0]
    first = np.lexsort((-(likeness[some] + 2 * letters), near))[np.searchsorted(near, np.arange(len(groups)))]
    best, edit = some[first], letters[first]
    nearest = phrases[best]
    others = np.bincount(near, likeness[some], minlength=len(groups)) - likeness[best]
    shared = found.shared[WORDS, best]
    signals = (
        found.cosine[WORDS, best],
        found.cosine[GRAMS, best],
        edit,
        np.maximum(0.0, edit - 0.8) * 5.0,
        1.0 - shared / query.total[WORDS],
        1.0 - shared / np.maximum(index.near.mass[WORDS, nearest], 1e-6),
        others / (2 * (NEAR - 1)),
    )
    return nearest, signals


def _phrasings(index: Index, groups: Numbers) -> tuple[Numbers, Numbers, Numbers, list[tuple[int, int]]]:
    """All phrasings of some groups, one group after the other; the row of each, and where its row begins.

    Last, the first and the end of each group.
    """
    first, end = index.first[groups], index.first[groups + 1]
    sizes = end - first
    row = np.arange(len(groups)).repeat(sizes)
    start = (sizes.cumsum() - sizes).repeat(sizes)
    phrases = np.arange(len(row)) + first.repeat(sizes) - start
    return phrases, row, start, list(zip(first.tolist(), end.tolist(), strict=True))
