"""dialog: the open slot says yes, a correction, or words that open a dialog."""

from __future__ import annotations

import re

from bot.core.turn import Outcome, Turn
from bot.dialogs import engine
from bot.dialogs.last import scene_of
from bot.dialogs.open import called
from bot.dialogs.reminding import wished
from bot.targets import open_target, spoken, told
from kb.text import folded

REMIND = re.compile("(?:好|行|那|请)?(?:帮我|给我)?(?:设|设置|设个|设一个|加个|要)?(?:个)?提醒(?:我|一下|我一下|吧)?")
"""Takes the reminder that was just offered, whatever its label."""


def handle(turn: Turn) -> Outcome | None:
    if not turn.said.strip():
        return None
    if target := wished(turn.said):
        return told(turn, open_target(target, turn), handler="dialog", decision="dialog")
    if REMIND.fullmatch(folded(turn.said)):
        offer = next((one for one in turn.session.offers if one.target.startswith("remind:")), None)
        if offer:
            return told(turn, open_target(offer.target, turn), handler="dialog", decision="dialog")
    step = engine.feed(turn.session.frames, turn.said, scene_of(turn)) if turn.session.frames else None
    step = step or called(turn)
    return told(turn, spoken(step), handler="dialog", decision="dialog", reasons=(step.decision,)) if step else None
