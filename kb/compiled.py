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
from kb.index import Index
from kb.load import Content, adapter
from kb.talk import Synonyms
from kb.text import Lexicon

KEPT = 3
"""Compiled releases left in the folder; older ones go."""
FIELDS = ("near", "whole")
ARRAYS = ("starts", "docs", "weights", "begins", "rows", "values", "idf", "mass", "kinds")


def save_compiled(path: Path, content: Content, index: Index) -> None:
    """Write a release whole or not at all; a folder that cannot be written costs only time at the next start."""
    said = {
        "content": json.loads(adapter(Content).dump_json(content, exclude={"places"})),
        "keys": index.keys,
        "phrases": index.phrases,
        "plain": index.plain,
        "terms": [list(vocabulary) for vocabulary in index.vocabularies],
        "unknown": {name: getattr(index, name).unknown for name in FIELDS},
    }
    text = json.dumps(said, ensure_ascii=False).encode()
    arrays = {f"{name}.{part}": getattr(getattr(index, name), part) for name in FIELDS for part in ARRAYS}
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
    fields = {name: _field(name, said, arrays) for name in FIELDS}
    words, grams, signs = ({term: number for number, term in enumerate(terms)} for terms in said["terms"])
    index = Index(
        lexicon_of(content.synonyms),
        (words, grams, signs),
        tuple(said["keys"]),
        tuple(said["phrases"]),
        tuple(said["plain"]),
        arrays["first"],
        **fields,
    )
    return content, index


def _field(name: str, said: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Field:
    return Field(**{part: arrays[f"{name}.{part}"] for part in ARRAYS}, unknown=said["unknown"][name])


def _forget_old(folder: Path) -> None:
    newest_first = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[KEPT:]:
        path.unlink(missing_ok=True)
