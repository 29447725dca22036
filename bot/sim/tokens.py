"""access_token: the plain and the stable kind, which do not disturb each other. Source: wechat-platform.md §6."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.sim.clock import Clock
from bot.sim.codes import ApiError
from bot.sim.config import SimConfig

OVERLAP = timedelta(minutes=5)
FORCE_GAP = timedelta(seconds=30)
FORCES_A_DAY = 20


@dataclass(frozen=True, slots=True)
class Grant:
    """An issued token and when it stops working; replaced: whether a newer one made it invalid before its time."""

    token: str
    expires: datetime
    replaced: bool = False


class Tokens:
    """All tokens of one account, on the emulator's clock."""

    def __init__(self, config: SimConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._grants: dict[str, Grant] = {}
        self._plain = ""
        self._stable = ""
        self._forced: tuple[date, int, datetime | None] = (date.min, 0, None)

    def issue(self, app_id: str, secret: str) -> dict[str, object]:
        """GET token: a new one each time; the one before lives five more minutes. Raises ApiError."""
        self._check_credentials(app_id, secret)
        self._shorten(self._plain)
        self._plain = self._new()
        return self._answer(self._plain)

    def stable(self, app_id: str, secret: str, *, force: bool) -> dict[str, object]:
        """POST stable_token: the same one until five minutes before its end, or until forced. Raises ApiError."""
        self._check_credentials(app_id, secret)
        if force:
            self._count_force()
            self._replace(self._stable)
            self._stable = self._new()
        elif not self._is_fresh(self._stable):
            self._stable = self._new()
        return self._answer(self._stable)

    def check(self, token: str) -> None:
        """Raise ApiError unless the token is good now."""
        if not token:
            raise ApiError(41001)
        grant = self._grants.get(token)
        if grant is None:
            raise ApiError(40014)
        if grant.replaced:
            raise ApiError(40001)
        if grant.expires <= self._clock.now():
            raise ApiError(42001)

    def _check_credentials(self, app_id: str, secret: str) -> None:
        if not app_id:
            raise ApiError(41002)
        if not secret:
            raise ApiError(41004)
        if app_id != self._config.app_id:
            raise ApiError(40013)
        if not hmac.compare_digest(secret.encode(), self._config.app_secret.encode()):
            raise ApiError(40125)

    def _new(self) -> str:
        token = f"sim_{secrets.token_urlsafe(96)}"
        self._grants[token] = Grant(token, self._clock.now() + timedelta(seconds=self._config.token_life_s))
        return token

    def _shorten(self, token: str) -> None:
        if (grant := self._grants.get(token)) is not None:
            self._grants[token] = Grant(token, min(grant.expires, self._clock.now() + OVERLAP))

    def _replace(self, token: str) -> None:
        if (grant := self._grants.get(token)) is not None:
            self._grants[token] = Grant(token, grant.expires, replaced=True)

    def _is_fresh(self, token: str) -> bool:
        grant = self._grants.get(token)
        return grant is not None and not grant.replaced and grant.expires - self._clock.now() > OVERLAP

    def _count_force(self) -> None:
        now = self._clock.now()
        day, count, last = self._forced
        count = count if day == now.date() else 0
        if last is not None and now - last < FORCE_GAP:
            raise ApiError(45011)
        if count >= FORCES_A_DAY:
            raise ApiError(45009)
        self._forced = (now.date(), count + 1, now)

    def _answer(self, token: str) -> dict[str, object]:
        remaining = self._grants[token].expires - self._clock.now()
        return {"access_token": token, "expires_in": round(remaining.total_seconds())}
