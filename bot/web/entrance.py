"""The entrance for staff: whether a name and a password let somebody in, and how often one may try."""

from __future__ import annotations

from datetime import datetime

from bot.core.staff import NAME_CHARACTERS, PASSWORD_AT_MOST, Account, Accounts, Audit, Staff, StaffId, tidy_name
from bot.passwords import NO_PASSWORD, Passwords
from bot.web.guests import Rates

NOBODY = StaffId("")
"""Whose attempt is counted when a name is unknown, so that it takes the same time."""


class Entrance:
    """What the routes that look at passwords share. One refusal sounds like another: it tells nobody what exists."""

    def __init__(self, accounts: Accounts, audit: Audit, passwords: Passwords | None = None) -> None:
        self._accounts = accounts
        self._audit = audit
        self.passwords = passwords or Passwords()
        # A whole station comes on duty behind one address.
        self.by_address = Rates(burst=60, per_s=0.5)

    async def enter(self, name: str, password: str, now: datetime) -> Staff | None:
        """Whose name and password these are, or None: wrong, stopped, or locked after too many attempts."""
        name = tidy_name(name)[: NAME_CHARACTERS + 1]
        if len(password) > PASSWORD_AT_MOST:
            return None
        account = await self._accounts.by_name(name)
        left = await self._accounts.attempt(account.staff.id if account else NOBODY, now)
        verdict = await self.passwords.compared(account.password if account else NO_PASSWORD, password)
        if account is None:
            return None
        if left is None or not verdict.right or not account.staff.active or account.staff.demo:
            await self._note_refusal(account, left, now)
            return None
        await self._accounts.succeeded(account.staff.id, verdict.rehashed)
        return account.staff

    async def _note_refusal(self, account: Account, left: int | None, now: datetime) -> None:
        # While it is locked nothing is written down: whoever knocks on must not fill the trail.
        if left is not None:
            act = "sign-in.refused" if left else "account.lock"
            await self._audit.note(account.staff.id, act, account.staff.name, now)
