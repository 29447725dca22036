"""工作人员: a stand-in until accounts are there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

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
