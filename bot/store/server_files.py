"""What the embedded Redis leaves on disk: whose folder it is, which server wrote it, and what a crash left running."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import BadSettings

SOCKET_BYTES = 100
"""A socket's path may have 107 bytes on Linux and 103 elsewhere."""
ORPHAN_S = 10.0
POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Binary:
    """A server program. kind: redis or valkey. version: major and minor, which decide the form of its files."""

    path: str
    kind: str
    version: str


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that is ours until give_back. socket: where the server listens. output: its log, open for writing."""

    folder: Path
    socket: Path
    output: int
    lock: int

    def note(self, pid: int) -> None:
        """Remember the running server, for the process that finds it without its parent."""
        whole = _running(self.folder).with_suffix(".part")
        whole.write_text(json.dumps({"pid": pid, "socket": str(self.socket)}))
        whole.replace(_running(self.folder))  # nobody reads half of it

    def last_words(self) -> str:
        """The last line of the server's log."""
        lines = (self.folder / "redis.log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"

    def give_back(self) -> None:
        """The server has ended: nothing of it stays but its data and its log."""
        shutil.rmtree(self.socket.parent, ignore_errors=True)
        _running(self.folder).unlink(missing_ok=True)
        os.close(self.output)
        os.close(self.lock)


def take_place(folder: Path, binary: Binary) -> Place:
    """Take DATA_DIR/redis for this process and this server; end a server that a dead process left running there.

    Raises BadSettings when another process has it, or another kind or version of server wrote it.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _locked(folder)
    try:
        _check_writer(folder, binary)
        _end_orphan(folder)
        output = os.open(folder / "redis.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except BaseException:
        os.close(lock)
        raise
    return Place(folder, _socket_path(), output, lock)


def _locked(folder: Path) -> int:
    """A lock that ends with this process, however it ends."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise BadSettings(
            f"{folder} is in use by another running bot. Stop it, or give this one its own DATA_DIR or REDIS_URL."
        ) from None
    return lock


def _check_writer(folder: Path, binary: Binary) -> None:
    noted = folder / "server.json"
    ours = {"kind": binary.kind, "version": binary.version}
    if not noted.exists():
        noted.write_text(json.dumps(ours))
        return
    writer = json.loads(noted.read_text())
    if writer != ours:
        raise BadSettings(
            f"{folder} was written by {writer['kind']} {writer['version']}, but only {binary.kind} {binary.version} is "
            f"here ({binary.path}). Install that server, set REDIS_URL, or delete {folder}: conversations start anew."
        )


def _end_orphan(folder: Path) -> None:
    """The lock is ours, so a server that still runs here has no parent: end it before its files are opened again."""
    try:
        noted = json.loads(_running(folder).read_text())
    except (FileNotFoundError, ValueError):
        return
    pid = int(noted["pid"])
    if _is_server_in(pid, folder):
        _end(pid, folder)
    shutil.rmtree(Path(noted["socket"]).parent, ignore_errors=True)


def _is_server_in(pid: int, folder: Path) -> bool:
    """Whether the process is a Redis that works in this folder, and not a stranger who got its number."""
    process = Path("/proc") / str(pid)
    try:
        command = (process / "cmdline").read_bytes()
        return (b"redis" in command or b"valkey" in command) and (process / "cwd").resolve() == folder.resolve()
    except OSError:
        return False


def _end(pid: int, folder: Path) -> None:
    until = time.monotonic() + ORPHAN_S
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        while _is_server_in(pid, folder):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            time.sleep(POLL_S)


def _socket_path() -> Path:
    """A socket in a new folder that only we may enter; near the root, for its path must be short."""
    folder = Path(tempfile.mkdtemp(prefix="xinxin-"))
    if len(os.fsencode(folder / "redis.sock")) > SOCKET_BYTES:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="xinxin-", dir="/tmp"))
    return folder / "redis.sock"


def _running(folder: Path) -> Path:
    return folder / "running.json"
