"""Spoken slips, written by somebody who knew the answers and not the search: what sounds alike is found."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kb.decide import Close, Sure
from kb.release import Release
from kb.search import search
from kb.sounds import sounds
from tests.kb.tidy import TODAY

SLIPS = yaml.safe_load((Path(__file__).parent / "slips.yaml").read_text(encoding="utf-8"))


def test_slips_are_answered_or_offered(release: Release) -> None:
    missed = [one["text"] for one in SLIPS if not _is_right(release, one["text"], one["gold"])]
    assert len(SLIPS) >= 60
    assert len(missed) <= 0.1 * len(SLIPS), missed


def _is_right(release: Release, text: str, gold: list[str]) -> bool:
    match search(release, text, TODAY).decision:
        case Sure(candidate=best):
            return best.id in gold
        case Close(candidates=several):
            return any(one.id in gold for one in several)
    return False


@pytest.mark.parametrize(
    ("written", "meant"), [("进京政", "进京证"), ("罚宽", "罚款"), ("任定书", "认定书"), ("年剪", "年检")]
)
def test_what_is_written_otherwise_sounds_alike(written: str, meant: str) -> None:
    assert sounds(written) == sounds(meant)


def test_other_signs_sound_as_they_are_written() -> None:
    assert sounds("c1本 a") == ["c1 ben", "a"]
    assert sounds("") == []
