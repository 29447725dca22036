"""The database: SQLite or PostgreSQL behind one face, and the one place where their errors become ours.

What is done in a database is a plain function over a connection, run in one transaction. PostgreSQL runs it beside the
event loop; SQLite, which is files, runs it in a thread: one change of threads for a whole transaction costs a fraction
of what one for every statement does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.errors import BadSettings, RecordsDown

T = TypeVar("T")

DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
AWAY = (SQLAlchemyError, OSError, TimeoutError)
BUSY_S = 5.0
"""How long SQLite waits for another writer, and PostgreSQL for a statement."""
CONNECT_S = 3.0
CONNECTIONS = 5
"""Of one worker."""


class Clash(RecordsDown):
    """A row that must be unique is there already, or one it belongs to is not. Expected, and caught where it is."""


class Database(Protocol):
    """A database that is connected when it is first used."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do the work in one transaction: committed at its end, rolled back on any error. Raises RecordsDown, Clash."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def make_database(database_url: str) -> Database:
    """The database at an address. Looks at the file system: call it in a thread. Raises BadSettings."""
    url = sql_url(database_url)
    return Sqlite(url) if url.get_backend_name() == "sqlite" else Postgres(url)


def sql_url(database_url: str) -> URL:
    """The address with the driver we use. Raises BadSettings when it is none."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise BadSettings("DATABASE_URL is not an address of a database.") from None
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise BadSettings(f"DATABASE_URL: {url.get_backend_name()} is not supported; use sqlite or postgresql.")
    if driver.startswith("sqlite") and url.database in {None, "", ":memory:"}:
        raise BadSettings("DATABASE_URL: SQLite needs a file, as in sqlite:///data/xinxin.sqlite.")
    return url.set(drivername=driver)


def make_folder(url: URL) -> None:
    """The folder of an SQLite file."""
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


class Sqlite:
    """A file, used by a few threads."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(
            url, connect_args={"timeout": BUSY_S}, pool_size=CONNECTIONS, pool_timeout=CONNECT_S
        )
        event.listen(self._engine, "connect", _prepare)
        self._threads = ThreadPoolExecutor(CONNECTIONS, "sqlite")

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.run_here, work)

    def run_here(self, work: Callable[[Connection], T]) -> T:
        """The same in this thread."""
        with away_is_down(), self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self.close_here)

    def close_here(self) -> None:
        """The same in this thread; waits for what is still running."""
        self._threads.shutdown()
        self._engine.dispose()


class Postgres:
    """A server."""

    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(
            url,
            connect_args={"timeout": CONNECT_S, "command_timeout": BUSY_S},
            pool_size=CONNECTIONS,
            pool_timeout=CONNECT_S,
            pool_pre_ping=True,
        )

    async def run(self, work: Callable[[Connection], T]) -> T:
        with away_is_down():
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)

    async def close(self) -> None:
        await self._engine.dispose()


@contextmanager
def away_is_down() -> Iterator[None]:
    """Whatever SQLAlchemy or a driver throws in here is RecordsDown; a clash with another row is Clash."""
    try:
        yield
    except IntegrityError as error:
        raise Clash("clash") from error
    except AWAY as error:
        raise RecordsDown(type(error).__name__) from error


def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={int(BUSY_S * 1000)}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
