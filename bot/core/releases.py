"""Releases of what we know: proposed by one, put in force by another, kept for ever; and drafts of single entries.

A release is named by the hash of its content (kb.model.ReleaseId). One pointer says which is in force; its number grows
with each change, so that a worker sees at a glance whether it is behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.staff import StaffId
from kb.model import EntryId, ReleaseId

BELL_TOPIC = "release"
LOOK_EVERY_S = 0.8
"""A worker that missed the bell looks for itself; published is in force everywhere within a second."""
FILES = StaffId("files")
"""Who proposes the content that came with the code (随程序发布的内容); no account."""


class ReleaseState(StrEnum):
    """Where a release stands."""

    REFUSED = "refused"  # 未通过把关
    PROPOSED = "proposed"  # 待审批
    CURRENT = "current"  # 现行
    PAST = "past"  # 曾经现行
    ROLLED_BACK = "rolled_back"  # 已回退
    REJECTED = "rejected"  # 已驳回


WAS_IN_FORCE = (ReleaseState.PAST, ReleaseState.ROLLED_BACK)


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release. base: what was in force when it was proposed. report: the gate's lines. note: what it is about."""

    id: ReleaseId
    state: ReleaseState
    base: str
    proposer: StaffId
    at: datetime
    note: str = ""
    entries: int = 0
    procedures: int = 0
    report: tuple[str, ...] = ()
    approver: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which release is in force. sequence: grows by one with each change."""

    release: ReleaseId
    sequence: int
    at: datetime


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"  # 编辑中
    SUBMITTED = "submitted"  # 已提交
    RELEASED = "released"  # 已发布
    REJECTED = "rejected"  # 已驳回


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as somebody would have it. text: the whole entry as JSON. base: version of the entry it was made from;
    empty for a new one. release: in which it was submitted.
    """

    entry: EntryId
    text: str
    base: str
    author: StaffId
    at: datetime
    state: DraftState = DraftState.DRAFT
    release: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A change of what is in force. act: publish or rollback."""

    sequence: int
    release: ReleaseId
    previous: str
    act: str
    staff: StaffId
    at: datetime


class Refusal(StrEnum):
    """Why a release was not put in force; the words are for the one who asked."""

    UNKNOWN = "没有这个版本。"
    SAME_PERSON = "提交人不能审批自己的修改，请由另一位知识管理员审批。"
    NOT_PROPOSED = "这个版本不在待审批状态。"
    STALE = "提交之后现行版本已经变了，请在新的现行版本上重新提交。"
    NEVER_IN_FORCE = "只能回退到曾经发布过的版本。"
    IN_FORCE = "这个版本正在使用。"


class Releases(Protocol):
    """Releases in SQL. Content is immutable once added. Every call may raise RecordsDown."""

    async def current(self) -> Pointer | None:
        """What is in force; None before the first."""
        ...

    async def rows(self, limit: int = 50) -> Sequence[ReleaseRow]:
        """The newest first."""
        ...

    async def row(self, release: str) -> ReleaseRow | None:
        """One release, by its id or by enough of its beginning to be the only one."""
        ...

    async def is_known(self, source: str) -> bool:
        """Whether files of this hash were imported before."""
        ...

    async def add(self, row: ReleaseRow, files: bytes, source: str) -> bool:
        """Keep a proposal; False when it was there already, unless it had been refused: then it is judged anew."""
        ...

    async def files(self, release: str) -> bytes | None:
        """The content files, packed."""
        ...

    async def compiled(self, key: str) -> bytes | None:
        """A compiled form, packed."""
        ...

    async def keep_compiled(self, key: str, release: str, packed: bytes, now: datetime) -> None:
        """Keep a compiled form; the newest few stay, older ones can be made again."""
        ...

    async def begin(self, release: str, now: datetime) -> bool:
        """Put the very first release in force; False when another already is."""
        ...

    async def publish(self, release: str, staff: StaffId, now: datetime) -> Refusal | None:
        """Put a proposal in force, in one transaction. None: done."""
        ...

    async def roll_back(self, release: str, staff: StaffId, now: datetime) -> Refusal | None:
        """Put a release in force that was so before, in one transaction. None: done."""
        ...

    async def reject(self, release: str, staff: StaffId, now: datetime) -> Refusal | None:
        """A proposal that shall not be. None: done."""
        ...

    async def acts(self, limit: int = 50) -> Sequence[Act]:
        """Changes of what is in force, the newest first."""
        ...

    async def draft(self, entry: str) -> Draft | None:
        """The open draft of an entry: DRAFT or SUBMITTED."""
        ...

    async def drafts(self) -> Sequence[Draft]:
        """All open drafts, by entry."""
        ...

    async def save_draft(self, draft: Draft) -> None:
        """Keep a draft in place of the open one of its entry."""
        ...

    async def drop_draft(self, entry: str) -> None:
        """An open draft goes."""
        ...
