"""The commands of `python -m kb` that ask a base: search, eval, exam, train."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from kb.evaluate import TOP, decision_word, evaluate_faq, evaluate_questions
from kb.exam import read_exam, score
from kb.faq import read_faq
from kb.load import RANKER, load_content
from kb.ranker import Ranker
from kb.release import Release, build, groups, lexicon_of
from kb.say import GIVE_WAY, WELL, print_json, say
from kb.search import search
from kb.text import warm


def search_command(options: argparse.Namespace) -> int:
    """What the base knows about a text."""
    release = _release(options)
    found = search(release, " ".join(options.text), options.on or date.today())
    rows: list[dict[str, Any]] = []
    for one in found.candidates:
        rows.append({"id": one.id, "question": one.question, "score": round(one.score, 4)})
        if options.explain:
            rows[-1] |= {"phrase": one.phrase, "signals": one.named}
    word = decision_word(found)
    if options.json:
        print_json({"decision": word, "candidates": rows, "why": list(found.why)})
        return WELL
    say(f"decision: {word}")
    for row in rows:
        say(f"  {row['score']:.3f}  {row['id']}  {row['question']}")
        if options.explain:
            signals = "  ".join(f"{name}={value:.2f}" for name, value in row["signals"].items())
            say(f"         “{row['phrase']}”  {signals}")
    for reason in found.why:
        say(f"  · {reason}")
    return WELL


def eval_command(options: argparse.Namespace) -> int:
    """Accuracy on a file of questions."""
    if options.questions:
        report = evaluate_questions(options.questions, _release(options), date.today())
        plain = {name: value for name, value in report.items() if name != "results"}
        print_json(report if options.json else plain)
        return WELL
    warm()
    split = read_faq(options.faq)
    report, rankings = evaluate_faq(split, lexicon_of(load_content(options.content).synonyms))
    if options.rankings:
        rows = zip(split.queries, rankings, strict=True)
        lines = [{"question": text, "gold": gold, "top": list(top[:TOP])} for (text, gold), top in rows]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        options.rankings.write_text(text, encoding="utf-8")
    print_json(report)
    return WELL


def exam_command(options: argparse.Namespace) -> int:
    """The examination."""
    report = score(_release(options), read_exam(options.exam), options.half, date.today())
    if options.json:
        print_json(report)
        return WELL
    homes = report.pop("by_subcategory")
    for name, value in (*report.items(), *homes.items()):
        say(f"{name:18} {value}")
    return WELL


def _release(options: argparse.Namespace) -> Release:
    return build(load_content(options.content))


def train_command(options: argparse.Namespace) -> int:
    """Train the ranker and write it into the content folder; about a minute."""
    from kb.train import train_odds, train_weights

    os.nice(GIVE_WAY)
    warm()
    content = load_content(options.content)
    weights = train_weights(groups(content), lexicon_of(content.synonyms), content.ranker.weights)
    release = build(replace(content, ranker=replace(content.ranker, weights=weights)))
    ranker = Ranker(weights, *train_odds(release, read_exam(options.exam), date.today()))
    parts = asdict(ranker)
    lines = [f"{part}: {{{_flow(numbers)}}}" for part, numbers in parts.items()]
    text = "# Trained: python -m kb train. What each number is stands in kb/ranker.py.\n" + "\n".join(lines) + "\n"
    (options.content / RANKER).write_text(text, encoding="utf-8")
    print_json(parts) if options.json else say("\n".join(lines))
    return WELL


def _flow(numbers: dict[str, float]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in numbers.items())
