"""Evaluation: the split of the design, every method on the same split, honest denominators."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kb.evaluate import evaluate_faq, evaluate_questions, figures
from kb.faq import BadQuestions, read_faq
from kb.release import Release
from kb.text import Lexicon
from tests.kb.tidy import TODAY

RECIPES = [
    {
        "standard": "米饭怎么煮不粘锅",
        "similar": ["煮饭总粘锅怎么办", "蒸米饭粘底", "米饭粘锅底咋整"],
        "answer": "水多一点。",
    },
    {"standard": "面条怎么煮不坨", "similar": ["煮面坨了怎么办", "面条老是坨", "面坨成一团"], "answer": "过凉水。"},
    {"standard": "鸡蛋煮几分钟", "similar": ["鸡蛋要煮多久", "煮蛋时间"], "answer": "八分钟。", "source": "x"},
    {"standard": "青菜怎么炒不发黄", "similar": ["青菜炒黄了", "青菜炒黄了"], "answer": "大火。"},
    {"standard": "豆腐怎么不碎", "similar": [], "answer": "先焯水。"},
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "faq.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in RECIPES), encoding="utf-8")
    return path


def test_the_smallest_hash_of_each_group_is_held_out(corpus: Path) -> None:
    split = read_faq(corpus)
    wanted = []
    for row, group in enumerate(RECIPES[:3]):
        similar = group["similar"]
        assert isinstance(similar, list)
        wanted.append((min(similar, key=lambda text: hashlib.sha256(text.encode()).hexdigest()), row))
    assert list(split.queries) == wanted
    for text, row in split.queries:
        assert text not in split.groups[row].phrases
    assert len(split.groups) == len(RECIPES)
    assert split.groups[3].phrases == ("青菜怎么炒不发黄", "青菜炒黄了")


def test_any_corpus_runs_beside_all_baselines(corpus: Path) -> None:
    report, rankings = evaluate_faq(read_faq(corpus), Lexicon())
    assert report["n"] == 3
    assert set(report) == {"n", "ours", "baselines", "interval"}
    assert set(report["baselines"]) == {"bm25_word", "bm25_char", "tfidf", "rapidfuzz", "linear_svm"}
    for row in (report["ours"], *report["baselines"].values()):
        assert set(row) == {"top1", "top3", "mrr"}
        assert 0 <= row["top1"] <= row["top3"] <= 1
    assert report["ours"]["top1"] == 1.0
    assert len(report["interval"]["top1"]) == 2
    assert [ranking[0] for ranking in rankings] == [0, 1, 2]


def test_figures_count_every_query() -> None:
    assert figures([[1, 0], [0], []], [0, 0, 0]) == {"top1": 0.3333, "top3": 0.6667, "mrr": 0.5}
    assert figures([], []) == {"top1": 0.0, "top3": 0.0, "mrr": 0.0}


def test_the_same_run_twice_gives_the_same_figures(corpus: Path) -> None:
    assert evaluate_faq(read_faq(corpus), Lexicon()) == evaluate_faq(read_faq(corpus), Lexicon())


def test_questions_to_our_base(tmp_path: Path, release: Release) -> None:
    path = tmp_path / "questions.jsonl"
    rows = [
        {"question": "驾驶证丢了怎么补办", "id": "B05-001"},
        {"question": "驾照丢了咋办", "id": ["PR-B05-01", "B05-001"]},
        {"question": "股票涨了吗", "id": None},
        {"question": "驾驶证丢了怎么补办", "id": "A01-001"},
        {"question": "进京证怎么办"},
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    report = evaluate_questions(path, release, TODAY)
    assert report["n"] == 5
    assert report["accuracy"] == 0.75
    first = report["results"][0]
    assert set(first) == {"question", "decision", "id", "score", "answer"}
    assert (first["decision"], first["id"]) == ("sure", "B05-001")
    assert "依据：" in first["answer"]
    assert report["results"][2]["id"] == ""


def test_without_ids_there_is_no_accuracy(tmp_path: Path, release: Release) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "进京证怎么办"}\n\n', encoding="utf-8")
    assert "accuracy" not in evaluate_questions(path, release, TODAY)


@pytest.mark.parametrize(
    "line", ["[]", "{", '{"similar": []}', '{"standard": 3, "similar": []}', '{"standard": "问", "similar": "答"}']
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f'{{"standard": "问", "similar": []}}\n{line}\n', encoding="utf-8")
    with pytest.raises(BadQuestions, match=":2:"):
        read_faq(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadQuestions, match=r"none\.jsonl"):
        read_faq(tmp_path / "none.jsonl")
