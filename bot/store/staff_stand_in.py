"""Accounts and audit in the memory of this process, until they are in SQL."""

from __future__ import annotations

from datetime import datetime

from bot.core.staff import Account, Staff, StaffId

PEOPLE: dict[str, Staff] = {}
NOTES: list[tuple[str, str, str, str]] = []


class StandInStaff:
    """Accounts and Audit."""

    async def by_name(self, name: str) -> Account | None:
        return Account(PEOPLE[name]) if name in PEOPLE else None

    async def by_id(self, staff_id: StaffId) -> Account | None:
        return next((Account(one) for one in PEOPLE.values() if one.id == staff_id), None)

    async def note(self, staff: StaffId, act: str, subject: str, now: datetime, detail: str = "") -> None:
        NOTES.append((staff, act, subject, detail))
