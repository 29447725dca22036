"""courtesy: greetings, thanks, praise and the rest, each with a hand-written reply that ends in one useful offer."""

from __future__ import annotations

from bot.core.turn import Outcome, Turn
from bot.dialogs.slots import is_yes_or_no
from bot.targets import courteous, told
from kb.courtesy import courtesy_for


def handle(turn: Turn) -> Outcome | None:
    # While a dialog asks, yes and no are meant for it.
    if any(frame.asked for frame in turn.session.frames) and is_yes_or_no(turn.said):
        return None
    found = courtesy_for(turn.release, turn.said) if turn.said else None
    if found is None:
        return None
    return told(turn, courteous(found, turn.release), handler="courtesy", decision="courtesy")
