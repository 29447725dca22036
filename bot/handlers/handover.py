"""handover: while an officer has the floor the bot is silent; danger words were answered before this.

What the platform only tells goes on to `event`: the duty to forget does not wait for an officer.
"""

from __future__ import annotations

from bot.core.push import Notice, Unfollow
from bot.core.session import Floor
from bot.core.turn import Outcome, Turn, Why


def handle(turn: Turn) -> Outcome | None:
    if turn.session.floor is Floor.BOT or isinstance(turn.push.body, Unfollow | Notice):
        return None
    return Outcome((), turn.session, Why("handover", "silent"))
