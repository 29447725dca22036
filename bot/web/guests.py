"""Who may speak in /chat, and how fast."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

RANDOM_BYTES = 18
TAG_CHARACTERS = 22
REMEMBERED = 20_000


class SessionSeal:
    """Makes sessions and recognises its own, in constant time.

    previous: earlier secrets; sessions made with them go on.
    """

    def __init__(self, secret: str, previous: tuple[str, ...] = ()) -> None:
        secrets_ = (secret, *previous)
        self._keys = [hashlib.sha256(b"chat session\0" + one.encode()).digest() for one in secrets_]

    def make(self) -> str:
        """A new session: random part and tag, letters that are safe everywhere."""
        random = secrets.token_urlsafe(RANDOM_BYTES)
        return f"{random}.{_tag(self._keys[0], random)}"

    def is_ours(self, session: str) -> bool:
        random, _, tag = session.partition(".")
        given = tag.encode(errors="replace")
        return any(hmac.compare_digest(_tag(key, random).encode(), given) for key in self._keys)


def _tag(key: bytes, random: str) -> str:
    # JSON may hold half a surrogate pair, which has no bytes.
    return hmac.new(key, random.encode(errors="replace"), hashlib.sha256).hexdigest()[:TAG_CHARACTERS]


class Rates:
    """A token bucket for each name, for as many names as fit; the longest unseen are forgotten.

    burst: how many at once. per_s: how many a second in the long run.
    """

    def __init__(self, burst: float, per_s: float, tell_time: Callable[[], float] = monotonic) -> None:
        self._burst = burst
        self._per_s = per_s
        self._now = tell_time
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, name: str) -> bool:
        """Whether this name may act now; counts the act when it may."""
        now = self._now()
        left, at = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_s)
        allowed = left >= 1
        self._buckets[name] = (left - 1 if allowed else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return allowed


class Chat:
    """What the chat routes share."""

    def __init__(self, secret: str, previous: tuple[str, ...] = ()) -> None:
        self.seal = SessionSeal(secret, previous)
        self.by_session = Rates(burst=120, per_s=5)
        # A whole office or hospital may share one address.
        self.by_address = Rates(burst=1200, per_s=100)
        self.sessions_by_address = Rates(burst=300, per_s=10)
        self.closing = asyncio.Event()
