"""手机: one user with the app open; what fingers do becomes pushes. The page, stories and benches act through it."""

from __future__ import annotations

import hashlib

from bot.sim import inbound
from bot.sim.account import User
from bot.sim.bubble import Bubble, Span, Who
from bot.sim.delivery import Delivery
from bot.sim.inbound import Inbound
from bot.sim.media import Media
from bot.sim.menu import Button
from bot.sim.outgoing import NOT_YET
from bot.sim.platform import Platform

SILENT_AMR = b"#!AMR\n" + bytes([0x3C, *bytes(31)]) * 50
"""One second of silence, the body of every voice message."""


class Phone:
    """One user's phone. Each act shows the user's own bubble, pushes, and gives the delivery back."""

    def __init__(self, platform: Platform, openid: str = "") -> None:
        self.platform = platform
        self.user: User = platform.account.join(openid)

    @property
    def openid(self) -> str:
        """Who this is."""
        return self.user.openid

    def last(self) -> Bubble:
        """The newest bubble in the chat."""
        return self.user.last()

    async def follows(self, scene: str = "") -> Delivery:
        """Follow the account, perhaps through a QR code with a parameter."""
        delivery = await self.pushes(inbound.subscribe(scene, f"ticket-{scene}"))
        self._tell_user()
        return delivery

    async def unfollows(self) -> Delivery:
        """Stop following. What was said stays on the phone."""
        delivery = await self.pushes(inbound.unsubscribe())
        self._tell_user()
        return delivery

    async def says(self, content: str) -> Delivery:
        """Type words."""
        self._show("text", content)
        return await self.pushes(inbound.text(content))

    async def taps(self, span: Span) -> Delivery:
        """Tap a link that sends words."""
        self._show("text", span.say)
        return await self.pushes(inbound.text(span.say, span.menu_id))

    async def taps_label(self, label: str) -> Delivery:
        """Tap the newest link that reads label. Raises LookupError when there is none."""
        for bubble in reversed(self.user.transcript):
            for span in bubble.spans:
                if span.text == label and span.say:
                    return await self.taps(span)
        raise LookupError(label)

    async def sends_image(self, data: bytes) -> Delivery:
        """Send a picture (png, jpeg or gif). Raises ApiError when it is none."""
        return await self.sends_media(self.platform.media.add("image", data))

    async def sends_media(self, media: Media) -> Delivery:
        """Send a picture that is stored already."""
        self._show("image", "", media)
        return await self.pushes(inbound.image(media.id, self.picture_url(media)))

    async def speaks(self, recognition: str = "") -> Delivery:
        """Send a voice message; recognition as an account with speech recognition would get it."""
        media = self.platform.media.add("voice", SILENT_AMR)
        self._show("voice", recognition, media)
        return await self.pushes(inbound.voice(media.id, recognition))

    async def sends_location(self, latitude: float, longitude: float, label: str) -> Delivery:
        """Send a place."""
        self._show("location", label)
        return await self.pushes(inbound.location(latitude, longitude, label))

    async def sends_link(self, title: str, url: str) -> Delivery:
        """Share a page."""
        self._show("link", title)
        return await self.pushes(inbound.link(title, title, url))

    async def scans(self, scene: str) -> Delivery:
        """Scan a QR code with a parameter: follows, or says SCAN when already following."""
        if not self.user.followed:
            return await self.follows(scene)
        return await self.pushes(inbound.scan(scene, f"ticket-{scene}"))

    async def presses(self, button: Button, scanned: str = "") -> Delivery | None:
        """Press a menu button. scanned: what a scanning button reads. Returns None when nothing is pushed."""
        match button.type:
            case "click":
                return await self.pushes(inbound.click(button.value))
            case "view":
                return await self.pushes(inbound.view(button.value))
            case "miniprogram":
                return await self.pushes(inbound.view_miniprogram(button.value))
            case "scancode_push" | "scancode_waitmsg" as kind:
                return await self.pushes(inbound.scancode(button.value, scanned, wait=kind == "scancode_waitmsg"))
            case _:
                return None

    async def picks_pictures(self, button: Button, *pictures: bytes) -> Delivery:
        """Press a picture button: the event, then each picture as a message. Returns the event's delivery."""
        md5s = (hashlib.md5(data, usedforsecurity=False).hexdigest() for data in pictures)
        delivery = await self.pushes(inbound.pictures(button.type, button.value, *md5s))
        for data in pictures:
            await self.sends_image(data)
        return delivery

    async def picks_location(self, button: Button, latitude: float, longitude: float, label: str) -> Delivery:
        """Press a place button: the event, then the place as a message. Returns the event's delivery."""
        delivery = await self.pushes(inbound.location_select(button.value, latitude, longitude, label))
        await self.sends_location(latitude, longitude, label)
        return delivery

    async def pushes(self, pushed: Inbound) -> Delivery:
        """Push anything at all."""
        return await self.platform.push(self.user, pushed)

    def picture_url(self, media: Media) -> str:
        """Where a picture can be looked at without a token."""
        return f"{self.platform.config.public_url}/phone/api/media/{media.id}"

    def _show(self, kind: str, words: str, media: Media | None = None) -> None:
        spans = (Span(words),) if words else ()
        self.platform.show(
            self.user, Bubble(0, NOT_YET, Who.USER, kind, spans, media_id=media.id if media is not None else "")
        )

    def _tell_user(self) -> None:
        self.platform.hub.tell(self.openid, "user", {"followed": self.user.followed})
