"""From how likely the best candidate is to a decision: sure, close, or an honest no — with reasons for people.

The order and the likelihood come from the ranker (kb.ranker); what is decided here is how much likelihood is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kb.signals import SIGNALS

SURE = 0.92
"""At least this likely to be right: say it."""
CLOSE = 0.10
"""At least this likely: worth offering under «您是不是想问»."""
OFFERED = 5
NEAR = 0.2
"""Of the first one's score: what lies further off is offered only where too little else is."""
FEWEST = 2
TERSE = 3
"""A query of so few characters names a subject, not a question: sure only when these are the very words."""
ALIKE = 0.85
SAME = 0.97
"""These very words, a filler aside."""
OURS = 0.5
"""Less likely than this to be our business at all: an honest no."""
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

_EDIT, _ELSEWHERE = SIGNALS.index("edit"), SIGNALS.index("elsewhere")


def decide(
    size: int, candidates: tuple[Candidate, ...], rival: Candidate | None, ours: float, *, bare: bool = False
) -> tuple[Decision, list[str]]:
    """The decision over candidates in falling order, at least one, and why.

    size: characters of the query. rival: the next candidate that answers something else than the first. ours: how
    likely the query is our business. bare: the query names no matter.
    """
    best = candidates[0]
    edit = best.signals[_EDIT]
    why = [f"最接近的问法是“{best.phrase}”，把握{best.score:.2f}"]
    if rival:
        why.append(f"其次是“{rival.question}”，相对把握{rival.score:.2f}")
    if best.signals[_ELSEWHERE]:
        why.append("提到了别的部门的事，而这条答案里没有说到")
    if bare and edit < SAME:
        return Close(near(candidates)), [*why, "没有说是什么事，请市民说清或者在接近的问题里选"]
    if ours < OURS and edit < ALIKE and size > TERSE:
        return NoAnswer(), [*why, f"说到的事多半不在知识库里（{ours:.2f}）"]
    if size <= TERSE and edit < ALIKE:
        return Close(near(candidates)), [*why, "只说了一个词，请市民在接近的问题里选"]
    if best.score < CLOSE:
        return NoAnswer(), [*why, f"把握低于{CLOSE:.2f}，不敢当作答案"]
    if rival and rival.score > BESIDE * best.score and edit < SAME:
        return Close(near(candidates)), [*why, "另一条几乎一样接近，请市民选"]
    if best.score >= SURE:
        return Sure(best), [*why, f"把握不低于{SURE:.2f}，直接回答"]
    return Close(near(candidates)), [*why, f"把握不到{SURE:.2f}，请市民在接近的问题里选"]


def near(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """What is worth offering: those not far behind the first, and never one alone where there are two."""
    found = tuple(one for one in candidates[:OFFERED] if one.score >= NEAR * candidates[0].score)
    return found if len(found) >= FEWEST else candidates[:FEWEST]
