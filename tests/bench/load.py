"""A load generator that costs little: prepared requests over keep-alive connections, read by Content-Length."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bot.sim.wire import Request


@dataclass
class Result:
    """Seconds each answer took, and the wall time of them all."""

    seconds: list[float] = field(default_factory=list)
    wall_s: float = 0.0
    failed: int = 0

    @property
    def per_s(self) -> float:
        return len(self.seconds) / self.wall_s

    def quantile(self, share: float) -> float:
        """Milliseconds that this share of the answers stayed under."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def raw(request: Request, port: int) -> bytes:
    """A request as bytes on the wire."""
    body = request.body.encode()
    head = (
        f"POST /wechat?{urlencode(request.query)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Line:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> int:
        """Send, read the whole answer, give its status."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)
        return status

    def close(self) -> None:
        self._writer.close()


async def flat_out(port: int, requests: Sequence[bytes], lines: int) -> Result:
    """As fast as it goes over so many connections."""
    result = Result()
    waiting = iter(requests)

    async def work() -> None:
        line = await Line.open(port)
        for request in waiting:
            await _timed(line, request, result, time.perf_counter())
        line.close()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(lines)))
    result.wall_s = time.perf_counter() - begun
    return result


async def at_rate(port: int, requests: Sequence[bytes], per_s: float, lines: int) -> Result:
    """At a fixed rate; a late answer counts from when its request was due, so waiting is not hidden."""
    result = Result()
    free: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(lines):
        free.put_nowait(await Line.open(port))
    begun = time.perf_counter()

    async def one(request: bytes, due: float) -> None:
        line = await free.get()
        await _timed(line, request, result, due)
        free.put_nowait(line)

    tasks = []
    for number, request in enumerate(requests):
        due = begun + number / per_s
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*tasks)
    result.wall_s = time.perf_counter() - begun
    while not free.empty():
        free.get_nowait().close()
    return result


async def _timed(line: Line, request: bytes, result: Result, since: float) -> None:
    status = await line.ask(request)
    result.seconds.append(time.perf_counter() - since)
    result.failed += status != 200
