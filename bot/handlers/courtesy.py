"""courtesy: greetings, thanks, praise and the rest, each with a hand-written reply that ends in one useful offer."""

from __future__ import annotations

from bot.core.turn import Outcome, Turn
from bot.targets import courteous, told
from kb.courtesy import courtesy_for


def handle(turn: Turn) -> Outcome | None:
    found = courtesy_for(turn.release, turn.said) if turn.said else None
    if found is None:
        return None
    return told(turn, courteous(found, turn.release), handler="courtesy", decision="courtesy")
