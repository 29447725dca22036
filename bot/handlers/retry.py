"""retry: a dialog is open and nobody understood — the doubt, the hint, then the example and a person."""

from __future__ import annotations

from bot.core.turn import Outcome, Turn
from bot.dialogs import engine
from bot.dialogs.last import scene_of
from bot.targets import spoken, told


def handle(turn: Turn) -> Outcome | None:
    if not turn.said.strip() or not turn.session.frames:
        return None
    step = engine.miss(turn.session.frames, turn.said, scene_of(turn))
    return told(turn, spoken(step), handler="retry", decision="dialog", reasons=(step.decision,)) if step else None
