"""A citizen's words ⇒ candidates in falling order and a decision with its reasons. Pure; half a millisecond."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp
from typing import NamedTuple

from kb.decide import OFFERED, Candidate, Decision, NoAnswer, decide
from kb.ranker import Standing
from kb.release import Release
from kb.signals import Gathered, gather

__all__ = ["Candidate", "Found", "search", "standing"]

LONGEST = 400
"""Characters of a message that are looked at: a story says what it wants within that."""


@dataclass(frozen=True, slots=True)
class Found:
    """decision: Sure, Close or NoAnswer. candidates: best first. why: sentences for the officer and the log."""

    decision: Decision
    candidates: tuple[Candidate, ...]
    why: tuple[str, ...]


class _Ordered(NamedTuple):
    """rows of what was gathered, best first; marks: points of each; other: the first in this order that answers
    something else than the best, if any."""

    rows: list[int]
    marks: list[float]
    other: int | None
    standing: Standing


def search(release: Release, text: str, on: date, limit: int = 10) -> Found:
    """What the release knows about a citizen's words.

    on: the day that decides what is in force. limit: candidates returned, at least one.
    """
    asked = release.index.asked(text[:LONGEST])
    if not asked.plain:
        return Found(NoAnswer(), (), ("没有可以查找的文字",))
    gathered = gather(release.index, asked, release.shut(on))
    if not len(gathered.groups):
        return Found(NoAnswer(), (), ("知识库里没有与这句话相同的字词",))
    ordered = _ordered(release, gathered, asked.size)
    candidates, rival = _candidates(release, gathered, ordered, max(limit, OFFERED))
    ours = release.ranker.ours.of(ordered.standing)
    bare = release.context.bare(text) is not None
    decision, why = decide(asked.size, candidates, rival, ours, bare=bare)
    return Found(decision, candidates[: max(limit, 1)], tuple(why))


def standing(release: Release, text: str, on: date) -> tuple[str, Standing] | None:
    """The id of the best candidate and how it stands, for who learns from it; None when there is none."""
    asked = release.index.asked(text[:LONGEST])
    gathered = gather(release.index, asked, release.shut(on))
    if not len(gathered.groups):
        return None
    ordered = _ordered(release, gathered, asked.size)
    return release.found[int(gathered.groups[ordered.rows[0]])][1], ordered.standing


def _ordered(release: Release, gathered: Gathered, size: int) -> _Ordered:
    made = release.ranker.points(gathered.table)
    rows = (-made).argsort(kind="stable")
    marks = made[rows].tolist()
    keys, groups = release.index.keys, gathered.groups[rows].tolist()
    same = release.partners.get(keys[groups[0]], frozenset())
    other = next((place for place in range(1, len(groups)) if keys[groups[place]] not in same), None)
    lead = marks[0] - (0.0 if other is None else marks[other])
    how = Standing.of(marks[0], lead, gathered.table[rows[0]].tolist(), gathered.strange, size)
    return _Ordered(rows.tolist(), marks, other, how)


def _candidates(
    release: Release, gathered: Gathered, ordered: _Ordered, most: int
) -> tuple[tuple[Candidate, ...], Candidate | None]:
    """The best of what was measured, in order; and the first that answers something else than the best."""
    rows, marks, other, how = ordered
    groups, nearest, table = gathered.groups.tolist(), gathered.nearest.tolist(), gathered.table.tolist()
    phrases, likely = release.index.phrases, release.ranker.right.of(how)

    def candidate(place: int) -> Candidate:
        row = rows[place]
        kind, key, title = release.found[groups[row]]
        score = likely * exp(marks[place] - marks[0])
        return Candidate(key, kind, title, score, phrases[nearest[row]], tuple(table[row]))

    best = tuple(map(candidate, range(min(most, len(rows)))))
    return best, None if other is None else candidate(other)
