"""The outgoing side of the account as a port, and what the platform may answer. Expected outcomes are values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.reply import Reply


class WindowKind(StrEnum):
    """What opened a window for customer-service messages (wechat-platform §4)."""

    MESSAGE = "message"
    CLICK = "click"
    FOLLOW = "follow"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Window:
    """A right to send: so many messages until then."""

    kind: WindowKind
    left: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it."""

    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: busy, quota or token trouble. Try again after so many seconds."""

    code: int
    after_s: float


@dataclass(frozen=True, slots=True)
class Closed:
    """No window, no permission, or the citizen cannot be reached this way: wait for the citizen's next message."""

    code: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The message itself is wrong; trying again cannot help."""

    code: int


@dataclass(frozen=True, slots=True)
class Unsure:
    """The call was made and no verdict came back."""


SendResult = Sent | Later | Closed | Refused | Unsure


class Platform(Protocol):
    """The outgoing side of the WeChat account. Never raises for what the platform answers."""

    async def send(self, address: str, reply: Reply) -> SendResult:
        """Customer-service message (custom/send)."""
        ...

    async def typing(self, address: str) -> SendResult:
        """Show «对方正在输入»."""
        ...
