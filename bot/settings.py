"""Settings: read once from the environment or `.env`; secrets print as stars.

Without `--demo` a missing credential is an error with one clear sentence. With it, what is missing is made at random
once and kept in DATA_DIR/demo.json, so that the emulator and the bot agree and a restart finds the same keys.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import string
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.core.errors import BadSettings
from kb.load import CONTENT

LOG_DAYS = 180
AES_KEY_LENGTH = 43
"""An EncodingAESKey is 43 characters of base64 that stand for 32 bytes (wechat-platform §1.3)."""


class Mode(StrEnum):
    """How the account is configured to push (明文 / 兼容 / 安全)."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SECURE = "secure"


class Settings(BaseSettings):
    """Every setting of the process, by the name of its environment variable."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    data_dir: Path = Path("data")
    content_dir: Path = CONTENT
    """Content files: the first release where there is none, later a proposal when they changed."""
    public_url: str = ""
    """Where citizens reach this service, for links and QR codes; empty: http://HOST:PORT."""
    redis_url: SecretStr = SecretStr("")
    """Empty: an embedded server with an append-only file under DATA_DIR."""
    database_url: SecretStr = SecretStr("")
    """Empty: SQLite under DATA_DIR."""
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_aes_key_previous: SecretStr = SecretStr("")
    wechat_account: str = ""
    """The account's gh_ id; checked on every push when set."""
    wechat_mode: Mode = Mode.SECURE
    wechat_api_base: str = ""
    """Empty: https://api.weixin.qq.com; with --demo the emulator."""
    secret_key: SecretStr = SecretStr("")
    """Encrypts addresses and stored words; at least 32 characters."""
    secret_key_previous: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Earlier secrets, newest first, separated by commas; accepted until `python -m bot rekey` has run."""
    chat_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Sites that may embed /chat, separated by commas."""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas."""
    metrics_token: SecretStr = SecretStr("")
    """Bearer token for /metrics; empty: only from this machine."""
    log_days: Annotated[int, Field(ge=1, le=3650)] = LOG_DAYS
    """How long answer log, ratings, fates of template messages and settled outbox rows are kept."""
    demo: bool = False

    @field_validator("chat_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("secret_key_previous", mode="before")
    @classmethod
    def _split_secrets(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("chat_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(ORIGIN.fullmatch, value)):
            raise ValueError("must be sites such as https://www.example.gov.cn, separated by commas")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(ip_network(one)) for one in value)
        except ValueError:
            raise ValueError("must be addresses or networks such as 10.0.0.0/8, separated by commas") from None

    @field_validator("wechat_aes_key", "wechat_aes_key_previous")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and not _is_aes_key(key):
            raise ValueError(f"must be {AES_KEY_LENGTH} characters of base64")
        return value

    @property
    def earlier_secrets(self) -> tuple[str, ...]:
        """SECRET_KEY_PREVIOUS in plain."""
        return tuple(one.get_secret_value() for one in self.secret_key_previous)

    @property
    def base_url(self) -> str:
        """PUBLIC_URL, or the address this process listens on."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def local_url(self) -> str:
        """How this process reaches itself."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 — compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def api_base(self) -> str:
        return self.wechat_api_base.rstrip("/") or "https://api.weixin.qq.com"

    @property
    def sql_url(self) -> str:
        """SQLAlchemy address; SQLite under DATA_DIR when none is set."""
        given = self.database_url.get_secret_value()
        return given or f"sqlite:///{self.data_dir / 'xinxin.sqlite'}"


REQUIRED = ("wechat_app_id", "wechat_app_secret", "wechat_token", "secret_key")
ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.\-]+(?::\d{1,5})?")
"""A site as Content-Security-Policy names it. Anything more would change the policy of /chat."""


def load(*, demo: bool = False, **given: object) -> Settings:
    """Settings for this process, complete, or BadSettings naming what is missing or wrong.

    given: values that win over the environment, for the command line and tests.
    """
    settings = _read({**given, "demo": demo})
    if demo:
        settings = _with_demo_credentials(settings)
    keys = () if settings.wechat_mode is Mode.PLAIN else ("wechat_aes_key",)
    missing = [name.upper() for name in (*REQUIRED, *keys) if not _plain(getattr(settings, name))]
    if missing:
        raise BadSettings(f"These settings are missing: {', '.join(missing)}. Set them, or try it with --demo.")
    if len(_plain(settings.secret_key)) < 32:
        raise BadSettings("SECRET_KEY must have at least 32 characters.")
    return settings


def bare() -> Settings:
    """Settings as they are, for a command that needs no credentials."""
    return _read({})


def data_dir() -> Path:
    """DATA_DIR alone, for a command that needs no credentials."""
    return bare().data_dir


def sql_url() -> str:
    """Where the database is, for a command that needs no credentials."""
    return _read({}).sql_url


def find_redis() -> str:
    """The address of the running service's Redis: REDIS_URL, or our own server under DATA_DIR; empty when none runs."""
    settings = _read({})
    if url := settings.redis_url.get_secret_value():
        return url
    try:
        noted = json.loads((settings.data_dir / "redis" / "running.json").read_text())
    except (OSError, ValueError):
        return ""
    return f"unix://{noted['socket']}"


def without_credentials(**given: object) -> Settings:
    """Settings of a command that talks to nobody but the stores of this service."""
    return _read(given)


def _read(given: dict[str, object]) -> Settings:
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(f"{name}: {first['msg']}") from None


def _with_demo_credentials(settings: Settings) -> Settings:
    """Fill what is missing from DATA_DIR/demo.json, which is made on the first start."""
    kept = _kept_or_made(settings.data_dir / "demo.json")
    fill = {name: value for name, value in kept.items() if not _plain(getattr(settings, name))}
    if not settings.wechat_api_base:
        fill["wechat_api_base"] = settings.local_url
    return _read({**settings.model_dump(), **fill})


def _kept_or_made(path: Path) -> dict[str, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    made = {
        "wechat_app_id": "wx" + secrets.token_hex(8),
        "wechat_app_secret": secrets.token_hex(16),
        "wechat_token": secrets.token_hex(12),
        "wechat_aes_key": base64.b64encode(secrets.token_bytes(32)).decode()[:AES_KEY_LENGTH],
        "wechat_account": "gh_" + secrets.token_hex(6),
        "secret_key": secrets.token_urlsafe(48),
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(made, out, indent=1)
    return made


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _is_aes_key(key: str) -> bool:
    letters = string.ascii_letters + string.digits + "+/"
    return len(key) == AES_KEY_LENGTH and set(key) <= set(letters)
