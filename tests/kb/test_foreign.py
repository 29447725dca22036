"""A corpus about libraries: nothing in the search, the ranker or its training knows traffic."""

from __future__ import annotations

from pathlib import Path

from kb.evaluate import evaluate_faq
from kb.faq import read_faq
from kb.text import Lexicon

CORPUS = Path(__file__).parent / "foreign.jsonl"


def test_another_domain_is_ranked_better_than_by_any_baseline() -> None:
    report, _ = evaluate_faq(read_faq(CORPUS), Lexicon())
    best = max(row["top1"] for row in report["baselines"].values())
    ours = report["ours"]["top1"]
    assert report["n"] >= 200
    assert ours > best
