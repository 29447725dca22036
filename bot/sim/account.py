"""公众号: the account's books on the platform's side: users, transcripts, windows, menu. In memory."""

from __future__ import annotations

import re
import secrets
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.sim.bubble import Bubble
from bot.sim.clock import Clock
from bot.sim.codes import ApiError
from bot.sim.config import Combine
from bot.sim.delivery import Delivery
from bot.sim.inbound import Inbound
from bot.sim.menu import Button
from bot.sim.windows import Windows, opened, spent

DELIVERIES_KEPT = 20
TYPING_LIFE = timedelta(seconds=15)
INTERACTION_LIFE = timedelta(seconds=30)
TEMPLATE_DEDUP = timedelta(minutes=10)
_OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")


@dataclass(slots=True)
class User:
    """One WeChat user as this account knows him."""

    openid: str
    followed: bool = False
    windows: Windows = ()
    transcript: list[Bubble] = field(default_factory=list)
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=DELIVERIES_KEPT))
    last_act: datetime | None = None
    typing_until: datetime | None = None

    def last(self) -> Bubble:
        """The newest bubble. Raises LookupError when the chat is empty."""
        if not self.transcript:
            raise LookupError("nothing was said")
        return self.transcript[-1]


class Account:
    """Users by openid, the published menu, template messages already sent."""

    def __init__(self, clock: Clock, combine: Combine) -> None:
        self.users: dict[str, User] = {}
        self.menu: tuple[Button, ...] = ()
        self.menu_body: dict[str, object] = {}
        self._clock = clock
        self._combine = combine
        self._bubbles = 0
        self._messages = 3_000_000_000
        self._templates: dict[tuple[str, str], tuple[int, datetime]] = {}

    def join(self, openid: str = "") -> User:
        """A user by openid; a new one when it is empty or unknown. Raises ValueError when malformed."""
        openid = openid or f"o{secrets.token_urlsafe(21)[:27]}"
        if not is_openid(openid):
            raise ValueError("not an openid")
        return self.users.setdefault(openid, User(openid))

    def user(self, openid: object) -> User:
        """A known user. Raises ApiError 40003."""
        if not isinstance(openid, str) or openid not in self.users:
            raise ApiError(40003)
        return self.users[openid]

    def hear(self, user: User, inbound: Inbound) -> None:
        """The user acted: windows open, following changes."""
        now = self._clock.now()
        user.last_act = now
        match inbound.event:
            case "subscribe":
                user.followed = True
            case "unsubscribe":
                user.followed, user.windows = False, ()
            case _:
                pass
        user.windows = opened(user.windows, inbound, now)

    def spend(self, user: User) -> None:
        """Take one custom message out of the user's windows. Raises ApiError 45015 or 45047."""
        if not user.followed:
            raise ApiError(45015)
        user.windows = spent(user.windows, self._clock.now(), self._combine)

    def add(self, user: User, bubble: Bubble) -> Bubble:
        """Write a bubble down; it gets its number and time here."""
        self._bubbles += 1
        bubble = replace(bubble, id=self._bubbles, at=self._clock.now())
        user.transcript.append(bubble)
        return bubble

    def typing(self, user: User, command: object) -> bool:
        """Start or stop «对方正在输入». Returns whether it shows now. Raises ApiError 45072, 45080, 45081."""
        if command not in ("Typing", "CancelTyping"):
            raise ApiError(45072)
        now = self._clock.now()
        if command == "CancelTyping":
            user.typing_until = None
            return False
        if user.last_act is None or now - user.last_act > INTERACTION_LIFE:
            raise ApiError(45080)
        if user.typing_until is not None and now < user.typing_until:
            raise ApiError(45081)
        user.typing_until = now + TYPING_LIFE
        return True

    def number_template(self, openid: str, client_id: str) -> tuple[int, bool]:
        """The id of a template message, and whether it is new: a repeat within ten minutes is not."""
        now = self._clock.now()
        known = self._templates.get((openid, client_id)) if client_id else None
        if known is not None and now - known[1] < TEMPLATE_DEDUP:
            return known[0], False
        self._messages += 1
        self._templates[openid, client_id] = (self._messages, now)
        return self._messages, True


def is_openid(openid: str) -> bool:
    """Whether it has the form of an openid."""
    return _OPENID.fullmatch(openid) is not None
