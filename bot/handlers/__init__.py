"""The rules of a turn, in the order they are asked. The first that speaks ends it; `fallback` always speaks."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.turn import Outcome, Turn
from bot.dialogs.last import question_last
from bot.handlers import (
    answer,
    choice,
    command,
    complaint,
    courtesy,
    dialog,
    english,
    event,
    fallback,
    handover,
    media,
    privacy,
    rating,
    retry,
    sequel,
    urgent,
)

Handler = Callable[[Turn], Outcome | None]

ORDER: tuple[Handler, ...] = (
    urgent.handle,
    handover.handle,
    event.handle,
    command.handle,
    choice.handle,
    rating.handle,
    privacy.handle,
    dialog.handle,
    courtesy.handle,
    complaint.handle,
    sequel.handle,
    english.handle,
    answer.handle,
    media.handle,
    retry.handle,
)


def decide(turn: Turn) -> Outcome:
    """The outcome of a turn: pure, so the same turn always gives the same outcome."""
    outcome = next(filter(None, (handle(turn) for handle in ORDER)), None) or fallback.handle(turn)
    outcome = question_last(turn, urgent.safety_first(turn, outcome))
    return handover.overheard(turn, outcome)


def decide_blind(turn: Turn) -> Outcome:
    """The same while nobody can tell who has the floor: danger is answered, all else waits."""
    return urgent.handle(turn) or handover.one_moment(turn)
