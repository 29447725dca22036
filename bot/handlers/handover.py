"""handover: while an officer has the floor the bot is silent; danger words were answered before this."""

from __future__ import annotations

from bot.core.session import Floor
from bot.core.turn import Outcome, Turn, Why


def handle(turn: Turn) -> Outcome | None:
    if turn.session.floor is Floor.BOT:
        return None
    return Outcome((), turn.session, Why("handover", "silent"))
