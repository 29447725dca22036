"""The ranker: a handful of numbers that turn signals into an order, and the order into how likely the first is right.

They are part of the content (kb/content/ranker.yaml), trained by `python -m kb train` from the base's own wordings and
compiled with the release; a changed answer or wording needs no new training. The defaults serve any other base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import lru_cache
from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from kb.model import STRICT
from kb.signals import SIGNALS

WIDEST_LEAD = 1.5
"""Points; a wider lead says no more."""
_TOLD = tuple(SIGNALS.index(name) for name in ("edit", "same", "elsewhere"))


@dataclass(frozen=True, slots=True, config=STRICT)
class Weights:
    """What each signal weighs in the order; a point is what `agrees` weighs."""

    agrees: float = 1.0
    edit: float = 1.7
    second: float = 0.0
    mean: float = 2.5
    same: float = 3.0
    elsewhere: float = -0.3


class Standing(NamedTuple):
    """How the best candidate stands.

    best: its points. lead: its points less those of the next that answers something else. edit, same, elsewhere: its
    signals. strange: share of the query's words that stand nowhere in the base. size: logarithm of its characters.
    """

    best: float
    lead: float
    edit: float
    same: float
    elsewhere: float
    strange: float
    size: float

    @classmethod
    def of(cls, best: float, lead: float, signals: Sequence[float], strange: float, size: int) -> Standing:
        """From the points, the lead and the row of signals of the best, and what is known of the query."""
        edit, same, elsewhere = (signals[place] for place in _TOLD)
        return cls(best, min(lead, WIDEST_LEAD), edit, same, elsewhere, strange, log(max(size, 1)))


@dataclass(frozen=True, slots=True, config=STRICT)
class Odds:
    """What each part of a standing adds to the logarithm of the odds."""

    bias: float = 0.0
    best: float = 0.0
    lead: float = 0.0
    edit: float = 0.0
    same: float = 0.0
    elsewhere: float = 0.0
    strange: float = 0.0
    size: float = 0.0

    def of(self, how: Standing) -> float:
        """The probability, 0..1."""
        odds = self.bias + self.best * how.best + self.lead * how.lead + self.edit * how.edit + self.same * how.same
        odds += self.elsewhere * how.elsewhere + self.strange * how.strange + self.size * how.size
        return 1.0 / (1.0 + exp(-odds))


@dataclass(frozen=True, slots=True, config=STRICT)
class Ranker:
    """weights: of the order. right: odds that the best candidate is right. ours: odds that what is asked is our
    business at all; as trained, a hundredth of what can be answered falls below half."""

    weights: Weights = field(default_factory=Weights)
    right: Odds = Odds(bias=-8.0, best=0.4, lead=2.2, edit=4.0, same=4.0, elsewhere=-0.6, strange=-1.9, size=1.5)
    ours: Odds = Odds(bias=-18.0, best=1.1, edit=4.8, same=4.0, elsewhere=-0.8, strange=-8.0, size=5.9)

    def points(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """One number for each row of signals; only the order and the distances matter."""
        return np.asarray(table @ _row(self.weights))


@lru_cache(maxsize=8)
def _row(weights: Weights) -> NDArray[np.float64]:
    return np.array([getattr(weights, name) for name in SIGNALS])
