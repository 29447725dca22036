"""backup and restore: all that a service on SQLite keeps, as one file.

    manifest.json   form of the file, when and by which version it was made, schema revision, hash of every other member
    xinxin.sqlite   a consistent copy, made through SQLite's online backup: the service may run meanwhile
    demo.json       the credentials of a demonstration, when there are any

Redis is not in it. It holds what is of minutes (claims, finished replies for retries, send windows) and open
conversations, which start anew; the answer log's lines reach SQL within seconds. Compiled releases are made again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

from bot.core.errors import BadBackup, BadSettings
from bot.store.engine import sql_url
from bot.store.migrate import revisions, upgrade

FORM = 1
MANIFEST = "manifest.json"
DATABASE = "xinxin.sqlite"
DEMO = "demo.json"
MEMBERS = (DATABASE, DEMO)
CHUNK_BYTES = 1 << 20
OTHER_DATABASE = "backup and restore are for SQLite; for PostgreSQL use pg_dump and pg_restore (docs/operations.md)."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. files: name and SHA-256 of its members."""

    form: int
    made_at: str
    version: str
    revision: str
    files: dict[str, str]


def backup(database_url: str, data_dir: Path, target: Path, now: datetime) -> Manifest:
    """Write a backup that only its owner may read. Raises BadSettings, BadBackup, OSError."""
    database = _sqlite_file(database_url)
    if not database.exists():
        raise BadBackup(f"There is no database at {database} yet.")
    if target.exists():
        raise BadBackup(f"{target} exists already; name another file.")
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as folder:
        work = Path(folder)
        _copy(database, work / DATABASE)
        if (data_dir / DEMO).exists():
            shutil.copy(data_dir / DEMO, work / DEMO)
        files = {name: _hash(work / name) for name in MEMBERS if (work / name).exists()}
        manifest = Manifest(FORM, now.isoformat(), _version(), _revision(work / DATABASE), files)
        _pack(work, manifest)
        (work / "whole.tar").replace(target)
    return manifest


def restore(source: Path, database_url: str, data_dir: Path, *, replace: bool) -> Manifest:
    """Put a backup in place and migrate it. Nothing is touched unless the whole backup is good.

    replace: give up what is there, open conversations included. Raises BadSettings, BadBackup, OSError.
    """
    database = _sqlite_file(database_url)
    if not replace and (database.exists() or (data_dir.exists() and any(data_dir.iterdir()))):
        raise BadBackup(f"{data_dir} is not empty. Give another DATA_DIR, or --replace to give up what is there.")
    for needed in (data_dir, database.parent):
        needed.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=database.absolute().parent, prefix=".restore-") as folder:
        work = Path(folder)
        manifest = _unpack(source, work)
        if manifest.revision not in revisions():
            raise BadBackup(
                f"{source} was made by version {manifest.version}, whose tables are newer than this one knows."
            )
        upgrade(f"sqlite:///{work.absolute() / DATABASE}")
        _fold(work / DATABASE)
        if database.exists():
            _check_alone(database)
        for end in ("-wal", "-shm"):
            Path(f"{database}{end}").unlink(missing_ok=True)
        # Its sessions name citizens of another database.
        shutil.rmtree(data_dir / "redis", ignore_errors=True)
        (work / DATABASE).replace(database)
        if (work / DEMO).exists():
            (work / DEMO).replace(data_dir / DEMO)
    return manifest


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sqlite_file(database_url: str) -> Path:
    url = sql_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BadSettings(OTHER_DATABASE)
    return Path(url.database)


def _copy(source: Path, target: Path) -> None:
    """A copy as of one moment, while others may write."""
    _touch(target)
    with closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(target)) as copy:
        running.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _fold(database: Path) -> None:
    """Everything into the one file, and no write-ahead log beside it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _check_alone(database: Path) -> None:
    """Take a lock that nobody gets beside a running service, whose connections are open. Raises BadBackup."""
    with closing(sqlite3.connect(database, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise BadBackup(f"{database} is in use. Stop the service first.") from None
        except sqlite3.DatabaseError:
            return  # no database any more, so nobody uses it
        connection.rollback()


def _revision(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError:
            found = None
    if not found:
        raise BadBackup("The database has no tables of this service.")
    return str(found[0])


def _version() -> str:
    with suppress(PackageNotFoundError):
        return version("xinxin")
    return "unknown"


def _touch(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ── the archive ───────────────────────────────────────────────────────────────────────────────────────────


def _pack(work: Path, manifest: Manifest) -> None:
    whole = work / "whole.tar"
    _touch(whole)
    with tarfile.open(whole, "w") as archive:
        told = json.dumps(asdict(manifest), indent=1).encode()
        _add(archive, MANIFEST, io.BytesIO(told), len(told))
        for name in manifest.files:
            with (work / name).open("rb") as file:
                _add(archive, name, file, (work / name).stat().st_size)
    with whole.open("rb") as file:
        os.fsync(file.fileno())


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> None:
    """A member that names no user and no machine."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, file)


def _unpack(source: Path, work: Path) -> Manifest:
    """The members that the manifest names, with the contents it names. Raises BadBackup."""
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = Manifest(**json.loads(_member(archive, MANIFEST).read()))
            if manifest.form != FORM or not {DATABASE} <= set(manifest.files) <= set(MEMBERS):
                raise BadBackup(f"{source} has another form than this version reads.")
            for name in manifest.files:
                _touch(work / name)
                with (work / name).open("wb") as file:
                    shutil.copyfileobj(_member(archive, name), file, CHUNK_BYTES)
    except (tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise BadBackup(f"{source} is no backup of this service.") from error
    damaged = [name for name, told in manifest.files.items() if _hash(work / name) != told]
    if damaged or _revision(work / DATABASE) != manifest.revision:
        raise BadBackup(f"{source} is damaged: its contents are not those it was made with.")
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(archive.getmember(name))
    if found is None:
        raise KeyError(name)
    return found
