"""python -m bot staff and rekey: what a shell sees."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bot.__main__ import main

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with a data folder and no credentials."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    answers = iter(lines)
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))


def pipes(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(line))


def test_the_first_admin_is_made_before_the_first_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    types(monkeypatch, PASSWORD, PASSWORD)
    assert main(["staff", "add", "管理员", "--role", "admin", "--role", "officer"]) == 0
    assert main(["staff", "list"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == ["已新增：管理员（值班民警、知识管理员）", "管理员\t值班民警、知识管理员"]
    assert PASSWORD not in told.out + told.err
    assert PASSWORD.encode() not in (folder / "xinxin.sqlite").read_bytes()


def test_a_password_may_come_through_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("甲", "乙"):
        pipes(monkeypatch, f"{PASSWORD}\nnot this")
        assert main(["staff", "add", name, "--role", "admin", "--stdin"]) == 0
    pipes(monkeypatch, f"{PASSWORD}!\n")
    assert main(["staff", "password", "乙", "--stdin"]) == 0
    assert main(["staff", "deactivate", "乙"]) == 0
    assert main(["staff", "deactivate", "甲"]) == 1
    assert "最后一位管理员" in capsys.readouterr().err
    assert main(["staff", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == ["乙\t知识管理员\t已停用", "甲\t知识管理员"]


@pytest.mark.parametrize(
    ("name", "lines", "why"),
    [
        ("甲", ("short", "short"), "至少"),
        ("甲", (PASSWORD, "another password"), "不一致"),
        (" ", (PASSWORD, PASSWORD), "用户名"),
        ("已有", (PASSWORD, PASSWORD), "已经有了"),
    ],
)
def test_what_cannot_be_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, lines: tuple[str, ...], why: str
) -> None:
    pipes(monkeypatch, PASSWORD)
    assert main(["staff", "add", "已有", "--role", "officer", "--stdin"]) == 0
    types(monkeypatch, *lines)
    assert main(["staff", "add", name, "--role", "officer"]) == 1
    told = capsys.readouterr().err
    assert why in told and len(told.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["add", "甲"], ["add", "甲", "--role", "king"], [], ["dance"]])
def test_a_wrong_call_is_refused_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["staff", *arguments])
    assert ended.value.code == 2


@pytest.mark.parametrize("act", ["password", "deactivate"])
def test_nobody_is_nobody(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], act: str) -> None:
    types(monkeypatch, PASSWORD, PASSWORD)
    assert main(["staff", act, "无此人"]) == 1
    assert "没有这个账号" in capsys.readouterr().err


def test_rekey_says_what_it_did(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "s", "WECHAT_TOKEN": "t", "WECHAT_AES_KEY": "A" * 43}
    for name, value in {**given, "SECRET_KEY": "n" * 32, "SECRET_KEY_PREVIOUS": f"{'o' * 32}, {'p' * 32}"}.items():
        monkeypatch.setenv(name, value)
    assert main(["rekey"]) == 0
    assert "outbox.payload: 0 sealed anew" in capsys.readouterr().out
