"""Settings: one clear sentence for what is missing, stars for secrets, demo keys made once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.core.errors import BadSettings
from bot.settings import Mode, load

WHOLE = {
    "wechat_app_id": "wx1",
    "wechat_app_secret": "s",
    "wechat_token": "t",
    "wechat_aes_key": "A" * 43,
    "secret_key": "k" * 32,
}


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_missing_setting_is_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = {key: value for key, value in WHOLE.items() if key != name}
    with pytest.raises(BadSettings, match=name.upper()):
        load(**given)


@pytest.mark.parametrize(
    ("name", "value"),
    [("wechat_aes_key", "short"), ("port", "0"), ("wechat_mode", "open"), ("secret_key", "short"), ("port", "x")]
    + [
        ("chat_origins", odd)
        for odd in ("*", "https://a.cn; script-src *", "a.cn", "https://a.cn/x", "https://a.cn\nX: 1")
    ],
)
def test_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSettings, match=name.upper()):
        load(**{**WHOLE, name: value})


def test_plain_mode_needs_no_aes_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(**{**WHOLE, "wechat_aes_key": "", "wechat_mode": "plain"}).wechat_mode is Mode.PLAIN


def test_secrets_print_as_stars() -> None:
    settings = load(**{**WHOLE, "wechat_app_secret": "very-secret", "secret_key": "k" * 40})
    assert "very-secret" not in repr(settings)
    assert "k" * 40 not in str(settings)


def test_demo_makes_credentials_once_and_keeps_them_private(tmp_path: Path) -> None:
    first, second = (load(demo=True, data_dir=tmp_path) for _ in range(2))
    assert first.wechat_token == second.wechat_token
    assert len(first.wechat_aes_key.get_secret_value()) == 43
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    assert first.api_base == first.local_url


def test_demo_honours_what_is_set(tmp_path: Path) -> None:
    settings = load(demo=True, data_dir=tmp_path, wechat_token="mine", wechat_api_base="http://127.0.0.1:9")
    assert settings.wechat_token.get_secret_value() == "mine"
    assert settings.api_base == "http://127.0.0.1:9"


def test_environment_is_read_by_the_documented_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {**WHOLE, "port": "9090", "chat_origins": "https://a.cn/, https://b.cn"}.items():
        monkeypatch.setenv(name.upper(), value)
    settings = load()
    assert settings.port == 9090
    assert settings.chat_origins == ("https://a.cn", "https://b.cn")


def test_earlier_secrets_are_read_and_print_as_stars() -> None:
    settings = load(**{**WHOLE, "secret_key_previous": f"{'a' * 32}, {'b' * 32},"})
    assert settings.earlier_secrets == ("a" * 32, "b" * 32)
    assert "a" * 32 not in repr(settings) and "a" * 32 not in str(settings.model_dump())
