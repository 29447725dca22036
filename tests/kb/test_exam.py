"""kb exam: what is counted, and that the frozen half stays what it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.exam import check_exam, frozen_hash, read_exam, score
from kb.release import Release, build
from tests.kb.tidy import TODAY, tidy

EXAM = {
    "A01": (
        "- question: 甲乙盖章的屋子在哪\n  gold: [A01-001]\n"
        "- question: 乙丙门钥匙没了\n  gold: [B05-001]\n  half: frozen\n"
        "- question: 谁也没写过这一问\n  gold: []\n"
    ),
    "none": "- question: 红烧肉放几勺糖\n  gold: []\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in EXAM.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def release() -> Release:
    return build(tidy())


def test_each_half_is_counted_by_itself(folder: Path, release: Release) -> None:
    tune = score(release, read_exam(folder), "tune", TODAY)
    assert (tune["n"], tune["missing"], tune["off_topic"], tune["false_answers"]) == (1, 1, 1, 0.0)
    assert tune["by_subcategory"]["A01"]["n"] == 1
    frozen = score(release, read_exam(folder), "frozen", TODAY)
    assert (frozen["n"], frozen["first"], frozen["offered"]) == (1, 0.0, 0.0)


def test_the_examination_names_what_exists_and_is_nobodys_wording(folder: Path) -> None:
    assert list(check_exam(tidy(), folder)) == []
    text = f"- question: 没有这一条\n  gold: [A01-999]\n- question: {tidy().entries[1].similar[3]}\n  gold: []\n"
    (folder / "A02.yaml").write_text(text, encoding="utf-8")
    assert [one.kind for one in check_exam(tidy(), folder)] == ["link", "golden_known"]


def test_the_frozen_half_is_the_one_that_was_locked(folder: Path) -> None:
    lock = folder / "frozen.lock"
    lock.write_text(frozen_hash(read_exam(folder)) + "\n", encoding="utf-8")
    assert list(check_exam(tidy(), folder)) == []
    changed = EXAM["A01"].replace("乙丙门钥匙没了", "乙丙门钥匙掉了")
    (folder / "A01.yaml").write_text(changed, encoding="utf-8")
    assert [one.kind for one in check_exam(tidy(), folder)] == ["frozen"]
