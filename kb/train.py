"""Training the ranker: from the base's own wordings which signals to trust, from the examination how far to trust them.

`train_weights` holds a part of all wordings back, asks for them, and learns to put the right group before the others
(a linear pairwise ranker). `train_odds` asks questions that people wrote without seeing the base, and others that
nothing answers, and learns how likely the first one is right and how likely a question is our business at all. The
same input gives the same numbers.

Needs scikit-learn, which no worker imports.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kb.exam import NONE
from kb.index import Group, build_index
from kb.model import Golden
from kb.ranker import Odds, Standing, Weights
from kb.release import Release
from kb.search import standing
from kb.signals import SIGNALS, gather
from kb.text import Lexicon

FOLDS = 5
ASKED = 1_200
"""Held-out wordings asked in each fold; more change nothing in the second digit."""
FEWEST = 30
"""Wordings to learn from; with fewer the weights stay what they are."""
LEARNED = ("agrees", "edit", "second", "mean")
"""Signals whose weight is learned; the others speak so rarely in held-out wordings that it is set by hand."""
LOST = 0.01
"""Share of the rightly found that may be taken for none of our business."""
SET = frozenset({"same"})
"""Parts of a standing that are set by hand: no question of the examination is a known wording."""
STRENGTH = 0.3
"""How freely the weights follow the examples (the C of a logistic regression)."""

Table = NDArray[np.float64]


def train_weights(groups: Sequence[Group], lexicon: Lexicon, before: Weights | None = None) -> Weights:
    """Weights that put the right group first; about 30 s of one core for 47,000 wordings.

    before: the weights that are kept where nothing is learned.
    """
    before = before or Weights()
    pairs = [row for table, right in _held_out(groups, lexicon) for row in table[right] - table]
    rows = np.array([row for row in pairs if row.any()])
    if len(rows) < FEWEST:
        return before
    judge = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=1_000)
    judge.fit(np.concatenate((rows, -rows)), np.repeat((1, 0), len(rows)))
    learned = judge.coef_[0] / max(float(judge.coef_[0][0]), 1e-6)
    return replace(before, **{name: round(float(one), 3) for name, one in zip(LEARNED, learned, strict=True)})


def _held_out(groups: Sequence[Group], lexicon: Lexicon) -> Iterator[tuple[Table, int]]:
    """Signals of the candidates for each wording that was held back, and the row of the right one."""
    columns = np.array([SIGNALS.index(name) for name in LEARNED])
    for fold in range(FOLDS):
        kept, asked = _split(groups, fold)
        index = build_index(kept, lexicon)
        for question, group in asked:
            gathered = gather(index, index.asked(question))
            # What has one phrasing only is never asked for here, and would be learned as never right.
            rows = np.flatnonzero(index.first[gathered.groups + 1] - index.first[gathered.groups] > 1)
            right = np.flatnonzero(gathered.groups[rows] == group)
            if len(right):
                yield gathered.table[np.ix_(rows, columns)], int(right[0])


def _split(groups: Sequence[Group], fold: int) -> tuple[list[Group], list[tuple[str, int]]]:
    """The groups without a fifth of their wordings, never the first of a group; and some of those wordings."""
    kept, asked = [], []
    for number, group in enumerate(groups):
        out = [text for text in group.phrases[1:] if _draw(text) % FOLDS == fold]
        kept.append(replace(group, phrases=tuple(text for text in group.phrases if text not in set(out))))
        asked += [(text, number) for text in out]
    return kept, sorted(asked, key=lambda one: _draw(one[0]))[:ASKED]


def _draw(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def train_odds(release: Release, exam: Mapping[str, Sequence[Golden]], on: date) -> tuple[Odds, Odds]:
    """How likely the first candidate is right, and how likely a query is our business; both learned from the half of
    the examination that is for tuning. What there is too little of to learn from stays as it is."""
    gold = dict(_questions(exam))
    asked = [(one, found) for one in gold if (found := standing(release, one, on))]
    rows = np.array([how for _, (_, how) in asked])
    right = np.array([key in gold[one] for one, (key, _) in asked])
    ours = np.array([bool(gold[one]) for one, _ in asked])
    if min(right.sum(), ours.sum(), (~ours).sum()) < FEWEST:
        return release.ranker.right, release.ranker.ours
    learned = rows[:, [name not in SET for name in Standing._fields]]
    likely = LogisticRegression(C=10.0, max_iter=5_000).fit(learned, right)
    business = LogisticRegression(C=10.0, max_iter=5_000, class_weight="balanced").fit(learned, ours)
    floor = float(np.quantile(business.decision_function(learned[right]), LOST))
    return _odds(likely, release.ranker.right), _odds(business, release.ranker.ours, floor)


def _odds(judge: LogisticRegression, before: Odds, floor: float = 0.0) -> Odds:
    """The learned numbers, beside those that are set; floor: what counts as even."""
    names = [name for name in Standing._fields if name not in SET]
    learned = {name: round(float(one), 3) for name, one in zip(names, judge.coef_[0], strict=True)}
    return replace(before, bias=round(float(judge.intercept_[0]) - floor, 3), **learned)


def _questions(exam: Mapping[str, Sequence[Golden]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, part in exam.items():
        for one in part:
            if one.half == "tune" and (one.gold or name == NONE):
                yield one.question, one.gold
