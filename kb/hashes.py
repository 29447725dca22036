"""Names of things by their content: a release, an item as it is said, an item as it is edited, the files, this code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from pathlib import Path

from kb.figures import FACT
from kb.load import Content, adapter, content_files
from kb.model import Entry, Fact, Procedure, ReleaseId

WORDINGS = frozenset({"similar"})
"""What is no part of what we say."""


@cache
def code_id() -> str:
    """Hash of this package's code: a compiled form is good only for the code that made it."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def content_id(content: Content) -> ReleaseId:
    """sha256 over everything the content says, each kind in the order of its ids."""
    digest = hashlib.sha256()
    for field_ in fields(content):
        part = getattr(content, field_.name)
        if field_.name in {"places", "reviews"}:
            continue
        lines = sorted(map(_bytes, part)) if isinstance(part, tuple) else [_bytes(part)]
        digest.update(field_.name.encode() + b"\n" + b"\n".join(lines) + b"\n")
    return ReleaseId(digest.hexdigest())


def versions_of(items: Iterable[Entry | Procedure], facts: Iterable[Fact]) -> dict[str, str]:
    """Hash of each item with the figures it places, by id; of an entry without the ways of asking for it."""
    rows: dict[str, bytes] = {}
    for fact in facts:
        rows[fact.id] = rows.get(fact.id, b"") + _bytes(fact)
    versions = {}
    for item in items:
        said = _bytes(item, WORDINGS)
        placed = sorted({found[0] for found in FACT.findall(said.decode())})
        versions[str(item.id)] = hashlib.sha256(said + b"".join(rows.get(key, b"") for key in placed)).hexdigest()
    return versions


def editions_of(items: Iterable[Entry | Procedure]) -> dict[str, str]:
    """Hash of each item as it is written, by id."""
    return {str(item.id): hashlib.sha256(_bytes(item)).hexdigest() for item in items}


def _bytes(item: object, without: frozenset[str] = frozenset()) -> bytes:
    return adapter(type(item)).dump_json(item, exclude=set(without), exclude_defaults=True)


def fingerprint(content_dir: Path) -> str:
    """Hash of the content files and of this package's code: what the compiled form was made from."""
    digest = hashlib.sha256()
    digest.update(code_id().encode())
    for path in content_files(content_dir):
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)}\n".encode() + data)
    return digest.hexdigest()
