"""Opening the stores: each is one async context manager, and making its client does nothing that blocks the loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import ConnectionPool, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost

from bot.core.errors import BadSettings
from bot.store.desk_sql import SqlDesk
from bot.store.engine import make_database
from bot.store.mind_redis import RedisMind
from bot.store.records_sql import SqlRecords
from bot.store.redis_line import ANSWER_S, RedisLine, Value
from bot.store.releases_sql import SqlReleases
from bot.store.reminders_sql import SqlReminders
from bot.store.seal import Seal
from bot.store.staff_sql import SqlAccounts, SqlAudit

CLUSTER = "redis+cluster://"
OPTIONS: dict[str, Any] = {
    "protocol": 2,
    "socket_connect_timeout": ANSWER_S,
    # Without this the library would look up its own version in the file system, in the middle of the loop.
    "driver_info": None,
}


@asynccontextmanager
async def open_mind(url: str) -> AsyncIterator[RedisMind]:
    """Mind at a Redis address: redis://, rediss://, unix://, or redis+cluster:// for a Redis Cluster.

    Opening connects to nothing; the first call does. Raises BadSettings when the address is none.
    """
    async with _cluster(url) if url.startswith(CLUSTER) else _line(url) as mind:
        yield mind


@asynccontextmanager
async def _line(url: str) -> AsyncIterator[RedisMind]:
    try:
        pool = ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=None, **OPTIONS)
    except ValueError as error:
        raise BadSettings(f"REDIS_URL is not an address of Redis: {error}") from None
    line = RedisLine(pool)
    try:
        yield RedisMind(line.call, apart=False)
    finally:
        await line.close()


@asynccontextmanager
async def _cluster(url: str) -> AsyncIterator[RedisMind]:
    once_more = Retry(NoBackoff(), 1, (ConnectionLost,))
    client = RedisCluster.from_url("redis://" + url.removeprefix(CLUSTER), retry=once_more, **OPTIONS)

    async def call(*command: Value) -> Any:
        async with asyncio.timeout(ANSWER_S):
            return await client.execute_command(*command)

    try:
        yield RedisMind(call, apart=True)
    finally:
        await client.aclose()


@dataclass(frozen=True, slots=True)
class LongMemory:
    """Everything kept in SQL, each port over the same connections."""

    records: SqlRecords
    accounts: SqlAccounts
    audit: SqlAudit
    reminders: SqlReminders
    releases: SqlReleases
    desk: SqlDesk


@asynccontextmanager
async def open_long_memory(url: str, secret: str, previous: tuple[str, ...] = ()) -> AsyncIterator[LongMemory]:
    """What is kept in the database at an SQLAlchemy address, which must have been migrated (migrate.upgrade).

    secret: SECRET_KEY. previous: earlier secrets, still accepted. Opening connects to nothing; the first call does.
    Raises BadSettings when the address is none.
    """
    database = await asyncio.to_thread(make_database, url)
    seal = Seal(secret, previous)
    try:
        yield LongMemory(
            records=SqlRecords(database, seal),
            accounts=SqlAccounts(database),
            audit=SqlAudit(database),
            reminders=SqlReminders(database, seal),
            releases=SqlReleases(database),
            desk=SqlDesk(database, seal),
        )
    finally:
        await database.close()


@asynccontextmanager
async def open_records(url: str, secret: str, previous: tuple[str, ...] = ()) -> AsyncIterator[SqlRecords]:
    """Records alone."""
    async with open_long_memory(url, secret, previous) as memory:
        yield memory.records


@asynccontextmanager
async def open_accounts(url: str) -> AsyncIterator[tuple[SqlAccounts, SqlAudit]]:
    """Accounts and the audit trail alone, for a command that knows no SECRET_KEY."""
    database = await asyncio.to_thread(make_database, url)
    try:
        yield SqlAccounts(database), SqlAudit(database)
    finally:
        await database.close()
