"""What became of one push: its attempts on the wire and how it ended. Values, kept for the page and the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.sim.answer import Answer, Refused, Silent, Valid
from bot.sim.inbound import Inbound
from bot.sim.wire import Head, Request


class Failure(StrEnum):
    """Why an attempt brought no answer; each of them is tried again."""

    CUT = "cut"
    UNREACHABLE = "unreachable"
    STATUS = "status"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One push as it is repeated: the same person, time, id and XML in every attempt."""

    head: Head
    inbound: Inbound
    xml: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST. status is 0 when nothing came. ended is the judged answer, or why there is none."""

    number: int
    request: Request
    status: int
    body: str
    ms: float
    ended: Answer | Failure

    @property
    def answer_xml(self) -> str:
        """The answer after decryption, empty when there is none."""
        return self.ended.xml if isinstance(self.ended, Valid | Refused) else ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """No attempt was answered."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Paused:
    """MarkFail: the platform does not push to this account just now, and did not try."""

    until: datetime


Outcome = Answer | Undelivered | Paused


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push from beginning to end."""

    parcel: Parcel
    at: datetime
    attempts: tuple[Attempt, ...]
    outcome: Outcome

    @property
    def ms(self) -> float:
        """What the user waited for the account, all attempts together."""
        return sum(attempt.ms for attempt in self.attempts)

    @property
    def succeeded(self) -> bool:
        """Whether the platform is content with the account."""
        return isinstance(self.outcome, Silent | Valid)

    @property
    def text(self) -> str:
        """The words of the passive reply, empty when there is none."""
        return self.outcome.reply.text if isinstance(self.outcome, Valid) else ""
