"""The embedded Redis: found, started, alone in its folder, ended with us, and true to its file."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bot.core.errors import BadSettings, MindDown
from bot.core.ports import Done, Held, Mark, Mine
from bot.store import server
from bot.store.open import open_mind
from bot.store.server import embedded_redis, find_binary
from tests.store.samples import KEY, NEXT_KEY, SAID, SESSION, WHO


def server_pid(data_dir: Path) -> int:
    return int(json.loads((data_dir / "redis" / "running.json").read_text())["pid"])


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def becomes_true(what: Callable[[], bool]) -> bool:
    for _ in range(250):
        if what():
            return True
        await asyncio.sleep(0.02)
    return False


async def test_it_answers_while_open_and_leaves_only_its_data(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        async with open_mind(url) as mind:
            await mind.ping()
        socket, pid = Path(url.removeprefix("unix://")), server_pid(tmp_path)
        assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert not socket.parent.exists() and not is_alive(pid)
    assert not (tmp_path / "redis" / "running.json").exists()


async def test_a_restart_keeps_sessions_replies_and_claims(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        await mind.begin(KEY, WHO, "a")
        await mind.commit(KEY, WHO, "a", SESSION, SAID, passive=True, window=None, log=b"line")
        await mind.begin(NEXT_KEY, WHO, "b")
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        assert await mind.peek(KEY, WHO) == Done(SAID, Mark.PASSIVE)
        assert await mind.begin(NEXT_KEY, WHO, "c") == Held(Mark.NONE)
        assert await mind.begin(NEXT_KEY, WHO, "b") == Mine(SESSION, unsaid=False, fresh=False)
        assert [raw for _, raw in await mind.take_log(10)] == [b"line"]


async def test_a_killed_server_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        await mind.begin(KEY, WHO, "a")
        await mind.commit(KEY, WHO, "a", SESSION, SAID, passive=True, window=None, log=b"line")
        os.kill(server_pid(tmp_path), signal.SIGKILL)
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        assert await mind.peek(KEY, WHO) == Done(SAID, Mark.PASSIVE)


async def test_a_folder_belongs_to_one_process(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        with pytest.raises(BadSettings, match="in use"):
            async with embedded_redis(tmp_path):
                pass
        await mind.ping()


async def test_files_of_another_server_are_refused(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "server.json").write_text('{"kind": "valkey", "version": "9.1"}')
    with pytest.raises(BadSettings, match=r"written by valkey 9\.1"):
        async with embedded_redis(tmp_path):
            pass
    (tmp_path / "redis" / "server.json").unlink()
    async with embedded_redis(tmp_path):
        pass


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path):
        pass
    # One file up to Redis 6, several in a folder of their own from 7 on.
    kept = [*(tmp_path / "redis").rglob("*.aof")]
    assert kept
    for file in kept:
        file.write_bytes(b"*1\r\n$4\r\nBOOM\r\nnonsense")
    with pytest.raises(BadSettings, match="did not start"):
        async with embedded_redis(tmp_path):
            pass
    assert not (tmp_path / "redis" / "running.json").exists()


async def test_an_orphan_of_this_folder_is_ended_first(tmp_path: Path) -> None:
    folder, socket = tmp_path / "redis", Path(tempfile.mkdtemp(prefix="xinxin-")) / "redis.sock"
    folder.mkdir()
    program = (await asyncio.to_thread(find_binary)).path
    command = [program, "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
    orphan = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    assert await becomes_true(socket.exists)
    (folder / "running.json").write_text(json.dumps({"pid": orphan.pid, "socket": str(socket)}))
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        await mind.ping()
        assert await orphan.wait() == 0
    assert not socket.parent.exists()


async def test_a_stranger_who_got_the_number_of_a_dead_server_lives_on(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    stranger = await asyncio.create_subprocess_exec("sleep", "60")
    noted = {"pid": stranger.pid, "socket": str(tmp_path / "gone" / "redis.sock")}
    (tmp_path / "redis" / "running.json").write_text(json.dumps(noted))
    async with embedded_redis(tmp_path):
        assert stranger.returncode is None
    stranger.kill()
    await stranger.wait()


OWNER = """
import asyncio, pathlib, sys
from bot.store.server import embedded_redis
async def main():
    async with embedded_redis(pathlib.Path(sys.argv[1])) as url:
        print(url, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.faults
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
async def test_it_dies_with_its_owner_and_the_next_owner_starts(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(sys.executable, "-c", OWNER, str(tmp_path), stdout=subprocess.PIPE)
    assert owner.stdout
    assert (await owner.stdout.readline()).startswith(b"unix://")
    pid = server_pid(tmp_path)
    owner.kill()
    await owner.wait()
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        await mind.ping()
        assert not is_alive(pid)


def test_a_long_temporary_folder_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    from bot.store.server_files import _socket_path

    socket = _socket_path()
    assert len(str(socket)) < 100
    socket.parent.rmdir()
    assert list(deep.iterdir()) == []


# ── the program ───────────────────────────────────────────────────────────────────────────────────────────


def fake_server(folder: Path, name: str, says: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without the wheel, and an empty folder as its PATH."""
    monkeypatch.setattr(server, "_in_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_redis_goes_before_valkey(bare: Path) -> None:
    fake_server(bare, "valkey-server", "Valkey server v=8.1.3 sha=0 malloc=jemalloc bits=64")
    assert (find_binary().kind, find_binary().version) == ("valkey", "8.1")
    fake_server(bare, "redis-server", "Redis server v=7.2.4 sha=0 malloc=jemalloc bits=64")
    assert (find_binary().kind, find_binary().version) == ("redis", "7.2")


def test_no_server_is_one_clear_sentence(bare: Path) -> None:
    with pytest.raises(BadSettings, match="No Redis found: set REDIS_URL"):
        find_binary()


def test_a_program_that_is_no_redis_is_refused(bare: Path) -> None:
    fake_server(bare, "redis-server", "hello")
    with pytest.raises(BadSettings, match="does not say which Redis"):
        find_binary()


def test_starting_is_quick(tmp_path: Path) -> None:
    async def once() -> float:
        before = time.monotonic()
        async with embedded_redis(tmp_path):
            return time.monotonic() - before

    assert asyncio.run(once()) < 5


async def test_one_that_ends_alone_is_started_again_at_the_same_address(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url, open_mind(url) as mind:
        await mind.begin(KEY, WHO, "a")
        await mind.commit(KEY, WHO, "a", SESSION, SAID, passive=True, window=None, log=b"line")
        for _ in range(2):
            killed = server_pid(tmp_path)
            os.kill(killed, signal.SIGKILL)
            assert await becomes_true(lambda killed=killed: server_pid(tmp_path) != killed)
            async with asyncio.timeout(10):
                while True:
                    with suppress(MindDown):
                        assert await mind.peek(KEY, WHO) == Done(SAID, Mark.PASSIVE)
                        break
                    await asyncio.sleep(0.02)
