"""工作人员: a stand-in until accounts are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

StaffId = NewType("StaffId", str)


class Role(StrEnum):
    """What somebody may do."""

    OFFICER = "officer"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works here."""

    id: StaffId
    name: str
    roles: frozenset[Role]
    active: bool = True
    demo: bool = False


class Audit(Protocol):
    """The trail of acts. It only grows."""

    async def note(self, staff: StaffId, act: str, subject: str, now: datetime, detail: str = "") -> None:
        """Write down one act."""
        ...
