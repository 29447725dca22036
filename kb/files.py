"""The files of a release as one value: what is kept, travels and comes back byte by byte.

Files are a mapping from the path inside a content folder to the text. They are the canonical content: an edit rewrites
only the file of the item it touches, so everything else comes back as it was written.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kb.canonical import canonical
from kb.load import CONTENT, Content, content_files, load_content, read_items
from kb.model import Entry

Files = Mapping[str, str]


def read_files(root: Path = CONTENT) -> Files:
    """Every file that belongs to a content folder."""
    return {path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8") for path in content_files(root)}


def write_files(files: Files, root: Path) -> tuple[int, int]:
    """Make a folder hold these files and no other content; returns how many were written and how many removed."""
    gone = [path for path in content_files(root) if path.relative_to(root).as_posix() not in files]
    for path in gone:
        path.unlink()
    written = 0
    for name, text in files.items():
        path, data = root / name, text.encode()
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            written += 1
    return written, len(gone)


def pack(files: Files) -> bytes:
    """The files in few bytes; the same files always give the same."""
    return zlib.compress(json.dumps(dict(sorted(files.items())), ensure_ascii=False).encode(), 6)


def unpack(data: bytes) -> Files:
    """What pack was given."""
    files: dict[str, str] = json.loads(zlib.decompress(data))
    return files


def files_id(files: Files) -> str:
    """sha256 of the files as they are written; says whether they were ever imported."""
    return hashlib.sha256(json.dumps(dict(sorted(files.items())), ensure_ascii=False).encode()).hexdigest()


@contextmanager
def folder_of(files: Files) -> Iterator[Path]:
    """The files in a folder of their own, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="xinxin-content-") as name:
        write_files(files, Path(name))
        yield Path(name)


def load_files(files: Files) -> Content:
    """The content of files that stand in no folder. Raises ContentError."""
    with folder_of(files) as folder:
        return load_content(folder)


def with_entry(files: Files, entry: Entry) -> Files:
    """The files with one entry put in place of the one of its id, or added at the end of its file."""
    name = f"entries/{entry.subcategory}.yaml"
    with folder_of({name: files[name]} if name in files else {}) as folder:
        path = folder / name
        items = read_items(path, Entry) if path.exists() else []
    changed = [entry if item.id == entry.id else item for item in items]
    if entry not in changed:
        changed.append(entry)
    return {**files, name: canonical(changed)}
