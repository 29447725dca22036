"""一轮: what happened, what we remember, what we know; and what comes of it. Values, no doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bot.core.desk import Hours
from bot.core.effect import Effect
from bot.core.push import Push
from bot.core.reply import Reply, Target
from bot.core.session import Session
from kb.release import Release


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A door did not answer in time: the rule says so in a sentence."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a handler may look at.

    said: the citizen's words in this turn (typed, tapped or recognised), empty when there were none.
    masked: the same words with no identifier left; what may be remembered and logged.
    known: what doors told in this very turn, by the query of the Need that asked.
    hours: when officers are on duty; none: the usual ones.
    """

    push: Push
    session: Session
    release: Release
    now: datetime
    said: str = ""
    masked: str = ""
    known: Mapping[str, object] = field(default_factory=dict)
    hours: tuple[Hours, ...] = ()


class Seen(NamedTuple):
    """A candidate as the log keeps it."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why this reply: written to the answer log and shown by the phone page.

    handler: which handler spoke.
    decision: sure | close | none for a search; menu, command, courtesy, urgent … otherwise.
    answer: the target that was opened, if any. version: content hash of that entry or procedure.
    """

    handler: str
    decision: str
    answer: Target = Target("")
    version: str = ""
    category: str = ""
    candidates: tuple[Seen, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to say, what to remember, what must happen, and why. No replies: the push takes none.

    need: a query only a door can answer. Then nothing else here counts: the same turn is decided again, with the answer
    in Turn.known, or Unavailable.
    """

    replies: tuple[Reply, ...]
    session: Session
    why: Why
    effects: tuple[Effect, ...] = ()
    need: str = ""
