"""A line to Redis that can be cut: the server lives on, but nobody hears it, as when its host is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

CHUNK_BYTES = 65536


class Line:
    """Forwards a socket of its own to the server's."""

    def __init__(self, path: Path, server: str) -> None:
        self.url = f"unix://{path}"
        self._path = path
        self._server = server.removeprefix("unix://")
        self._listener: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        """Listen."""
        self._listener = await asyncio.start_unix_server(self._carry, self._path)

    async def cut(self) -> None:
        """Stop listening and drop every connection."""
        assert self._listener
        self._listener.close()
        self._path.unlink(missing_ok=True)
        for writer in tuple(self._open):
            writer.close()
        await asyncio.sleep(0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._server)
        both = (writer, far_writer)
        self._open |= {*both}
        try:
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        finally:
            self._open -= {*both}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                writer.write(chunk)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def open_line(path: Path, server: str) -> AsyncIterator[Line]:
    """A line that works; path: of its socket, short."""
    line = Line(path, server)
    await line.mend()
    try:
        yield line
    finally:
        await line.cut()
