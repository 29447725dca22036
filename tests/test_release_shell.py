"""python -m bot release: the same acts from the shell, and the files back out, byte by byte."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.clock import SystemClock
from bot.core.staff import SHELL, Role
from bot.passwords import NO_PASSWORD
from bot.publishing import Publisher
from bot.store.bell import MemoryBell
from bot.store.open import open_long_memory
from kb.files import read_files
from tests.small import small_files


@pytest.fixture
def content(tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder that is in force."""
    folder = tmp_path / "content"
    small_files(folder)
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    monkeypatch.setenv("CONTENT_DIR", str(folder))

    async def begin() -> None:
        async with open_long_memory(f"sqlite:///{data_dir}/xinxin.sqlite", "") as memory:
            publisher = Publisher(memory.releases, data_dir / "releases", MemoryBell(), SystemClock())
            assert not await publisher.ground(folder, at_once=False)
            for name, role in (("first", Role.ADMIN), ("second", Role.ADMIN), ("officer", Role.OFFICER)):
                await memory.accounts.add(name, {role}, NO_PASSWORD, SHELL, SystemClock().now())

    asyncio.run(begin())
    return folder


def acts(data_dir: Path) -> list[str]:
    """Acts of the audit trail about releases, oldest first."""
    with closing(sqlite3.connect(data_dir / "xinxin.sqlite")) as database:
        return [act for (act,) in database.execute("select act from audit where act like 'release.%' order by id")]


def say(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["release", *words]) == code
    both = capsys.readouterr()
    return both.out + both.err


def test_propose_approve_export_and_roll_back(
    content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = say(capsys, "list").split()[0]
    path = content / "entries" / "B05.yaml"
    path.write_text(path.read_text().replace("可以补，不限在北京", "丢了可以补，不限在北京"))
    second = say(capsys, "propose", "--as", "first").split()[-2]
    assert "另一位" in say(capsys, "approve", second, "--as", "first", code=1)
    assert "知识管理员" in say(capsys, "approve", second, "--as", "officer", code=1)
    assert "账号" in say(capsys, "approve", second, "--as", "nobody", code=1)
    assert "没有这个版本" in say(capsys, "approve", "00000000", "--as", "second", code=1)
    say(capsys, "approve", second, "--as", "second")
    out = tmp_path / "out"
    say(capsys, "export", str(out))
    assert read_files(out) == read_files(content)
    assert "曾经发布过" in say(capsys, "propose", "--as", "first", code=1)
    say(capsys, "rollback", first, "--as", "first")
    listed = {line.split()[0]: line.split()[1] for line in say(capsys, "list").splitlines()}
    assert listed == {first: "current", second: "rolled_back"}
    assert acts(content.parent) == ["release.propose", "release.approve", "release.approve", "release.rollback"]


def test_what_the_gate_refuses_is_told_line_by_line(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = content / "entries" / "B05.yaml"
    path.write_text(path.read_text().replace("可以补，不限在北京", "三十日内可以补"))
    said = say(capsys, "propose", "--as", "first", code=1)
    assert "不通过 entries/B05.yaml:" in said and "直接写了数值" in said and "refused" in said
