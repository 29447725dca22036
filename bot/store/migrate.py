"""Bringing a database to the tables of this version, with Alembic.

There is no alembic.ini and no env.py: migrations run only from here, with the engine that the bot itself uses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.store import (  # noqa: F401 — their tables stand in metadata from here on
    tables_desk,
    tables_ratings,
    tables_release,
    tables_reminder,
    tables_staff,
)
from bot.store.engine import Database, Sqlite, make_database, make_folder, sql_url
from bot.store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
TURNSTILE = 8_273_451
"""Any number: the PostgreSQL lock that lets one process migrate at a time."""


def upgrade(database_url: str, revision: str = "head") -> None:
    """Run the migrations that are missing, up to a revision. Waits; call it in a thread beside an event loop.

    Raises RecordsDown when the database is away, BadSettings when the address is none.
    """
    make_folder(sql_url(database_url))
    work, database = _work(revision), make_database(database_url)
    if isinstance(database, Sqlite):
        database.run_here(work)
        database.close_here()
    else:
        asyncio.run(_upgrade(database, work))


async def _upgrade(database: Database, work: Callable[[Connection], None]) -> None:
    try:
        await database.run(work)
    finally:
        await database.close()


def revisions() -> tuple[str, ...]:
    """All revisions this version knows, oldest first."""
    return tuple(reversed([script.revision for script in _script(Config()).walk_revisions()]))


def _script(config: Config) -> ScriptDirectory:
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def _work(revision: str) -> Callable[[Connection], None]:
    """What brings a connection's database up to date; all files have been read when it is returned."""
    config = Config()
    script = _script(config)
    script.get_heads()

    def run(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({TURNSTILE})"))
        with EnvironmentContext(config, script, fn=lambda now, _: script._upgrade_revs(revision, now)) as environment:
            environment.configure(connection=connection, target_metadata=metadata)
            environment.run_migrations()

    return run
