"""dialog: the open slot says yes, a correction, or words that open a dialog."""

from __future__ import annotations

from bot.core.turn import Outcome, Turn
from bot.dialogs import engine
from bot.dialogs.last import scene_of
from bot.dialogs.open import called
from bot.targets import spoken, told


def handle(turn: Turn) -> Outcome | None:
    if not turn.said.strip():
        return None
    step = engine.feed(turn.session.frames, turn.said, scene_of(turn)) if turn.session.frames else None
    step = step or called(turn)
    return told(turn, spoken(step), handler="dialog", decision="dialog", reasons=(step.decision,)) if step else None
