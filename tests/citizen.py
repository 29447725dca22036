"""Someone who writes to the rules alone: no door, no store, only turns."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.push import Body, Channel, Push, PushKey, Text
from bot.core.reply import Choice
from bot.core.reply import Text as TextReply
from bot.core.session import EMPTY, Session
from bot.core.turn import Outcome, Turn
from bot.handlers import decide
from bot.mask import mask
from kb.release import Release
from tests.times import NOON


class Citizen:
    """Remembers what was said, as a session does."""

    def __init__(self, release: Release, session: Session = EMPTY) -> None:
        self.release = release
        self.session = session
        self.written = 0

    def says(self, words: str, known: Mapping[str, object] | None = None) -> Outcome:
        return self.does(Text(words), words, known)

    def does(self, body: Body, words: str = "", known: Mapping[str, object] | None = None) -> Outcome:
        self.written += 1
        push = Push(PushKey(str(self.written)), Channel.WECHAT, "someone", "", NOON, body)
        outcome = decide(Turn(push, self.session, self.release, NOON, words, mask(words), known or {}))
        self.session = outcome.session
        return outcome


def shown(outcome: Outcome) -> str:
    """The words of an outcome's only reply."""
    (reply,) = outcome.replies
    assert isinstance(reply, TextReply)
    return reply.text


def offers(outcome: Outcome) -> tuple[Choice, ...]:
    """What an outcome's only reply offers."""
    (reply,) = outcome.replies
    assert isinstance(reply, TextReply)
    return reply.choices
