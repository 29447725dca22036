"""Calls to one Redis server over one connection, written together and answered in their order.

What turns ask in the same breath leaves in one write, and the answers come in one read, for system calls are what is
dear on the way of every push (docs/performance.md). Connecting, TLS, passwords and the handshake are the library's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import hiredis
from redis.asyncio import Connection, ConnectionPool
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoScriptError, ResponseError

Value = str | bytes | int
"""What a command is made of."""

ANSWER_S = 1.0
"""For the answer to a call, and for connecting."""
UNREAD_S = 0.05
"""An answer that came in time may lie unread while this process was busy or stood still: time to read it."""
READ_BYTES = 2**18


class RedisLine:
    """A line that is opened when it is needed, and again when it broke. pool: only makes its connections."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._wire: _Wire | None = None
        self._opening = asyncio.Lock()

    async def call(self, *command: Value) -> Any:
        """The server's answer: bytes, int, list or None. Raises what the library raises, and TimeoutError.

        A call whose connection broke is made once more on a new one, for a restarted server breaks it for all; so
        every command must bear being carried out twice.
        """
        packed = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub knows only one value
        try:
            return await (self._wire or await self._opened()).asked(packed)
        except ConnectionLost:
            return await (self._wire or await self._opened()).asked(packed)

    async def _opened(self) -> _Wire:
        async with self._opening:
            if self._wire is None:
                connection: Connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
                async with asyncio.timeout(ANSWER_S):
                    await connection.connect()  # type: ignore[no-untyped-call]
                self._wire = _Wire(connection, self._lost)
            return self._wire

    def _lost(self, wire: _Wire) -> None:
        if self._wire is wire:
            self._wire = None

    async def close(self) -> None:
        """Close the connection; a later call would open one again."""
        if self._wire:
            await self._wire.close()


class _Wire:
    """One open connection. lost: told once, when nothing more can be asked on it."""

    def __init__(self, connection: Connection, lost: Callable[[_Wire], None]) -> None:
        self._connection = connection
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._unsent: list[bytes] = []
        self._asked: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._doubted: asyncio.Future[Any] | None = None
        self._reader = hiredis.Reader(protocolError=ConnectionLost, replyError=_refusal)
        self._listening = asyncio.create_task(self._listen(), name="redis answers")

    def asked(self, packed: bytes) -> asyncio.Future[Any]:
        """Ask with the next write; the future is the answer. A caller that left is answered all the same."""
        answer = self._loop.create_future()
        if not self._unsent:
            self._loop.call_soon(self._write)
        self._unsent.append(packed)
        now = self._loop.time()
        self._asked.append((answer, now))
        if self._watch is None:
            self._watch = self._loop.call_at(now + ANSWER_S, self._look)
        return answer

    async def close(self) -> None:
        """Nobody is waiting any more, or gets no answer."""
        self._end(ConnectionLost("closed"))
        self._listening.cancel()
        await asyncio.wait([self._listening])

    def _write(self) -> None:
        # The library's own way of writing waits for each answer before the next call, so its streams are used here.
        writer = self._connection._writer
        if writer is not None:
            writer.write(b"".join(self._unsent))
        self._unsent.clear()

    async def _listen(self) -> None:
        """Hand out the answers until there are no more."""
        why: Exception = ConnectionLost("the server closed the connection")
        try:
            stream = self._connection._reader
            while stream is not None and (data := await stream.read(READ_BYTES)):
                self._reader.feed(data)
                self._hand_out()
        except (OSError, ConnectionLost) as error:
            why = ConnectionLost(str(error))
        finally:
            self._end(why)
            await self._connection.disconnect(nowait=True)

    def _hand_out(self) -> None:
        while (said := self._reader.gets()) is not False:
            answer, _ = self._asked.popleft()
            if answer.done():
                continue
            if isinstance(said, ResponseError):
                answer.set_exception(said)
            else:
                answer.set_result(said)

    def _look(self) -> None:
        """One timer for all calls, set to when the oldest of them has waited long enough."""
        self._watch = None
        if not self._asked:
            return
        oldest, asked = self._asked[0]
        if asked + ANSWER_S > self._loop.time():
            self._watch = self._loop.call_at(asked + ANSWER_S, self._look)
        elif oldest is not self._doubted:
            self._doubted = oldest
            self._watch = self._loop.call_later(UNREAD_S, self._look)
        else:
            self._end(TimeoutError())
            self._listening.cancel()

    def _end(self, why: Exception) -> None:
        """Whoever waits learns why there is no answer; a late one is nobody else's."""
        self._lost(self)
        if self._watch:
            self._watch.cancel()
            self._watch = None
        while self._asked:
            answer, _ = self._asked.popleft()
            if not answer.done():
                answer.set_exception(why)


def _refusal(text: str) -> ResponseError:
    return NoScriptError(text) if text.startswith("NOSCRIPT") else ResponseError(text)
