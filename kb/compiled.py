"""The compiled form of a release in one file: arrays, and JSON as an array of bytes. Nothing in it can run."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from kb.field import Field
from kb.index import Index, numbered_through
from kb.load import Content, adapter
from kb.talk import Synonyms
from kb.text import Lexicon

KEPT = 3
"""Compiled releases left in the folder; older ones go."""
ARRAYS = ("starts", "docs", "weights", "rows", "common", "idf")
"""What a field consists of, beside one number."""


def save_compiled(path: Path, content: Content, index: Index) -> None:
    """Write a release whole or not at all; a folder that cannot be written costs only time at the next start."""
    said = {
        "content": json.loads(adapter(Content).dump_json(content, exclude={"places"})),
        "keys": index.keys,
        "phrases": index.phrases,
        "plain": index.plain,
        "terms": [list(vocabulary) for vocabulary in index.vocabularies],
        "unknown": index.field.unknown,
    }
    text = json.dumps(said, ensure_ascii=False).encode()
    arrays = {part: getattr(index.field, part) for part in ARRAYS}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            np.savez(file, text=np.frombuffer(text, np.uint8), first=index.first, **arrays)
        Path(file.name).replace(path)
        _forget_old(path.parent)
    except OSError:
        return


def load_compiled(path: Path, lexicon_of: Callable[[Synonyms], Lexicon]) -> tuple[Content, Index] | None:
    """Read a release back; None when there is none, or none that can be read."""
    try:
        # Our own handle: numpy leaves its own open when the file is cut short.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return _unpacked({name: arrays[name] for name in arrays.files}, lexicon_of)
    except (OSError, ValueError, KeyError, TypeError, ValidationError, zipfile.BadZipFile):
        return None


def _unpacked(arrays: dict[str, NDArray[Any]], lexicon_of: Callable[[Synonyms], Lexicon]) -> tuple[Content, Index]:
    said = json.loads(arrays["text"].tobytes())
    content = adapter(Content).validate_python(said["content"])
    return content, Index(
        lexicon_of(content.synonyms),
        numbered_through(said["terms"]),
        tuple(said["keys"]),
        tuple(said["phrases"]),
        tuple(said["plain"]),
        arrays["first"],
        Field(**{part: arrays[part] for part in ARRAYS}, unknown=said["unknown"]),
    )


def _forget_old(folder: Path) -> None:
    newest_first = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[KEPT:]:
        path.unlink(missing_ok=True)
