"""The frozen half of the golden questions: for measuring only. Its hash is kept, so that no change goes unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from kb.load import Content
from kb.problem import Problem

LOCK = Path(__file__).parent / "golden.lock"


def frozen_hash(content: Content) -> str:
    """sha256 over the frozen questions in their order; labels may still be mended."""
    questions = sorted(one.question for one in content.golden if one.half == "frozen")
    return hashlib.sha256("\n".join(questions).encode()).hexdigest()


def check_frozen(content: Content, lock: Path) -> Iterator[Problem]:
    """The frozen half is the one that was locked; without a lock there is none to keep."""
    if lock.exists() and lock.read_text("utf-8").strip() != frozen_hash(content):
        yield Problem(lock, 1, "frozen", "the frozen half of the golden questions is not the one that was locked")
