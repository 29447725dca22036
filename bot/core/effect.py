"""What must happen besides the reply. Rules only name effects; conversation carries them out in one SQL transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.core.desk import Asked
from bot.core.push import PushKey


@dataclass(frozen=True, slots=True)
class Followed:
    """The citizen follows the account; scene is the QR parameter, if any."""

    scene: str = ""


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what we keep of this citizen: session, address, flags, pending messages. The duty after 取消关注."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform told the fate of a template message. status: success, or its own word."""

    message_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Learned:
    """The citizen picked one of the offered questions, or none of them: a proposal for the editors, never a rule."""

    said: str
    picked: str


@dataclass(frozen=True, slots=True)
class Rated:
    """The citizen found an answer useful (1) or not (-1); a later vote replaces it.

    push_key: of the push it answered.
    """

    push_key: PushKey
    answer: str
    version: str
    value: int


@dataclass(frozen=True, slots=True)
class Remind:
    """The citizen wants to be reminded. At most one in a turn.

    kind: of what, by a form's id. due: the day it is about. before: days before it. text: what will be said.
    """

    kind: str
    due: date
    before: int
    text: str


@dataclass(frozen=True, slots=True)
class CancelReminder:
    """The citizen no longer wants one of his reminders."""

    id: int


@dataclass(frozen=True, slots=True)
class AskPerson:
    """The citizen wants a person: into the desk's queue with all that went before.

    promised_at: None on duty; else when somebody will answer, as far as known. off_duty: whether it is a request.
    """

    reason: str
    context: tuple[Asked, ...] = ()
    off_duty: bool = False
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overheard:
    """What a citizen said while a conversation with a person is open, masked; and what the bot answered, if it did."""

    said: str
    replied: str = ""


Effect = Followed | Forget | Delivered | Learned | Rated | Remind | CancelReminder | AskPerson | Overheard
