"""How a query agrees with each of the best groups, as a small table of numbers: the seam where a ranker goes.

`gather` weighs every group, keeps the best, and compares the best of those letter by letter with all their phrasings.
What turns a row of signals into an order and a likelihood (kb.ranker) sees nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from kb.field import Numbers
from kb.index import Asked, Index

SIGNALS = (
    "agrees",  # BM25 over words, sounds and letters of all phrasings and the answer, each kind by its share
    "edit",  # similarity with the nearest phrasing, letter by letter
    "second",  # the same with the second nearest
    "mean",  # the same with all phrasings on average
    "same",  # 0 up to such a similarity of 0.8, then rising to 1 for the very same words
    "elsewhere",  # 1 when the query speaks of other people's business and the group never does
)
KEPT = 16
"""Groups that are looked at."""
NEAR = 12
"""Of them, those whose phrasings are compared letter by letter; the rest are too far behind for it to matter."""


class Gathered(NamedTuple):
    """groups: numbers of the groups kept, most promising first. nearest: number of each group's nearest phrasing.

    table: one row a group, one column a signal. strange: share of the query's words, by rarity, that stand nowhere in
    the base.
    """

    groups: Numbers
    nearest: Numbers
    table: NDArray[np.float64]
    strange: float


def gather(index: Index, asked: Asked, shut: Numbers | None = None) -> Gathered:
    """Measure the groups that come into question; shut: those not in force."""
    if not index.keys or not len(asked.terms):
        return Gathered(np.empty(0, np.intp), np.empty(0, np.intp), np.empty((0, len(SIGNALS))), 1.0)
    agreement = index.field.agreement(asked.terms, asked.shares)
    if shut is not None and len(shut):
        agreement[shut] = 0.0
    groups = _best(agreement, KEPT)
    nearest, letters = _letters(index, asked.plain, groups)
    same = np.maximum(0.0, letters[0] - 0.8) * 5.0
    table = np.stack((agreement[groups], *letters, same, _elsewhere(index, asked, groups)), axis=1)
    return Gathered(groups, nearest, table, asked.strange)


def _best(agreement: NDArray[np.float64], count: int) -> Numbers:
    """Numbers of the largest above nothing, in falling order; equal ones in the order of the base."""
    if len(agreement) > count:
        # Partition is several times quicker than argpartition.
        some = np.flatnonzero(agreement >= np.partition(agreement, len(agreement) - count)[-count])
    else:
        some = np.arange(len(agreement))
    some = some[(-agreement[some]).argsort(kind="stable")][:count]
    return some[agreement[some] > 0]


def _elsewhere(index: Index, asked: Asked, groups: Numbers) -> NDArray[np.float64]:
    lacks = np.zeros(len(groups))
    for word in asked.elsewhere:
        silent = np.ones(len(index.keys))
        silent[index.speaks_of(word)] = 0.0
        lacks = np.maximum(lacks, silent[groups])
    return lacks


def _letters(index: Index, plain: str, groups: Numbers) -> tuple[Numbers, NDArray[np.float64]]:
    """Number of each group's nearest phrasing; and how like it is, how like the second nearest, and all on average.

    Of the hindmost groups the first phrasing, taken as unlike.
    """
    near, until = index.first[groups].astype(np.intp), index.first[groups + 1]
    found = np.zeros((3, len(groups)))
    spans = list(zip(near[:NEAR].tolist(), until[:NEAR].tolist(), strict=True))
    texts: list[str] = []
    for first, end in spans:
        texts += index.plain[first:end]
    if texts:
        # Lists from here on: a dozen groups of two dozen numbers are too small for numpy to pay.
        likeness = cdist([plain], texts, scorer=Indel.normalized_similarity)[0].tolist()
        done = 0
        for row, (first, end) in enumerate(spans):
            part = likeness[done : done + end - first]
            done += len(part)
            likest = max(part)
            near[row] = first + part.index(likest)
            found[:, row] = likest, sorted(part)[-2:][0], sum(part) / len(part)
    return near, found
