"""自定义菜单: check and read a menu definition as menu/create does. Source: wechat-platform.md §7."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sim.codes import ApiError

BUTTONS = 3
SUB_BUTTONS = 5
KEY_BYTES = 128
URL_BYTES = 1024
KEYED = frozenset({
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
})  # fmt: skip
OTHERS = frozenset({"view", "miniprogram", "media_id", "view_limited", "article_id", "article_view_limited"})
_ESCAPE = re.compile(rb"\\u[0-9a-fA-F]{4}")
_APP_ID = re.compile(r"wx[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Button:
    """A menu button; one with subs only opens them. value: key, address, path or media id, whatever its type has."""

    name: str
    type: str = ""
    value: str = ""
    app_id: str = ""
    subs: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class _Level:
    """The codes and limits of a row of buttons."""

    count: int
    name_bytes: int
    bad_count: int
    bad_type: int
    bad_name: int
    bad_key: int
    bad_url: int
    bad_domain: int


_TOP = _Level(BUTTONS, 16, 40016, 40017, 40018, 40019, 40020, 40055)
_SUB = _Level(SUB_BUTTONS, 60, 40023, 40024, 40025, 40026, 40027, 40054)


def read_menu(raw: bytes, body: dict[str, object]) -> tuple[Button, ...]:
    """The buttons of a definition. raw: the request as it came, for escapes are refused. Raises ApiError."""
    if _ESCAPE.search(raw):
        raise ApiError(40033)
    return _row(body.get("button"), _TOP)


def _row(value: object, level: _Level) -> tuple[Button, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= level.count:
        raise ApiError(level.bad_count)
    return tuple(_button(item, level) for item in value)


def _button(item: object, level: _Level) -> Button:
    if not isinstance(item, dict):
        raise ApiError(level.bad_type)
    name = _words(item, "name")
    if not 1 <= len(name.encode()) <= level.name_bytes:
        raise ApiError(level.bad_name, name)
    if item.get("sub_button"):
        if level is _SUB:
            raise ApiError(level.bad_type)
        return Button(name, subs=_row(item["sub_button"], _SUB))
    kind = _words(item, "type")
    if kind not in KEYED | OTHERS:
        raise ApiError(level.bad_type, kind)
    return Button(name, kind, _value(item, kind, level), _words(item, "appid"))


def _value(item: dict[str, object], kind: str, level: _Level) -> str:
    if kind in KEYED:
        return _sized(_words(item, "key"), KEY_BYTES, level.bad_key)
    if kind == "view":
        return _url(_words(item, "url"), level)
    if kind == "miniprogram":
        _url(_words(item, "url"), level)
        if not _APP_ID.fullmatch(_words(item, "appid")):
            raise ApiError(40166)
        return _words(item, "pagepath")
    media_id = _words(item, "article_id" if kind.startswith("article") else "media_id")
    if not media_id:
        raise ApiError(40007)
    return media_id


def _url(url: str, level: _Level) -> str:
    if not url.startswith(("http://", "https://")):
        raise ApiError(level.bad_domain, url)
    return _sized(url, URL_BYTES, level.bad_url)


def _sized(value: str, limit_bytes: int, code: int) -> str:
    if not 1 <= len(value.encode()) <= limit_bytes:
        raise ApiError(code)
    return value


def _words(item: dict[str, object], name: str) -> str:
    value = item.get(name, "")
    return value if isinstance(value, str) else ""
