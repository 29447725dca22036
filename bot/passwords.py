"""Passwords: hashed with argon2 beside the loop, a few at a time."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each takes 64 MiB for the tenth of a second: a crowd at the door must not take the whole machine."""
NO_PASSWORD = "!"  # noqa: S105 — what no password hashes to
ONE_TIME_BYTES = 12


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is the right one. rehashed: its hash, when the one kept is of earlier parameters."""

    right: bool
    rehashed: str = ""


class Passwords:
    """Hashes and compares. One for each loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def hashed(self, password: str) -> str:
        """The hash to keep."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password.encode(errors="replace"))

    async def compared(self, kept: str, password: str) -> Verdict:
        """Whether this is the password of a kept hash. Without a hash it takes the same time, and is wrong.

        Time must not tell whether a name exists: making a hash costs what comparing with one does.
        """
        if kept in {"", NO_PASSWORD}:
            await self.hashed(password)
            return Verdict(right=False)
        async with self._turn:
            right = await asyncio.to_thread(self._is_right, kept, password)
        if right and self._hasher.check_needs_rehash(kept):
            return Verdict(right=True, rehashed=await self.hashed(password))
        return Verdict(right)

    def _is_right(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password.encode(errors="replace"))
        except (VerificationError, InvalidHashError):
            return False


def one_time_password() -> str:
    """A password that is shown once and changed at the first sign-in."""
    return secrets.token_urlsafe(ONE_TIME_BYTES)
