"""来信: what a citizen did, from whichever door, as one frozen value."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NewType

PushKey = NewType("PushKey", str)
"""The same for every retry of one push, different for any two pushes of one citizen."""

CitizenKey = NewType("CitizenKey", str)
"""A short hash of channel and address: names a citizen in keys and logs without saying who it is."""

CitizenId = NewType("CitizenId", str)
"""The surrogate id of a citizen in SQL."""


class Channel(StrEnum):
    """The door a citizen came through."""

    WECHAT = "wechat"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Text:
    """Words. tapped: the id of a menu link when they came from a tap; anyone can forge it, so it proves nothing."""

    text: str
    tapped: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    media_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """recognition: the platform's own transcript, empty on most accounts today."""

    media_id: str
    format: str = ""
    recognition: str = ""


@dataclass(frozen=True, slots=True)
class Video:
    media_id: str
    thumb_id: str = ""
    short: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A place the citizen sent on purpose. Degrees."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class Follow:
    """关注. scene: from a QR code with a parameter, else empty."""

    scene: str = ""


@dataclass(frozen=True, slots=True)
class Unfollow:
    """取消关注: the duty to forget begins; no reply is possible."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A follower scanned a QR code with a parameter."""

    scene: str


@dataclass(frozen=True, slots=True)
class MenuClick:
    """A tap on a click button of the account's menu; key is a target."""

    key: str


@dataclass(frozen=True, slots=True)
class MenuTool:
    """A menu button that opened a tool of the client.

    kind: scancode_push | scancode_waitmsg | pic_sysphoto | pic_photo_or_album | pic_weixin | location_select.
    result: the scanned text, the number of pictures, or the label of the place.
    """

    kind: str
    key: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the platform only tells us and that takes no reply.

    kind: view, view_miniprogram, location, *jobfinish, subscribe_msg_*, kf_*, user_* … in lower case.
    fields: the values our code reads, by the platform's own names.
    """

    kind: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A type this version does not know: acknowledged, logged by type only."""

    kind: str


Body = (
    Text | Image | Voice | Video | Location | Link | Follow | Unfollow | Scan | MenuClick | MenuTool | Notice | Unknown
)


@dataclass(frozen=True, slots=True)
class Push:
    """One thing a citizen did.

    key: PushKey, unique within the channel.
    address: the openid, or the chat session's id. Personal data: never logged.
    account: the gh_ id it was sent to; empty in web chat.
    sent_at: when the platform says it happened.
    """

    key: PushKey
    channel: Channel
    address: str
    account: str
    sent_at: datetime
    body: Body

    @property
    def who(self) -> CitizenKey:
        return citizen_key(self.channel, self.address)


@lru_cache(maxsize=1024)
def citizen_key(channel: Channel, address: str) -> CitizenKey:
    """The short hash that stands for a citizen wherever the address itself must not."""
    return CitizenKey(hashlib.sha256(f"{channel}:{address}".encode()).hexdigest()[:20])
