"""Those who work here (工作人员): who they are and what they may do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

StaffId = NewType("StaffId", str)


class Role(StrEnum):
    """What somebody may do. Roles add up; none contains another."""

    OFFICER = "officer"  # 值班民警: talks with citizens
    ADMIN = "admin"  # 知识管理员: changes answers and accounts
    AUDITOR = "auditor"  # 审计员: reads what others did


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works here. active: may sign in."""

    id: StaffId
    name: str
    roles: frozenset[Role]
    active: bool = True

    def may(self, roles: Collection[Role]) -> bool:
        """Whether one of these roles is his; no roles: anybody who works here."""
        return not roles or not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the admin sees it."""

    staff: Staff


class Accounts(Protocol):
    """Accounts."""

    async def by_name(self, name: str) -> Account | None:
        """The account of this name, active or not."""
        ...

    async def by_id(self, staff_id: StaffId) -> Account | None:
        """The account of this id, active or not."""
        ...


class Audit(Protocol):
    """The trail of acts. It only grows."""

    async def note(self, staff: StaffId, act: str, subject: str, now: datetime, detail: str = "") -> None:
        """Write down one act. act: a short word with a dot, as `entry.publish`. No personal datum of a citizen."""
        ...
