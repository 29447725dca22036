"""kb eval: accuracy on any question file, with honest denominators and the plain baselines beside it.

`evaluate_faq` takes any FAQ corpus, holds one wording of each group back, and asks for it; every method ranks the rows
of the file. `evaluate_questions` asks our own base.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.answer import entry_text, procedure_text
from kb.decide import Close, NoAnswer, Sure
from kb.faq import BadQuestions, Ranking, Split, question_lines
from kb.index import build_index
from kb.model import EntryId, ProcedureId
from kb.ranker import Ranker
from kb.release import Release
from kb.search import Found, search
from kb.signals import gather
from kb.text import Lexicon

TOP = 10
RESAMPLES = 2_000


def evaluate_faq(split: Split, lexicon: Lexicon, *, baselines: bool = True) -> tuple[dict[str, Any], list[Ranking]]:
    """The figures of design.md §5, and our ranking of every query."""
    ours = rank(split, lexicon)
    gold = [row for _, row in split.queries]
    report: dict[str, Any] = {"n": len(gold), "ours": figures(ours, gold), "baselines": {}, "interval": {}}
    hits = _hits(ours, gold)
    report["interval"] = {"top1": _interval(hits)}
    if baselines and gold:
        from kb.baselines import BASELINES

        rankings = {name: method(split) for name, method in BASELINES.items()}
        report["baselines"] = {name: figures(ranking, gold) for name, ranking in rankings.items()}
        best = max(rankings, key=lambda name: float(_hits(rankings[name], gold).mean()))
        report["interval"] |= {"best_baseline": best, "gain": _interval(hits - _hits(rankings[best], gold))}
    return report, ours


def rank(split: Split, lexicon: Lexicon) -> list[Ranking]:
    """Our search over the groups of a corpus, with a ranker trained from what it may learn from."""
    from kb.train import train_weights

    ranker = Ranker(train_weights(split.groups, lexicon))
    index = build_index(split.groups, lexicon)
    rankings = []
    for question, _ in split.queries:
        gathered = gather(index, index.asked(question))
        order = np.argsort(-ranker.points(gathered.table), kind="stable")
        rankings.append(gathered.groups[order].tolist())
    return rankings


def figures(rankings: Sequence[Ranking], gold: Sequence[int]) -> dict[str, float]:
    """top1, top3 and mean reciprocal rank; a query without any candidate counts as missed."""
    if not gold:
        return {"top1": 0.0, "top3": 0.0, "mrr": 0.0}
    places = [
        list(ranking).index(row) + 1 if row in ranking else 0 for ranking, row in zip(rankings, gold, strict=True)
    ]
    count = len(places)
    return {
        "top1": round(sum(place == 1 for place in places) / count, 4),
        "top3": round(sum(0 < place <= 3 for place in places) / count, 4),
        "mrr": round(sum(1 / place for place in places if place) / count, 4),
    }


def _hits(rankings: Sequence[Ranking], gold: Sequence[int]) -> NDArray[np.float64]:
    pairs = zip(rankings, gold, strict=True)
    return np.array([float(bool(ranking) and ranking[0] == row) for ranking, row in pairs])


def _interval(values: NDArray[np.float64]) -> list[float]:
    """95 % bootstrap interval of a mean; the same resamples every time."""
    if not len(values):
        return [0.0, 0.0]
    dice = np.random.default_rng(5)
    means = [values[dice.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    return [round(float(edge), 4) for edge in np.percentile(means, (2.5, 97.5))]


# ── our own base ──────────────────────────────────────────────────────────────────────────────────────────


def evaluate_questions(path: Path, release: Release, on: date) -> dict[str, Any]:
    """Ask every question of a file; accuracy over those that say which id is right.

    A line is {"question", "id"?}; id may be a list of ids, any of which is right, or null when nothing should be
    answered. Right means: that id stands first and something was answered or offered. Raises BadQuestions.
    """
    results: list[dict[str, Any]] = []
    right: list[bool] = []
    for row, line in enumerate(question_lines(path)):
        question = line.get("question")
        if not isinstance(question, str):
            raise BadQuestions(f"{path}:{row + 1}: needs “question” (text)")
        result = _asked(question, release, on)
        results.append(result)
        if "id" in line:
            wanted = line["id"] if isinstance(line["id"], list) else [line["id"] or ""]
            right.append(result["id"] in (wanted or [""]))
    report: dict[str, Any] = {"n": len(results), "results": results}
    if right:
        report["accuracy"] = round(sum(right) / len(right), 4)
    return report


def _asked(question: str, release: Release, on: date) -> dict[str, Any]:
    found = search(release, question, on)
    best = found.candidates[0] if found.candidates and not isinstance(found.decision, NoAnswer) else None
    return {
        "question": question,
        "decision": decision_word(found),
        "id": best.id if best else "",
        "score": round(found.candidates[0].score, 4) if found.candidates else 0.0,
        "answer": _answer(found, release, on),
    }


def decision_word(found: Found) -> str:
    """sure, close or none."""
    match found.decision:
        case Sure():
            return "sure"
        case Close():
            return "close"
        case NoAnswer():
            return "none"


def _answer(found: Found, release: Release, on: date) -> str:
    if not isinstance(found.decision, Sure):
        return ""
    key = found.decision.candidate.id
    if entry := release.entries.get(EntryId(key)):
        return entry_text(release, entry, on)
    return procedure_text(release, release.procedures[ProcedureId(key)], on)
