"""Those who work here (工作人员): who they are, what they may do, how long a sign-in lasts, and what they did.

All limits about accounts and sign-ins have their home here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

StaffId = NewType("StaffId", str)

SHELL = StaffId("shell")
"""Whoever acts from the shell of the machine, or the service itself (系统); no account."""

FAILURES = 5
"""Wrong passwords in a row until the account is locked."""
LOCKED_FOR = timedelta(minutes=15)
IDLE = timedelta(hours=8)
"""A sign-in that nobody used for so long is over."""
LASTS = timedelta(hours=12)
"""A sign-in is over after this, used or not."""
SEEN_EVERY = timedelta(minutes=1)
"""The last use of a sign-in need not be more exact; most requests then only read."""
NAME_CHARACTERS = 32
PASSWORD_AT_LEAST = 10
PASSWORD_AT_MOST = 128
"""Longer ones would only keep the hasher busy."""


class Role(StrEnum):
    """What somebody may do. Roles add up; none contains another."""

    OFFICER = "officer"  # talks with citizens
    ADMIN = "admin"  # changes answers and accounts
    AUDITOR = "auditor"  # reads what others did


ROLE_NAMES = {Role.OFFICER: "值班民警", Role.ADMIN: "知识管理员", Role.AUDITOR: "审计员"}


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works here.

    active: may sign in. must_change: has a password that another knows, and changes it before anything else.
    demo: an account of the demonstration (演示账号), which exists only with --demo.
    """

    id: StaffId
    name: str
    roles: frozenset[Role]
    active: bool = True
    must_change: bool = False
    demo: bool = False

    def may(self, roles: Collection[Role]) -> bool:
        """Whether one of these roles is his; no roles: anybody who works here."""
        return not roles or not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser in which somebody signed in. csrf: what its forms must repeat."""

    staff: Staff
    csrf: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the admin sees it, and the hash of its password. locked_until: None or passed: not locked."""

    staff: Staff
    password: str
    locked_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act: who did what to what, and when. name: of the staff, as it is now."""

    id: int
    at: datetime
    staff: StaffId
    name: str
    act: str
    subject: str
    detail: str


class Change(StrEnum):
    """What became of a change to an account."""

    DONE = "done"
    UNKNOWN = "unknown"  # no such account
    LAST_ADMIN = "last admin"  # nobody would be left to manage accounts: refused


class Audit(Protocol):
    """The trail of acts. It only grows."""

    async def note(self, staff: StaffId, act: str, subject: str, now: datetime, detail: str = "") -> None:
        """Write down one act. act: a short word with a dot, as `entry.publish`. No personal datum of a citizen."""
        ...

    async def lines(self, before: int | None, limit: int) -> Sequence[AuditLine]:
        """The newest first; with `before`, those older than the line of this number."""
        ...


class Accounts(Protocol):
    """Accounts and sign-ins. Each change writes its audit line in the same transaction, in the name of `by`."""

    async def all(self) -> Sequence[Account]:
        """Every account, by name."""
        ...

    async def by_name(self, name: str) -> Account | None:
        """The account of this name, active or not."""
        ...

    async def by_id(self, staff_id: StaffId) -> Account | None:
        """The account of this id, active or not."""
        ...

    async def add(
        self,
        name: str,
        roles: Collection[Role],
        password: str,
        by: StaffId,
        now: datetime,
        *,
        must_change: bool = False,
        demo: bool = False,
    ) -> Staff | None:
        """A new account, or None when the name is taken. password: its hash, or something that is none."""
        ...

    async def set_roles(self, staff_id: StaffId, roles: Collection[Role], by: StaffId, now: datetime) -> Change:
        """Other roles; his sign-ins end."""
        ...

    async def set_active(self, staff_id: StaffId, active: bool, by: StaffId, now: datetime) -> Change:
        """Stop or restore an account; his sign-ins end."""
        ...

    async def set_password(
        self, staff_id: StaffId, password: str, by: StaffId, now: datetime, *, must_change: bool = False
    ) -> Change:
        """Another password, not locked any more; his sign-ins end. password: its hash."""
        ...

    async def attempt(self, staff_id: StaffId, now: datetime) -> int | None:
        """Count an attempt to sign in, before the password is looked at. Returns how many are left, None while locked.

        After the last one the account is locked, unless `succeeded` follows.
        """
        ...

    async def succeeded(self, staff_id: StaffId, rehashed: str = "") -> None:
        """The password was right: nothing is counted any more. rehashed: its hash with the parameters of today."""
        ...

    async def begin(self, key: str, staff_id: StaffId, csrf: str, now: datetime) -> None:
        """A sign-in begins. key: the hash of what the browser holds."""
        ...

    async def signed_in(self, key: str, now: datetime, *, touch: bool = True) -> SignIn | None:
        """Who signed in under this key, while it lasts and he is active. touch: somebody is using it."""
        ...

    async def end(self, key: str) -> None:
        """A sign-in ends."""
        ...


def tidy_name(name: str) -> str:
    """A name as it is kept and looked up: full-width letters and spaces around it make no difference."""
    return unicodedata.normalize("NFKC", name).strip()


def name_trouble(name: str) -> str:
    """What is wrong with a tidy name for an account; empty: nothing."""
    if not name:
        return "请填写用户名。"
    if len(name) > NAME_CHARACTERS:
        return f"用户名最多{NAME_CHARACTERS}个字。"
    if not name.isprintable():
        return "用户名里有不能显示的字符。"
    return ""


def password_trouble(password: str, name: str) -> str:
    """What is wrong with a new password; empty: nothing."""
    if len(password) < PASSWORD_AT_LEAST:
        return f"密码至少{PASSWORD_AT_LEAST}个字符。"
    if len(password) > PASSWORD_AT_MOST:
        return f"密码最多{PASSWORD_AT_MOST}个字符。"
    if len(set(password)) < 4 or (name and name.casefold() in password.casefold()):
        return "密码太容易猜到，请换一个（不要含用户名，不要重复同一个字符）。"
    return ""


def role_names(roles: Iterable[Role]) -> str:
    """Roles for people, in one order."""
    return "、".join(ROLE_NAMES[role] for role in Role if role in set(roles))


def keeps_an_admin(everyone: Iterable[Staff]) -> bool:
    """Whether somebody would be left who can manage accounts. Accounts of the demonstration do not count."""
    return any(one.active and not one.demo and Role.ADMIN in one.roles for one in everyone)
