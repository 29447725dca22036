"""python -m bot: what a shell sees."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.terminal import converse
from kb.release import Release
from tests.house import House


def test_menu_show_prints_what_would_be_created(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["menu", "show"]) == 0
    menu = json.loads(capsys.readouterr().out)
    assert 1 <= len(menu["button"]) <= 3


def test_missing_credentials_end_in_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert "WECHAT_APP_ID" in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["dance"], ["serve", "--workers", "0"], ["menu"]])
def test_wrong_call_is_refused_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


async def test_terminal_answers_like_wechat(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    lines: Iterator[str] = iter(["驾驶证丢了怎么补办", "菜单", "2", "退出聊天"])
    await converse(release, explain=True, read=lambda: next(lines))
    told = capsys.readouterr().out
    assert "自动应答" in told
    assert "entry:B05-001" in told
    assert "驾驶人业务" in told


async def test_menu_is_pushed_beside_a_running_service(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = house.settings
    given = {
        "DATA_DIR": settings.data_dir,
        "WECHAT_API_BASE": settings.local_url,
        "WECHAT_APP_ID": settings.wechat_app_id,
        "WECHAT_APP_SECRET": settings.wechat_app_secret.get_secret_value(),
        "WECHAT_TOKEN": settings.wechat_token.get_secret_value(),
        "WECHAT_AES_KEY": settings.wechat_aes_key.get_secret_value(),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert not isinstance(await house.doors.platform.menu(), dict)
    assert await asyncio.to_thread(main, ["menu", "push"]) == 0
    assert "menu created" in capsys.readouterr().out
    assert isinstance(await house.doors.platform.menu(), dict)
    assert not (settings.data_dir / "redis").exists()


def test_chat_keeps_its_release_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr("builtins.input", lambda: "退出聊天")
    assert main(["chat"]) == 0
    assert (tmp_path / "releases").is_dir()


@pytest.mark.parametrize(("odd", "ends"), [(EOFError(), True), (UnicodeDecodeError("utf-8", b"\xff", 0, 1, ""), False)])
async def test_terminal_survives_what_is_no_line(
    odd: Exception, ends: bool, release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter([odd, "退出聊天"])

    def read() -> str:
        line = next(lines)
        if isinstance(line, Exception):
            raise line
        return line

    await converse(release, explain=False, read=read)
    assert ("没有收到文字" in capsys.readouterr().out) is not ends
