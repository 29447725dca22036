"""python -m tests.bench — the table of docs/performance.md. Traffic stays on the loopback, bounded in count."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiohttp import ClientError, ClientSession

from bot.demo import sim_config
from bot.settings import Settings, load
from bot.store.migrate import upgrade
from bot.store.server import embedded_redis
from kb.load import CONTENT
from tests.bench.load import Result, at_rate, flat_out
from tests.bench.mix import conversation, filled_content, requests
from tests.house import free_port

SERVER_CORE, LOAD_CORE = 0, 1
LINES = 16
WARM = 400


@dataclass
class Subject:
    """A server process on its own core."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    ready_s: float

    def memory_mib(self) -> float:
        return psutil.Process(self.process.pid).memory_info().rss / 2**20


@contextmanager
def started(name: str, settings: Settings, redis_url: str, **more: str) -> Iterator[Subject]:
    port = free_port()
    given = {
        "port": port,
        "redis_url": redis_url,
        "token": settings.wechat_token.get_secret_value(),
        "aes_key": settings.wechat_aes_key.get_secret_value(),
        "app_id": settings.wechat_app_id,
        "data_dir": str(settings.data_dir),
        **more,
    }
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{name}"], env={**os.environ, "BENCH": json.dumps(given)}
    )
    psutil.Process(process.pid).cpu_affinity([SERVER_CORE])
    asyncio.run(_ready(port))
    try:
        yield Subject(name, port, process, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(20)


async def _ready(port: int) -> None:
    async with ClientSession() as http, asyncio.timeout(60):
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except (ClientError, OSError):
                pass
            await asyncio.sleep(0.02)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--count", type=int, default=3000, help="pushes a run")
    parser.add_argument("--phrasings", type=int, default=15_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    psutil.Process().cpu_affinity([LOAD_CORE])
    with tempfile.TemporaryDirectory() as folder, _redis(Path(folder) / "redis") as redis_url:
        settings = load(demo=True, data_dir=Path(folder), redis_url=redis_url)
        upgrade(settings.sql_url)
        content = filled_content(CONTENT, Path(folder) / "content", options.phrasings)
        # The first start compiles the release; what is measured is a start once installed.
        with started("subject", settings, redis_url, content=str(content)) as cold:
            cold_s = cold.ready_s
        with (
            started("echo", settings, redis_url) as echo,
            started("subject", settings, redis_url, content=str(content)) as bot,
        ):
            table = Bench(settings, content, echo, bot, options.count).run(options.pairs)
            table["ready_s"], table["ready_first_s"], table["memory_mib"] = bot.ready_s, cold_s, bot.memory_mib()
    sys.stdout.write(json.dumps(table, indent=1) if options.json else shown(table))
    sys.stdout.write("\n")
    return 0


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """A Redis of the bench's own, on the load generator's core."""
    loop = asyncio.new_event_loop()
    server = embedded_redis(folder)
    try:
        yield loop.run_until_complete(server.__aenter__())
    finally:
        loop.run_until_complete(server.__aexit__(None, None, None))
        loop.close()


class Bench:
    """Paired runs of echo and bot on the same messages."""

    def __init__(self, settings: Settings, content: Path, echo: Subject, bot: Subject, count: int) -> None:
        self._config = sim_config(settings, "")
        self._content = content
        self._subjects = (echo, bot)
        self._count = count
        self._seed = 1

    def run(self, pairs: int) -> dict[str, float]:
        """All measurements as one flat table."""
        for subject in self._subjects:
            self._flat_out(subject, WARM, menu_only=False)
        table: dict[str, float] = {}
        for name, menu_only in (("mix", False), ("menu", True)):
            runs = [[self._flat_out(s, self._count, menu_only=menu_only) for s in self._subjects] for _ in range(pairs)]
            echo, bot = (statistics.median(pair[i].per_s for pair in runs) for i in (0, 1))
            table[f"{name}_echo_per_s"], table[f"{name}_bot_per_s"] = echo, bot
            table[f"{name}_ratio"] = statistics.median(pair[1].per_s / pair[0].per_s for pair in runs)
        table |= self._latency(table["mix_bot_per_s"] / 2, pairs)
        return table

    def _latency(self, per_s: float, pairs: int) -> dict[str, float]:
        """Milliseconds at half the bot's own rate, medians over the pairs."""
        table = {"rate_per_s": per_s}
        runs = [[self._at_rate(subject, per_s) for subject in self._subjects] for _ in range(pairs)]
        for index, subject in enumerate(self._subjects):
            for share in (0.5, 0.95, 0.99):
                values = [pair[index].quantile(share) for pair in runs]
                table[f"{subject.name}_p{int(share * 100)}_ms"] = statistics.median(values)
        table["p99_ratio"] = table["subject_p99_ms"] / table["echo_p99_ms"]
        return table

    def _flat_out(self, subject: Subject, count: int, *, menu_only: bool) -> Result:
        result = asyncio.run(flat_out(subject.port, self._prepared(subject, count, menu_only=menu_only), LINES))
        assert not result.failed, f"{subject.name}: {result.failed} pushes failed"
        return result

    def _at_rate(self, subject: Subject, per_s: float) -> Result:
        prepared = self._prepared(subject, self._count, menu_only=False)
        return asyncio.run(at_rate(subject.port, prepared, per_s, 4 * LINES))

    def _prepared(self, subject: Subject, count: int, *, menu_only: bool) -> list[bytes]:
        self._seed += 1
        said = conversation(self._content, count, self._seed, menu_only=menu_only)
        return requests(self._config, subject.port, said, self._seed)


def shown(table: dict[str, float]) -> str:
    return "\n".join(f"{name:24} {value:10.3f}" for name, value in table.items())


if __name__ == "__main__":
    sys.exit(main())
