"""A citizen's words ⇒ candidates in falling order and a decision with its reasons. Pure; half a millisecond."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp

from kb.decide import Candidate, Decision, NoAnswer, confidence, decide, points
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
    gathered = gather(release.index, asked, release.is_open(on))
    candidates, rival = _candidates(release, gathered)
    decision, why = decide(asked.size, candidates, rival, gathered.strange)
    return Found(decision, candidates[: max(limit, 1)], tuple(why))


def _candidates(release: Release, gathered: Gathered) -> tuple[tuple[Candidate, ...], Candidate | None]:
    """Everything measured, best first; and the first that answers something else than the best."""
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
    found = []
    for group, mark, phrase, signals in zip(groups, marks, nearest, table, strict=True):
        kind, key, title = release.found[group]
        score = sure * exp(mark - marks[0])
        found.append(Candidate(key, kind, title, score, phrases[phrase], tuple(signals)))
    return tuple(found), None if other is None else found[other]
