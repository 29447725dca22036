"""backup and restore: of a running service, into another folder, and what they refuse."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.clock import SHANGHAI
from bot.core.errors import BadBackup, BadSettings
from bot.settings import Settings
from bot.store.backup import backup, restore
from bot.store.migrate import revisions
from kb.release import Release
from tests.house import demo_settings, open_house

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=SHANGHAI)
ASKED = ("驾驶证丢了怎么补办", "车辆什么时候年检")
TABLES = ("citizens", "effects_done", "outbox", "answer_log", "proposals", "template_fates", "ratings")


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'xinxin.sqlite'}"


def everything(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / "xinxin.sqlite")) as database:
        return {table: database.execute(f"select * from {table}").fetchall() for table in TABLES}


@pytest.fixture
def kept(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a small database."""
    with closing(sqlite3.connect(data_dir / "xinxin.sqlite")) as database:
        database.execute("insert into proposals (said, picked, at) values ('a', 'b', '2026-03-04 00:00:00.000000')")
        database.commit()
    (data_dir / "demo.json").write_text("{}")
    file = tmp_path_factory.mktemp("kept") / "one.tar"
    backup(address(data_dir), data_dir, file, NOW)
    return file


async def test_a_backup_made_while_citizens_write_is_a_whole_moment(
    house_settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory, redis_url: str
) -> None:
    folder, file = house_settings.data_dir, tmp_path_factory.mktemp("kept") / "one.tar"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    async with open_house(house_settings, release) as house:
        phone = await house.phone()
        await phone.says(ASKED[0])
        answered = house.last.line.answer
        await phone.says("有用")

        async def chatter() -> None:
            for number in range(20):
                other = await house.phone()
                await other.says(ASKED[number % 2])

        await asyncio.gather(chatter(), asyncio.to_thread(backup, address(folder), folder, file, NOW))
    assert file.stat().st_mode & 0o777 == 0o600
    await asyncio.to_thread(lambda: restore(file, address(elsewhere), elsewhere, replace=False))
    before, after = everything(folder), everything(elsewhere)
    for table in TABLES:
        assert set(map(str, after[table])) <= set(map(str, before[table])) or table == "citizens"
    assert after["ratings"] == before["ratings"]
    settings = await asyncio.to_thread(demo_settings, elsewhere, redis_url)
    assert settings.secret_key == house_settings.secret_key
    async with open_house(settings, release) as house:
        again = type(phone)(house.platform, phone.openid)
        await again.says(ASKED[0])
        assert house.last.line.answer == answered
        assert house.last.line.citizen in {row[0] for row in after["citizens"]}, "the same citizen"


def test_a_restored_folder_is_the_same(kept: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("restored") / "new"
    made = restore(kept, address(elsewhere), elsewhere, replace=False)
    assert made.revision == revisions()[-1] and made.made_at == NOW.isoformat()
    assert everything(elsewhere) == everything(data_dir)
    assert sorted(path.name for path in elsewhere.iterdir()) == ["demo.json", "xinxin.sqlite"]
    assert {path.stat().st_mode & 0o777 for path in elsewhere.iterdir()} == {0o600}


def test_a_folder_in_use_or_not_empty_is_left_alone(kept: Path, data_dir: Path) -> None:
    with pytest.raises(BadBackup, match="not empty"):
        restore(kept, address(data_dir), data_dir, replace=False)
    with closing(sqlite3.connect(data_dir / "xinxin.sqlite")) as running:
        running.execute("PRAGMA journal_mode=WAL")
        running.execute("select * from citizens").fetchall()
        with pytest.raises(BadBackup, match="in use"):
            restore(kept, address(data_dir), data_dir, replace=True)
    (data_dir / "redis").mkdir()
    restore(kept, address(data_dir), data_dir, replace=True)
    assert len(everything(data_dir)["proposals"]) == 1 and not (data_dir / "redis").exists()


def changed(source: Path, target: Path, member: str, content: bytes) -> Path:
    """The same archive with one member's contents replaced."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old.getmembers():
            body = content if entry.name == member else old.extractfile(entry).read()
            entry.size = len(body)
            path = target.with_suffix(".part")
            path.write_bytes(body)
            with path.open("rb") as file:
                new.addfile(entry, file)
    return target


def test_a_damaged_a_newer_and_a_strange_file_are_refused(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bad")
    elsewhere = folder / "data"
    with tarfile.open(kept) as archive:
        manifest = json.loads(archive.extractfile("manifest.json").read())
    damaged = changed(kept, folder / "a.tar", "demo.json", b"{ }")
    path = changed(kept, folder / "b.tar", "manifest.json", json.dumps({**manifest, "form": 2}).encode())
    names = {**manifest["files"], "../evil": "0" * 64}
    evil = changed(kept, folder / "c.tar", "manifest.json", json.dumps({**manifest, "files": names}).encode())
    strange = folder / "d.tar"
    strange.write_bytes(b"no archive")
    for file, reason in ((damaged, "damaged"), (path, "form"), (evil, "form"), (strange, "no backup")):
        with pytest.raises(BadBackup, match=reason):
            restore(file, address(elsewhere), elsewhere, replace=False)
    assert list(elsewhere.iterdir()) == []


def test_tables_of_a_later_version_are_refused(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with closing(sqlite3.connect(data_dir / "xinxin.sqlite")) as database:
        database.execute("update alembic_version set version_num = '9999'")
        database.commit()
    folder = tmp_path_factory.mktemp("later")
    backup(address(data_dir), data_dir, folder / "one.tar", NOW)
    with pytest.raises(BadBackup, match="newer"):
        restore(folder / "one.tar", address(folder / "data"), folder / "data", replace=False)


def test_postgres_and_an_existing_file_are_refused(kept: Path, data_dir: Path) -> None:
    with pytest.raises(BadSettings, match="pg_dump"):
        backup("postgresql://a/b", data_dir, kept.with_name("two.tar"), NOW)
    with pytest.raises(BadBackup, match="exists"):
        backup(address(data_dir), data_dir, kept, NOW)


def test_the_commands_need_no_credentials(
    data_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("shell")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    assert main(["backup", "one.tar"]) == 0
    assert main(["backup", "one.tar"]) == 1
    monkeypatch.setenv("DATA_DIR", str(folder / "data"))
    assert main(["restore", "one.tar"]) == 0
    assert main(["restore", "one.tar"]) == 1
    told = capsys.readouterr()
    assert "revision" in told.out and "not empty" in told.err and len(told.err.splitlines()) == 2
