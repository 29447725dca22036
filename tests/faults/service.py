"""A real `python -m bot serve` in processes of its own, started, killed and started again by a test."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.settings import Settings, load
from tests.house import free_port
from tests.small import small_files

READY_S = 90.0
"""A busy machine may take long; nothing hangs on how long it is."""


@dataclass
class Service:
    """The service and its folder. Credentials come from the same demo file the emulator reads."""

    data_dir: Path
    workers: int
    redis_url: str = ""
    port: int = field(default_factory=free_port)
    # No subprocess of asyncio: its transport may outlive the test's loop and complain (CPython 3.12).
    process: subprocess.Popen[bytes] | None = None
    ready_s: float = READY_S
    extra: dict[str, str] = field(default_factory=dict)
    """More settings, by the names of their environment variables."""

    def settings(self) -> Settings:
        return load(demo=True, data_dir=self.data_dir, port=self.port, redis_url=self.redis_url)

    def environment(self) -> dict[str, str]:
        made = self.settings()
        secret = {
            "WECHAT_APP_SECRET": made.wechat_app_secret,
            "WECHAT_TOKEN": made.wechat_token,
            "WECHAT_AES_KEY": made.wechat_aes_key,
            "SECRET_KEY": made.secret_key,
        }
        return {
            **os.environ,
            "DATA_DIR": str(self.data_dir),
            "CONTENT_DIR": str(self.data_dir / "content"),
            "PORT": str(self.port),
            "REDIS_URL": self.redis_url,
            "WECHAT_APP_ID": made.wechat_app_id,
            "WECHAT_ACCOUNT": made.wechat_account,
            # Nobody listens there: what needs the platform's API must wait.
            "WECHAT_API_BASE": "http://127.0.0.1:9",
            **{name: value.get_secret_value() for name, value in secret.items()},
            **self.extra,
        }

    async def start(self) -> None:
        """Start and wait until it is ready."""
        if not (self.data_dir / "content").exists():
            # What is tested here does not hang on how much is known, and a start on the whole base takes ten times as long.
            small_files(self.data_dir / "content")
        command = [sys.executable, "-m", "bot", "serve", "--workers", str(self.workers)]
        with (self.data_dir / "service.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220 — starting one blocks for a moment only
                command, env=self.environment(), stdout=log, stderr=log
            )
        await self.ready()

    async def ready(self) -> None:
        async with ClientSession(timeout=ClientTimeout(total=2)) as http, asyncio.timeout(self.ready_s):
            while True:
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (ClientError, OSError):
                    pass
                await asyncio.sleep(0.05)

    def worker_processes(self) -> list[psutil.Process]:
        """The worker processes, oldest first."""
        assert self.process
        children = psutil.Process(self.process.pid).children(recursive=True)
        return sorted((c for c in children if "worker" in c.cmdline()), key=lambda child: child.create_time())

    def kill_a_worker(self) -> None:
        self.worker_processes()[0].send_signal(signal.SIGKILL)

    async def kill(self) -> None:
        """kill -9 of the service; its own children must end by themselves."""
        assert self.process
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        await asyncio.to_thread(psutil.wait_procs, children, timeout=10)

    async def stop(self) -> None:
        """SIGTERM and wait."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait, 20)

    def logged(self) -> list[tuple[str, str]]:
        """Push key and answer of every line of the answer log."""
        with closing(sqlite3.connect(self.data_dir / "xinxin.sqlite")) as database:
            rows: list[tuple[str, str]] = database.execute("select push_key, answer from answer_log").fetchall()
            return rows
