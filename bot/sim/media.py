"""临时素材: files of users and of the account, gone after three days. Source: wechat-platform.md §8."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sim.clock import Clock
from bot.sim.codes import ApiError

LIFE = timedelta(days=3)
MEGABYTE = 1 << 20
LARGEST_BYTES = 10 * MEGABYTE
SIZES = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "thumb": 64 << 10}
TYPES = {
    "image": ("image/png", "image/jpeg", "image/gif"),
    "voice": ("audio/amr", "audio/mpeg"),
    "video": ("video/mp4",),
    "thumb": ("image/jpeg",),
}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)


@dataclass(frozen=True, slots=True)
class Media:
    """One file. kind: image, voice, video or thumb."""

    id: str
    kind: str
    content_type: str
    created: datetime
    data: bytes = field(repr=False)


class MediaStore:
    """Files by media id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, Media] = {}

    def add(self, kind: str, data: bytes) -> Media:
        """Keep a file. Raises ApiError: 40004 for a bad kind or format, 40009 when too large, 41005 when empty."""
        if kind not in SIZES:
            raise ApiError(40004)
        if not data:
            raise ApiError(41005)
        if len(data) > SIZES[kind]:
            raise ApiError(40009)
        self._files = {media_id: media for media_id, media in self._files.items() if self.has(media_id)}
        media = Media(f"sim-{secrets.token_urlsafe(32)}", kind, _type_of(data, kind), self._clock.now(), data)
        self._files[media.id] = media
        return media

    def get(self, media_id: str) -> Media:
        """The file. Raises ApiError: 41006 without an id, 40007 when it is unknown or older than three days."""
        if not media_id:
            raise ApiError(41006)
        media = self._files.get(media_id)
        if media is None or self._clock.now() - media.created >= LIFE:
            raise ApiError(40007)
        return media

    def has(self, media_id: str) -> bool:
        """Whether the id is good now."""
        media = self._files.get(media_id)
        return media is not None and self._clock.now() - media.created < LIFE


def _type_of(data: bytes, kind: str) -> str:
    found = next((name for magic, name in _MAGIC if data.startswith(magic)), "")
    if not found and data[4:8] == b"ftyp":
        found = "video/mp4"
    if found not in TYPES[kind]:
        raise ApiError(40004)
    return found
