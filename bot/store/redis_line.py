"""Calls to one Redis server over a few connections, without the layers of the client library above its connections.

Those layers cost three times what the call itself does, and they stand in the way of every push. Connecting, TLS,
passwords and the protocol are the library's.
"""

from __future__ import annotations

import asyncio
from typing import Any

import hiredis
from redis.asyncio import Connection, ConnectionPool
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import ResponseError

Value = str | bytes | int
"""What a command is made of."""

CONNECTIONS = 32
"""Of one worker. A round trip takes well under a millisecond, so more would only be opened by a burst."""


class RedisLine:
    """A handful of connections, opened when they are needed. pool: only makes them."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[Connection] = []

    async def call(self, *command: Value) -> Any:
        """The server's answer: bytes, int, list or None. Raises what the library raises.

        A call whose connection broke is made once more on a new one, for a restarted server breaks all of them; so
        every command must bear being carried out twice.
        """
        packed = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub knows only one value
        async with self._room:
            connection = self._idle.pop() if self._idle else self._made()
            try:
                try:
                    return await _asked(connection, packed)
                except ConnectionLost:
                    return await _asked(connection, packed)
            except ResponseError:
                raise  # an answer, too: the connection is sound
            except BaseException:
                # Also when the call was cancelled: its answer may still come, and is nobody else's.
                await connection.disconnect(nowait=True)
                raise
            finally:
                self._idle.append(connection)

    def _made(self) -> Connection:
        made: Connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        return made

    async def close(self) -> None:
        """Close all connections; a later call would open one again."""
        while self._idle:
            await self._idle.pop().disconnect()


async def _asked(connection: Connection, packed: bytes) -> Any:
    await connection.send_packed_command(packed, check_health=False)
    return await connection.read_response()
