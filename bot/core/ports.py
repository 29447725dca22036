"""The doors the inner floors speak through, as protocols. Memory twins and real stores pass the same suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.effect import Effect
from bot.core.platform import Window
from bot.core.push import Channel, CitizenId, CitizenKey, Push, PushKey
from bot.core.reply import Reply
from bot.core.session import Session


class Mark(StrEnum):
    """How the reply of a push reaches the citizen. Set once, by compare-and-set: never both."""

    NONE = ""
    PASSIVE = "passive"
    PUSHED = "pushed"


@dataclass(frozen=True, slots=True)
class Said:
    """A finished reply as it is stored and replayed: same words, same time, so the same bytes on the wire.

    answer, decision, candidates: what the web chat tells with a reply (Why has their meaning); stored, because a
    retry must get them again.
    """

    replies: tuple[Reply, ...]
    at: datetime
    answer: str = ""
    decision: str = ""
    candidates: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Mine:
    """The push is ours to answer: claimed, the citizen locked, and only then the session loaded.

    unsaid: True when the outbox holds words for this citizen that could not be delivered.
    fresh: True when no session was stored.
    """

    session: Session
    unsaid: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """The push stands in the citizen's queue behind an earlier one; ask again."""


@dataclass(frozen=True, slots=True)
class Held:
    """Another holder is answering this very push; join it."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Done:
    """The push was answered before; replay."""

    said: Said
    mark: Mark


Begun = Mine | Behind | Held | Done


class Mind(Protocol):
    """Short memory shared by all workers (Redis): claims, citizen queues, sessions, replies, windows, log lines.

    Every method is one round trip. All raise MindDown.
    """

    async def begin(self, key: PushKey, who: CitizenKey, holder: str) -> Begun:
        """Claim the push for this holder, take the citizen's turn in order of arrival, load the session.

        holder: unique per attempt. A claim and a place in the queue lapse when not renewed, so that the next retry
        rescues the push of a worker that died. Calling again with the same holder is how one waits.
        """
        ...

    async def renew(self, key: PushKey, who: CitizenKey, holder: str) -> bool:
        """Keep claim and lock alive; False when they are no longer ours."""
        ...

    async def commit(
        self,
        key: PushKey,
        who: CitizenKey,
        holder: str,
        session: Session | None,
        said: Said,
        *,
        passive: bool,
        window: Window | None,
        log: bytes,
    ) -> Mark | None:
        """Store session, reply, window and log line, release claim and lock, all in one step.

        session: None forgets it. passive: the reply is about to go back on the waiting request; sets the mark unless
        it is already set. Returns the mark now in force, or None when the claim was lost: nothing was stored then.
        """
        ...

    async def abandon(self, key: PushKey, who: CitizenKey, holder: str) -> None:
        """Give claim and place back without a result, so that a retry can start at once."""
        ...

    async def mark(self, key: PushKey, who: CitizenKey, mark: Mark) -> Mark:
        """Set the mark if it is not set; returns the one in force."""
        ...

    async def peek(self, key: PushKey, who: CitizenKey) -> Held | Done | None:
        """Look at a push without touching it; None when nobody knows it."""
        ...

    async def spend(self, who: CitizenKey, now: datetime) -> Window | None:
        """Take one message out of the open window with the least risk; None when nothing may be sent now."""
        ...

    async def set_unsaid(self, who: CitizenKey, unsaid: bool) -> None:
        """Remember whether words wait for this citizen's next message."""
        ...

    async def take_log(self, limit: int) -> Sequence[tuple[str, bytes]]:
        """Oldest log lines not yet written to SQL, with a handle each, leased to this caller."""
        ...

    async def drop_log(self, handles: Sequence[str]) -> None:
        """Forget log lines that SQL has."""
        ...

    async def ping(self) -> None:
        """Raise MindDown when the store is away."""
        ...


class RowState(StrEnum):
    """Life of an outbox row."""

    AWAITING = "awaiting"
    """The turn that will fill it is still running."""
    WAITING = "waiting"
    """Ready to be sent."""
    RESTING = "resting"
    """Sent in the morning, for nobody is disturbed at night; said first when the citizen writes before that."""
    GOING = "going"
    """Handed to the platform; the verdict is not in."""
    SENT = "sent"
    """The platform took it."""
    HELD = "held"
    """Cannot be sent now; said first at the citizen's next message."""
    UNCERTAIN = "uncertain"
    """Its sender died between call and verdict: never sent again blindly, offered at the next message."""
    SAID = "said"
    """Was said in a later reply."""
    DEAD = "dead"
    """Given up; the reason is kept."""
    VOID = "void"
    """Not needed: the reply went back passively after all."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message that is not a passive reply.

    key: unique; a second row with the same key is not made. replies: empty while AWAITING.
    push: the push an AWAITING row will answer, so that any worker can finish the turn.
    """

    id: int
    key: str
    citizen: CitizenId
    channel: Channel
    state: RowState
    replies: tuple[Reply, ...]
    push: Push | None
    attempts: int
    next_try_at: datetime
    created_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One answered turn as the answer log keeps it; words are masked before they come here."""

    push_key: PushKey
    citizen: CitizenId
    channel: Channel
    at: datetime
    said: str
    handler: str
    decision: str
    answer: str
    version: str
    category: str
    candidates: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]
    release: str
    latency_ms: float
    rating: int | None = None


class Records(Protocol):
    """Long memory (SQL). All raise RecordsDown."""

    async def citizen(self, channel: Channel, address: str, now: datetime) -> CitizenId:
        """The surrogate id for an address; made on first contact."""
        ...

    async def address(self, citizen: CitizenId) -> str | None:
        """Where to write to a citizen; None when forgotten."""
        ...

    async def flags(self, citizen: CitizenId) -> dict[str, str]:
        """Consents and flags of a citizen."""
        ...

    async def perform(self, key: PushKey, citizen: CitizenId, effects: Sequence[Effect], now: datetime) -> None:
        """Carry out the effects of one push in one transaction; a repeated push changes nothing."""
        ...

    async def put(
        self,
        key: str,
        citizen: CitizenId,
        channel: Channel,
        replies: Sequence[Reply],
        now: datetime,
        *,
        push: Push | None = None,
    ) -> None:
        """Add an outbox row: WAITING, or AWAITING when a push is given. A key that exists is left as it is."""
        ...

    async def fill(self, key: str, replies: Sequence[Reply], now: datetime) -> bool:
        """AWAITING ⇒ WAITING with its replies (VOID when there are none); False when it was not awaiting."""
        ...

    async def void(self, key: str) -> None:
        """AWAITING ⇒ VOID."""
        ...

    async def take(self, now: datetime, lease_s: float, limit: int) -> Sequence[OutboxRow]:
        """Claim due WAITING and RESTING rows as GOING, oldest first, never two of one citizen at once."""
        ...

    async def settle(
        self, row_id: int, state: RowState, now: datetime, *, reason: str = "", next_try_at: datetime | None = None
    ) -> None:
        """Write the verdict on a row we hold."""
        ...

    async def expire(self, now: datetime) -> Sequence[OutboxRow]:
        """GOING rows whose lease ran out ⇒ UNCERTAIN; returns them."""
        ...

    async def stale(self, now: datetime, older_than_s: float, limit: int) -> Sequence[OutboxRow]:
        """AWAITING rows older than that: a turn nobody finished."""
        ...

    async def unsaid(self, citizen: CitizenId, by: PushKey) -> Sequence[OutboxRow]:
        """HELD, UNCERTAIN and RESTING rows of a citizen, oldest first, and those SAID in answer to this very push."""
        ...

    async def said(self, row_ids: Sequence[int], by: PushKey, now: datetime) -> bool:
        """HELD, UNCERTAIN or RESTING ⇒ SAID in answer to this push; True when the citizen has more of them."""
        ...

    async def citizens_with_unsaid(self) -> Sequence[tuple[Channel, str]]:
        """Channel and address of everyone with such rows: rebuilds the flags after Redis lost them."""
        ...

    async def write_log(self, lines: Sequence[LogLine]) -> int:
        """Add lines of the answer log in one transaction; those whose push key is there already are skipped."""
        ...

    async def trim(self, slot: str, now: datetime, log_before: datetime, done_before: datetime, limit: int) -> int:
        """Delete log lines, ratings, fates and settled outbox rows older than log_before, and notes of effects done
        older than done_before: at most `limit` of each. Returns how many; 0 when somebody has the slot already.
        """
        ...

    async def ping(self) -> None:
        """Raise RecordsDown when the database is away."""
        ...
