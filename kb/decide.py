"""From signals to points, from points to a decision: sure, close, or an honest no — with reasons a person understands.

`points` weighs the signals of each candidate and decides the order; `confidence` says how likely the first is right,
from its points, its lead, and whether the query is about our business at all. Both are plain numbers, fitted on held
out wordings, everyday questions and off-topic ones, then rounded; a trained ranker replaces these two functions and
nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.signals import SIGNALS

WEIGHTS: Mapping[str, float] = {
    "word": 1.0,
    "gram": 0.5,
    "edit": 2.5,
    "same": 4.0,
    "unsaid": -0.2,
    "unasked": -0.2,
    "support": 3.0,
    "all_words": 2.5,
    "all_grams": 2.0,
    "all_letters": 4.0,
    "answer": 3.0,
    "answer_letters": 3.0,
    "covered": 1.5,
    "covered_letters": 1.5,
    "answered_letters": 2.0,
    "elsewhere": -2.0,
}
SURE = 0.62
"""At least this likely to be right: say it."""
CLOSE = 0.10
"""At least this likely: worth offering under «您是不是想问»."""
OFFERED = 4
WIDEST_LEAD = 4.0
"""Points; a wider lead says no more."""
TERSE = 3
"""A query of so few characters names a subject, not a question: sure only when these are the very words."""
ALIKE = 0.85
SAME = 0.97
"""These very words, a filler aside."""
STRANGE = 0.55
"""A query whose words are mostly unknown here is about something else."""
ODD = 0.45
UNMET = 0.45
"""So many unknown words and no more than this said by the best candidate: it is about something else as well."""
BESIDE = 0.8
"""A rival with this share of the best score is as likely meant; only the very words decide between such two."""


class Candidate(NamedTuple):
    """Something that may answer.

    id: B05-001 or PR-B05-01. kind: entry or procedure. score: 0..1; of the first, how likely it is right. phrase: the
    way of asking that matched best. signals: what the score was made of, in the order of SIGNALS.
    """

    id: str
    kind: str
    question: str
    score: float
    phrase: str
    signals: tuple[float, ...]

    @property
    def named(self) -> dict[str, float]:
        """The signals by name, for people."""
        return {name: round(value, 3) for name, value in zip(SIGNALS, self.signals, strict=True)}

    def signal(self, name: str) -> float:
        """One signal."""
        return self.signals[SIGNALS.index(name)]


@dataclass(frozen=True, slots=True)
class Sure:
    """肯定: say it."""

    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Close:
    """接近: ask back with these."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """没有: say so."""


Decision = Sure | Close | NoAnswer

_ROW = np.array([WEIGHTS[name] for name in SIGNALS])
_EDIT, _ELSEWHERE = SIGNALS.index("edit"), SIGNALS.index("elsewhere")


def points(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """One number for each row of signals; only the order and the distances matter."""
    return np.asarray(table @ _ROW)


def confidence(best: tuple[float, tuple[float, ...]], rival: tuple[float, tuple[float, ...]]) -> float:
    """How likely the best candidate is right, 0..1.

    best, rival: points and signals; the rival is the next that answers something else.
    """
    lead = min(best[0] - rival[0], WIDEST_LEAD)
    logit = 0.23 * best[0] + 0.40 * lead + 10.0 * max(0.0, best[1][_EDIT] - 0.6) - 1.9 * best[1][_ELSEWHERE] - 2.9
    return 1.0 / (1.0 + exp(-logit))


def decide(
    size: int, candidates: tuple[Candidate, ...], rival: Candidate | None, strange: float, *, bare: bool = False
) -> tuple[Decision, list[str]]:
    """The decision over candidates in falling order, and why.

    size: characters of the query. rival: the next candidate that answers something else than the first.
    strange: share of the query's words, by rarity, that stand nowhere in the base. bare: the query names no matter.
    """
    if not candidates:
        return NoAnswer(), ["知识库里没有与这句话相同的字词"]
    best = candidates[0]
    why = [f"最接近的问法是“{best.phrase}”，把握{best.score:.2f}"]
    if rival:
        why.append(f"其次是“{rival.question}”，相对把握{rival.score:.2f}")
    if best.signals[_ELSEWHERE]:
        why.append("提到了别的部门的事，而这条答案里没有说到")
    if strange > STRANGE and best.signals[_EDIT] < ALIKE:
        return NoAnswer(), [*why, "说到的事多半不在知识库里"]
    if strange > ODD and best.signal("covered") < UNMET:
        return NoAnswer(), [*why, "最要紧的词知识库里没有"]
    if size <= TERSE and best.signals[_EDIT] < ALIKE:
        return Close(candidates[:OFFERED]), [*why, "只说了一个词，请市民在接近的问题里选"]
    if best.score < CLOSE:
        return NoAnswer(), [*why, f"把握低于{CLOSE:.2f}，不敢当作答案"]
    if bare and best.signals[_EDIT] < SAME:
        return Close(candidates[:OFFERED]), [*why, "没有说是什么事，请市民说清或者在接近的问题里选"]
    if rival and rival.score > BESIDE * best.score and best.signals[_EDIT] < SAME:
        return Close(candidates[:OFFERED]), [*why, "另一条几乎一样接近，请市民选"]
    if best.score >= SURE:
        return Sure(best), [*why, f"把握不低于{SURE:.2f}，直接回答"]
    return Close(candidates[:OFFERED]), [*why, f"把握不到{SURE:.2f}，请市民在接近的问题里选"]
