"""A citizen's words ⇒ candidates in falling order and a decision with its reasons. Pure; half a millisecond."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp

from kb.decide import OFFERED, Candidate, Decision, NoAnswer, confidence, decide, points
from kb.release import Release
from kb.signals import Gathered, gather

__all__ = ["Candidate", "Found", "search"]

LONGEST = 400
"""Characters of a message that are looked at: a story says what it wants within that."""
_NOBODY = (0.0, (0.0,) * 64)


@dataclass(frozen=True, slots=True)
class Found:
    """decision: Sure, Close or NoAnswer. candidates: best first. why: sentences for the officer and the log."""

    decision: Decision
    candidates: tuple[Candidate, ...]
    why: tuple[str, ...]


def search(release: Release, text: str, on: date, limit: int = 10) -> Found:
    """What the release knows about a citizen's words.

    on: the day that decides what is in force. limit: candidates returned, at least one.
    """
    asked = release.index.asked(text[:LONGEST])
    if not asked.plain:
        return Found(NoAnswer(), (), ("没有可以查找的文字",))
    gathered = gather(release.index, asked, release.shut(on))
    candidates, rival = _candidates(release, gathered, max(limit, OFFERED))
    bare = release.context.bare(text) is not None
    decision, why = decide(asked.size, candidates, rival, gathered.strange, bare=bare)
    return Found(decision, candidates[: max(limit, 1)], tuple(why))


def _candidates(release: Release, gathered: Gathered, most: int) -> tuple[tuple[Candidate, ...], Candidate | None]:
    """The best of what was measured, in order; and the first that answers something else than the best."""
    if not len(gathered.groups):
        return (), None
    made = points(gathered.table)
    order = (-made).argsort(kind="stable")
    groups, marks = gathered.groups[order].tolist(), made[order].tolist()
    nearest, table = gathered.nearest[order].tolist(), gathered.table[order].tolist()
    keys, phrases = release.index.keys, release.index.phrases
    same = release.partners.get(keys[groups[0]], frozenset())
    other = next((row for row in range(1, len(groups)) if keys[groups[row]] not in same), None)
    rival = _NOBODY if other is None else (marks[other], tuple(table[other]))
    sure = confidence((marks[0], tuple(table[0])), rival)

    def candidate(row: int) -> Candidate:
        kind, key, title = release.found[groups[row]]
        score = sure * exp(marks[row] - marks[0])
        return Candidate(key, kind, title, score, phrases[nearest[row]], tuple(table[row]))

    best = tuple(map(candidate, range(min(most, len(groups)))))
    return best, None if other is None else candidate(other)
