"""Every number of the platform, in one place. The section of wechat-platform.md it comes from stands beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.platform import Window, WindowKind
from bot.core.push import (
    Body,
    Follow,
    Image,
    Link,
    Location,
    MenuClick,
    MenuTool,
    Scan,
    Text,
    Video,
    Voice,
)

# ── pushes (§1, §10) ──────────────────────────────────────────────────────────────────────────────────────

BODY_BYTES = 64 * 1024
"""§10.4: a larger body is refused; the largest real push is a few kilobytes."""
FRESH_S = 600
"""§10.3: how far the timestamp of a push may be from our clock, either way. Retries come within 15 s."""
NONCE_CHARS = 128
"""A nonce is a short number or word; longer is nobody's."""
NAME_CHARS = 128
"""An openid has 28 characters, a gh_ id 15."""
KIND_CHARS = 64
"""What is kept of the name of an unknown type."""
AES_KEY_BYTES = 32
"""§1.3: EncodingAESKey, 43 characters of base64."""

# ── replies (§3, §4) ──────────────────────────────────────────────────────────────────────────────────────

TEXT_BYTES = 2048
"""§0, §3: UTF-8 bytes of one text, passive or pushed, markup included. Undocumented; measured by developers."""
LINE_BYTES = 600
"""Ours: the longest line one link may take; a longer one is shown without its link, so that every page can fit."""
ARTICLES_TO_MESSAGE = 1
"""§3: 图文 in answer to a message."""
ARTICLES_TO_EVENT = 8
"""§3: 图文 in answer to an event."""
ARTICLES_PUSHED = 1
"""§4: 图文 by custom/send; more is 45008."""

# ── windows for customer-service messages (§4) ────────────────────────────────────────────────────────────

MESSAGE_COUNT = 5
MESSAGE_WINDOW = timedelta(hours=48)
CLICK_COUNT = 3
FOLLOW_COUNT = 3
SCAN_COUNT = 3
SHORT_WINDOW = timedelta(minutes=1)
"""After a menu click, a follow or a scan."""
CLICK_TOOLS = ("scancode_push", "scancode_waitmsg")
"""The only menu tools that open a window."""


def window_after(body: Body, now: datetime) -> Window | None:
    """The window that a push opens; None when it opens none.

    A tap on a link of ours arrives as a text, but a tap on a 菜单消息 gives no 48 hours by an explicit note, and
    whether links inside text count the same is not stated: the smaller window is assumed (§4).
    """
    match body:
        case Text(tapped=tapped) if tapped:
            return Window(WindowKind.CLICK, CLICK_COUNT, now + SHORT_WINDOW)
        case Text() | Image() | Voice() | Video() | Location() | Link():
            return Window(WindowKind.MESSAGE, MESSAGE_COUNT, now + MESSAGE_WINDOW)
        case MenuClick():
            return Window(WindowKind.CLICK, CLICK_COUNT, now + SHORT_WINDOW)
        case MenuTool(kind=kind) if kind in CLICK_TOOLS:
            return Window(WindowKind.CLICK, CLICK_COUNT, now + SHORT_WINDOW)
        case Follow():
            return Window(WindowKind.FOLLOW, FOLLOW_COUNT, now + SHORT_WINDOW)
        case Scan():
            return Window(WindowKind.SCAN, SCAN_COUNT, now + SHORT_WINDOW)
        case _:
            return None


# ── access_token (§6) ─────────────────────────────────────────────────────────────────────────────────────

TOKEN_LIFE_S = 7200
TOKEN_EARLY_S = 300
"""Renewed this long before its end; the platform itself rotates five minutes early."""
TOKEN_LOCK_S = 10
"""How long one refresher may take before another may try."""

# ── calls (§4, §6, §8) ────────────────────────────────────────────────────────────────────────────────────

CALL_S = 5.0
CONNECT_S = 2.5
MEDIA_BYTES = 10 * 1024 * 1024
"""§8: the largest temporary image or video."""
TEMPLATE_KEY_LIFE = timedelta(minutes=10)
"""§5: how long openid and client_msg_id keep a template message from being sent twice."""

# ── the account's menu (§7) ───────────────────────────────────────────────────────────────────────────────

MENU_GROUPS = 3
MENU_BUTTONS = 5
MENU_GROUP_BYTES = 16
MENU_BUTTON_BYTES = 60
MENU_GROUP_SHOWN = 4
"""Chinese characters of a group's name that clients show; two Latin letters count as one."""
MENU_BUTTON_SHOWN = 8
MENU_KEY_BYTES = 128
MENU_URL_BYTES = 1024

# ── 菜单消息 (§4) ─────────────────────────────────────────────────────────────────────────────────────────

MSGMENU_CHOICES = 10
"""Ours: the platform states none; more do not fit a phone."""
