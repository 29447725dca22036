"""坐席台: conversations that citizens have with officers, as nouns, and the door to where they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Protocol

from bot.core.push import Channel, CitizenId, CitizenKey
from bot.core.reply import Text

ConversationId = NewType("ConversationId", str)


class State(StrEnum):
    """Life of a conversation. While it is served the officer has the floor; otherwise the bot has it."""

    WAITING = "waiting"
    """On duty hours: somebody should take it soon."""
    REQUEST = "request"
    """Asked off duty, or nobody came: an open request with a promised time."""
    SERVED = "served"
    """An officer has the floor."""
    RETURNED = "returned"
    """Handed back to the bot."""
    ENDED = "ended"
    """Over."""


OPEN = (State.WAITING, State.REQUEST, State.SERVED)
"""A citizen has one conversation in these states at most; a unique index promises it."""


class Who(StrEnum):
    """Who says a line."""

    CITIZEN = "citizen"
    BOT = "bot"
    OFFICER = "officer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Asked:
    """An earlier turn, for the officer who takes over. said: masked. found: what matched, with scores, best first."""

    said: str
    answer: str
    found: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation.

    id: grows with time. text: masked when a citizen said it. delivery: the state of its outbox row (ports.RowState),
    empty for what was never to be sent from here.
    """

    id: int
    who: Who
    text: str
    at: datetime
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The floor as SQL has it, and what the desk shows of it.

    officer: who serves or served it, a StaffId; name: what he is called. reason: why a person was asked for.
    since: when the state began. word_at: when the officer last wrote, or took it. promised_at: off duty, when somebody
    will answer. touched: grows with every change.
    """

    id: ConversationId
    citizen: CitizenId
    channel: Channel
    state: State
    reason: str
    context: tuple[Asked, ...]
    created_at: datetime
    since: datetime
    officer: str = ""
    name: str = ""
    word_at: datetime | None = None
    promised_at: datetime | None = None
    touched: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A line that is to be written.

    sent: whether it goes out to the citizen. reply: how it goes out, where that is more than the text.
    """

    who: Who
    text: str
    sent: bool = True
    reply: Text | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an act makes of a conversation. promised_at: kept only by a request."""

    state: State
    officer: str = ""
    name: str = ""
    words: tuple[Words, ...] = ()
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """One row of duty hours, in minutes of the day.

    weekday: 0 is Monday. day: this date only, before any weekday row; opens == closes: closed that day.
    """

    opens: int
    closes: int
    weekday: int | None = None
    day: date | None = None


TOPIC = "desk"
"""The bell's topic for whoever looks at the desk."""


def page_topic(who: CitizenKey) -> str:
    """The bell's topic for the chat page of a citizen."""
    return f"chat:{who}"


class Desk(Protocol):
    """Conversations with officers in SQL. All raise RecordsDown."""

    async def floor(self, citizen: CitizenId) -> State | None:
        """The state of the citizen's open conversation, None when there is none."""
        ...

    async def waiting(self, besides: CitizenId) -> int:
        """How many others wait on duty."""
        ...

    async def open(self) -> Sequence[Conversation]:
        """Every open conversation, the longest waiting first."""
        ...

    async def conversation(self, key: ConversationId) -> Conversation | None:
        """One conversation, open or not."""
        ...

    async def lines(self, key: ConversationId) -> Sequence[Line]:
        """Its lines, oldest first, each with the fate of its words."""
        ...

    async def change(self, key: str, before: Conversation, change: Change, now: datetime) -> bool:
        """Carry out an act in one transaction: state, lines, and the outbox rows of those that go out.

        key: the act's; a second time changes nothing and is True. False when the conversation is no longer as before.
        """
        ...

    async def draft(self, key: ConversationId) -> str:
        """What the officer has typed and not sent."""
        ...

    async def keep_draft(self, key: ConversationId, text: str) -> None:
        """Keep it over reloads and changes of conversation."""
        ...

    async def hours(self) -> Sequence[Hours]:
        """The duty hours; none when nobody entered any."""
        ...

    async def set_hours(self, hours: Sequence[Hours]) -> None:
        """Enter duty hours in place of those that are there."""
        ...

    async def arrived(self, citizen: CitizenId, rows: Sequence[int], now: datetime) -> int:
        """Outbox rows that the citizen's own page shows: held or uncertain ⇒ sent. Returns how many changed."""
        ...
