"""Rules about the base as a whole: no two answers alike, no one mould for all wordings, the four facts of a visit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz

from kb.figures import FACT
from kb.load import Content
from kb.model import Entry
from kb.problem import Problem, problem

ALIKE = 80.0
"""Two answers more alike than this (rapidfuzz ratio, figures blanked) are one answer."""
SHARED = 0.3
"""Of the telling three-letter pieces of one; answers that share fewer are never that much alike."""
COMMON, FEW = 0.02, 20
"""Pieces in more of the answers than this share (and than so few) tell nothing."""
LISTS = frozenset({"E01"})
"""Sub-categories that list one penalty after the other and are alike by nature."""
EDGE = 5
"""Letters at either end of a wording that may not be everywhere."""
MOST_EDGES = 0.02
FEWEST_WORDINGS = 500
"""Below so many a share says nothing."""
_MARKS = re.compile(r"[？?。！!，, ]")
VISIT = ("网办", "代办")
"""What a procedure at a window must say besides its materials: whether one may stay at home, and whom one may send."""


def twins(content: Content) -> Iterator[Problem]:
    """No two answers that differ in little more than their figures."""
    entries = [one for one in content.entries if str(one.subcategory) not in LISTS]
    said = [plain_answer(one) for one in entries]
    for one, other in _near(said):
        if found := twin(content, entries[other], entries[one], said[other], said[one]):
            yield found


def plain_answer(entry: Entry) -> str:
    """An answer as it is compared: figures blanked, in one line."""
    return FACT.sub("", entry.answer).replace("\n", "")


def twin(content: Content, entry: Entry, first: Entry, said: str, first_said: str) -> Problem | None:
    """The problem of an entry whose plain answer is nearly that of another."""
    share = fuzz.ratio(first_said, said, score_cutoff=ALIKE)
    if share <= ALIKE:
        return None
    why = f"its answer is that of {first.id} for {share:.0f} %"
    return problem(content, f"entry:{entry.id}", "twin", why, "answer", about=(first.id, f"{share:.0f}"))


def _near(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of texts that share enough three-letter pieces to be worth comparing whole."""
    pieces = [{text[i : i + 3] for i in range(len(text) - 2)} for text in texts]
    holders: dict[str, list[int]] = {}
    for number, bag in enumerate(pieces):
        for piece in bag:
            holders.setdefault(piece, []).append(number)
    telling = {piece: np.array(row) for piece, row in holders.items() if 1 < len(row) <= max(FEW, COMMON * len(texts))}
    for number, bag in enumerate(pieces):
        rows = [telling[piece] for piece in bag if piece in telling]
        if not rows:
            continue
        shared = np.bincount(np.concatenate(rows), minlength=len(texts))
        shared[: number + 1] = 0
        for other in np.flatnonzero(shared >= max(1.0, SHARED * len(rows))).tolist():
            yield number, other


def moulds(content: Content) -> Iterator[Problem]:
    """No opening and no ending of five letters or more in a great part of all wordings."""
    said = [(one, number, _MARKS.sub("", text)) for one in content.entries for number, text in enumerate(one.similar)]
    if len(said) < FEWEST_WORDINGS:
        return
    for name, edge in (("begin", slice(EDGE)), ("end", slice(-EDGE, None))):
        counts = Counter(text[edge] for _, _, text in said if len(text) > EDGE)
        for words, count in counts.items():
            if count > MOST_EDGES * len(said):
                entry, number = next((one, n) for one, n, text in said if text[edge] == words)
                why = f"{count} of {len(said)} wordings {name} with “{words}”"
                key, about = f"entry:{entry.id}", (count, words)
                yield problem(content, key, f"mould.{name}", why, "similar", number, about=about)


def visits(content: Content) -> Iterator[Problem]:
    """Who goes to a window knows beforehand: online, what to bring, whom to send, appointment."""
    for entry in content.entries:
        if 0 < sum(way is None for way in _ways(entry)) < len(_ways(entry)):
            why = "says only part of online, proxy, appointment"
            yield problem(content, f"entry:{entry.id}", "visit.ways", why, "online")
    for one in content.procedures:
        kinds = {way.kind for way in one.channels}
        missing = [kind for kind in VISIT if kind not in kinds] if "窗口" in kinds else []
        if missing:
            why = f"sends to a window without a word on {'、'.join(missing)}"
            about = ("、".join(missing),)
            yield problem(content, f"procedure:{one.id}", "visit.window", why, "channels", about=about)


def _ways(entry: Entry) -> tuple[str | None, ...]:
    return entry.online, entry.proxy, entry.appointment
