"""自定义菜单: the account's menu bar, as a value and as the JSON of menu/create (wechat-platform §7)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.reply import Target
from bot.wechat.limits import (
    MENU_BUTTON_BYTES,
    MENU_BUTTON_SHOWN,
    MENU_BUTTONS,
    MENU_GROUP_BYTES,
    MENU_GROUP_SHOWN,
    MENU_GROUPS,
    MENU_KEY_BYTES,
    MENU_URL_BYTES,
)

WEB = "https://"


@dataclass(frozen=True, slots=True)
class Button:
    """One button. target: where a tap leads; an address that begins with https:// opens a page instead."""

    label: str
    target: Target

    @property
    def is_page(self) -> bool:
        return self.target.startswith(WEB)


@dataclass(frozen=True, slots=True)
class Group:
    """A button of the bar, which opens those above it."""

    label: str
    buttons: tuple[Button, ...]


GROUPS = (
    Group(
        "业务查询",
        (
            Button("机动车业务", Target("category:A")),
            Button("驾驶人业务", Target("category:B")),
            Button("秩序管理", Target("category:C")),
            Button("事故处理", Target("category:D")),
            Button("更多分类", Target("category:")),
        ),
    ),
    Group(
        "快速入口",
        (
            Button("驾驶证换证", Target("category:B04")),
            Button("进京证", Target("category:C02")),
            Button("限行", Target("category:C01")),
            Button("事故怎么办", Target("category:D01")),
            Button("违法处理", Target("category:C04")),
        ),
    ),
    Group(
        "人工帮助",
        (
            Button("怎么用", Target("help")),
            Button("找工作人员", Target("desk")),
            Button("法律法规", Target("category:E")),
            Button("综合服务", Target("category:F")),
        ),
    ),
)
"""Labels of the bar have four characters: clients show no more."""


def faults(groups: Sequence[Group]) -> tuple[str, ...]:
    """What the platform would refuse or a client would cut, one sentence each; empty when all is well."""
    return tuple(_faults(groups))


def menu_json(groups: Sequence[Group]) -> dict[str, object]:
    """The body of menu/create. Raises ValueError with the first fault."""
    for fault in faults(groups):
        raise ValueError(fault)
    bar = [{"name": group.label, "sub_button": [_button_json(button) for button in group.buttons]} for group in groups]
    return {"button": bar}


def _button_json(button: Button) -> dict[str, str]:
    if button.is_page:
        return {"type": "view", "name": button.label, "url": button.target}
    return {"type": "click", "name": button.label, "key": button.target}


def _faults(groups: Sequence[Group]) -> Iterator[str]:
    if not 1 <= len(groups) <= MENU_GROUPS:
        yield f"{len(groups)} groups: 1 to {MENU_GROUPS} fit"
    for group in groups:
        yield from _label_faults(group.label, MENU_GROUP_BYTES, MENU_GROUP_SHOWN)
        if not 1 <= len(group.buttons) <= MENU_BUTTONS:
            yield f"{group.label}: {len(group.buttons)} buttons: 1 to {MENU_BUTTONS} fit"
        for button in group.buttons:
            yield from _label_faults(button.label, MENU_BUTTON_BYTES, MENU_BUTTON_SHOWN)
            most = MENU_URL_BYTES if button.is_page else MENU_KEY_BYTES
            if not 1 <= len(button.target.encode()) <= most:
                yield f"{button.label}: its target must have 1 to {most} bytes"


def _label_faults(label: str, most_bytes: int, most_shown: int) -> Iterator[str]:
    if not label.strip():
        yield "a label is empty"
    if len(label.encode()) > most_bytes:
        yield f"{label}: more than {most_bytes} bytes"
    if _columns(label) > 2 * most_shown:
        yield f"{label}: clients show {most_shown} characters"


def _columns(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in label)


MENU = menu_json(GROUPS)
"""The menu as `menu push` sends it."""
