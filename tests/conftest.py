"""Fixtures every test may use: the release, a real Redis, a migrated database, a whole house."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis
from blockbuster import BlockBuster, blockbuster_ctx

from bot.settings import Settings
from bot.store.migrate import upgrade
from bot.store.server import embedded_redis
from kb.load import CONTENT
from kb.release import Release, open_release
from tests.house import House, demo_settings, open_house

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Nothing of ours may block the loop."""
    with blockbuster_ctx(["bot", "kb"]) as guard:
        yield guard


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The content of this checkout, built once."""
    return open_release(CONTENT, tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Redis that lives as long as the test process."""
    folder = tmp_path_factory.mktemp("redis")
    up, down = threading.Event(), threading.Event()
    url: list[str] = []

    async def hold() -> None:
        async with embedded_redis(folder) as address:
            url.append(address)
            up.set()
            await asyncio.to_thread(down.wait)

    keeper = threading.Thread(target=asyncio.run, args=(hold(),))
    keeper.start()
    assert up.wait(20), "Redis did not start"
    yield url[0]
    down.set()
    keeper.join()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The same server, empty."""
    with redis.Redis.from_url(redis_server, driver_info=None) as client:
        client.flushall()
    return redis_server


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to be copied."""
    path = tmp_path_factory.mktemp("database") / "xinxin.sqlite"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def data_dir(tmp_path: Path, database: Path) -> Path:
    """A data folder with a fresh database."""
    shutil.copy(database, tmp_path / "xinxin.sqlite")
    return tmp_path


@pytest.fixture
def house_settings(data_dir: Path, redis_url: str) -> Settings:
    """Settings of a demonstration; read before the loop runs."""
    return demo_settings(data_dir, redis_url)


@pytest.fixture
async def house(house_settings: Settings, release: Release) -> AsyncIterator[House]:
    """The whole bot and the whole platform."""
    async with open_house(house_settings, release) as opened:
        yield opened


# ── the browser ───────────────────────────────────────────────────────────────────────────────────────────


def browser_path() -> str | None:
    """A Chromium on this machine, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out browser tests where there is no browser; the summary says so."""
    if browser_path():
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not browser_path():
        terminalreporter.write_line("browser tests NOT run: no chromium on this machine (apt install chromium)")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("REQUIRE_BROWSER") == "1" and not browser_path():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
