"""courtesy: greetings, thanks, praise and the rest, each with a hand-written reply that ends in one useful offer."""

from __future__ import annotations

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Turn
from bot.targets import Opened, node_name, told
from kb.courtesy import courtesy_for
from kb.talk import Courtesy


def handle(turn: Turn) -> Outcome | None:
    found = courtesy_for(turn.release, turn.said) if turn.said else None
    return speak(turn, found) if found else None


def speak(turn: Turn, found: Courtesy) -> Outcome:
    """The reply of one courtesy."""
    target = Target(found.offer)
    # A tap says the name of the place, which leads there from an old message too.
    say = node_name(target, turn.release) if target.startswith("category:") else found.label
    reply = Text(found.reply, (Choice(found.label, say, target),))
    opened = Opened(reply, answer=Target(f"courtesy:{found.id}"))
    return told(turn, opened, handler="courtesy", decision="courtesy")
