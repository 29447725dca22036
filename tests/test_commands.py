"""python -m bot: what a shell sees."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.__main__ import main
from bot.terminal import converse
from kb.release import Release


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
