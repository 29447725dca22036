"""The shelf: compiled releases in a folder, from SQL when they are not there, made from content when they are nowhere.

Loading and compiling happen off the event loop; judging a new release in a process of its own that gives way to turns.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import structlog

import kb
from bot.core.errors import RecordsDown, XinxinError
from bot.core.releases import Releases
from kb.compiled import save_compiled
from kb.files import Files, files_id, load_files, unpack, write_files
from kb.gate import Finding
from kb.hashes import code_id
from kb.model import ReleaseId
from kb.release import Release, build, read_release

log = structlog.get_logger()

GATE_S = 180.0
KEPT = 8
"""Compiled releases left in the folder; SQL has more."""
ROOT = Path(kb.__file__).resolve().parents[1]
CURRENT = "current"
"""The file that remembers which release was in force, for a start while SQL is away."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate says. id: empty when the files cannot be read as content. compiled: where it lies for a while."""

    id: ReleaseId
    passed: bool
    findings: tuple[Finding, ...]
    compiled: Path
    entries: int = 0
    procedures: int = 0


class GateFailed(XinxinError):
    """The gate itself could not be run."""


class Shelf:
    """Compiled releases of this machine. folder: may be emptied at any time."""

    def __init__(self, releases: Releases, folder: Path) -> None:
        self._releases = releases
        self.folder = folder
        self._one_at_a_time = asyncio.Lock()
        self._last: tuple[str, Judged] | None = None

    async def load(self, release: ReleaseId, now: datetime) -> Release:
        """A release that SQL knows. Raises RecordsDown when it can be had from nowhere."""
        path = await self._path(release)
        known = await asyncio.to_thread(read_release, path)
        if known is None:
            await self._fetch(release, path, now)
            known = await asyncio.to_thread(read_release, path)
        if known is None:
            raise RecordsDown(f"release {release[:12]} cannot be loaded")
        return known[1]

    async def fetch(self, release: ReleaseId) -> None:
        """Have a compiled form on the shelf, if SQL has one."""
        path = await self._path(release)
        if not await asyncio.to_thread(path.exists) and (
            packed := await self._releases.compiled(await self._key(release))
        ):
            await asyncio.to_thread(_put, path, packed)

    async def keep(self, release: ReleaseId, path: Path, now: datetime) -> None:
        """Put the compiled form of a release into SQL, for all workers, and onto this shelf."""
        packed = await asyncio.to_thread(lambda: zlib.compress(path.read_bytes(), 1))
        await self._releases.keep_compiled(await self._key(release), release, packed, now)
        await asyncio.to_thread(_put, await self._path(release), packed)

    async def judge(self, old: ReleaseId, files: Files, on: date, now: datetime) -> Judged:
        """Run the gate over content files against a release in force."""
        key = f"{old} {files_id(files)} {on}"
        async with self._one_at_a_time:
            if self._last is None or self._last[0] != key:
                await self.load(old, now)
                out = self.folder / "tried" / f"{files_id(files)[:32]}.npz"
                self._last = key, await asyncio.to_thread(_judge, await self._path(old), files, on, out)
            return self._last[1]

    async def tried(self, judged: Judged) -> Release | None:
        """What was judged, compiled; None when it was no content, or has left the shelf."""
        known = await asyncio.to_thread(read_release, judged.compiled) if judged.id else None
        return known[1] if known and known[1].id == judged.id else None

    async def remember(self, release: ReleaseId) -> None:
        """What is in force now."""
        await asyncio.to_thread(_put_text, self.folder / CURRENT, release)

    async def remembered(self) -> Release | None:
        """What was in force when somebody last looked, if it is still on the shelf."""
        path = self.folder / CURRENT
        name = await asyncio.to_thread(lambda: path.read_text() if path.exists() else "")
        known = await asyncio.to_thread(read_release, await self._path(ReleaseId(name))) if name else None
        return known[1] if known else None

    async def _key(self, release: ReleaseId) -> str:
        return f"{release}-{await asyncio.to_thread(code_id)}"

    async def _path(self, release: ReleaseId) -> Path:
        return self.folder / f"{release[:32]}-{await asyncio.to_thread(code_id)}.npz"

    async def _fetch(self, release: ReleaseId, path: Path, now: datetime) -> None:
        packed = await self._releases.compiled(await self._key(release))
        if packed:
            return await asyncio.to_thread(_put, path, packed)
        files = await self._releases.files(release)
        if files is None:
            raise RecordsDown(f"release {release[:12]} is not there")
        log.info("release_compiled_anew", release=release[:12])
        await asyncio.to_thread(_make, unpack(files), path)
        return await self.keep(release, path, now)


def _put(path: Path, packed: bytes) -> None:
    data = zlib.decompress(packed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)
    with suppress(FileNotFoundError):  # another worker tidies up at the same moment
        newest_first = sorted(path.parent.glob("*.npz"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in newest_first[KEPT:]:
            old.unlink(missing_ok=True)


def _put_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _make(files: Files, path: Path) -> None:
    content = load_files(files)
    save_compiled(path, content, build(content).index)


def _judge(old: Path, files: Files, on: date, out: Path) -> Judged:
    """In a process of its own: compiling takes seconds, and would hold up every turn of this one."""
    command = [sys.executable, "-m", "kb", "gate", str(old), "--json", "--nice", "--on", on.isoformat()]
    with tempfile.TemporaryDirectory(prefix="xinxin-gate-") as folder:
        write_files(files, Path(folder))
        command += ["--content", folder, "--compiled", str(out)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=GATE_S, check=False)
    try:
        said = json.loads(done.stdout)
        findings = tuple(Finding(**one) for one in said["findings"])
    except (ValueError, KeyError, TypeError):
        raise GateFailed(f"the gate ended with {done.returncode}: {done.stderr.decode()[-300:]}") from None
    made = ReleaseId(said.get("id", ""))
    return Judged(made, said["ok"], findings, out, said.get("entries", 0), said.get("procedures", 0))
