"""complaint: who says that they want to complain is shown the way, whatever else they say."""

from __future__ import annotations

import re

from bot.core.reply import Target
from bot.core.turn import Outcome, Turn
from bot.targets import open_target, told
from kb.decide import Sure
from kb.model import EntryId
from kb.search import search
from kb.text import normal

WISH = re.compile(
    "^(?:我们?|本人)?(?:现在|今天|就|真的|一定)?(?:要|想|得|必须|打算|准备)(?:要|去|来)?(?:实名)?(?:投诉|举报|控告|告)(?!诉)"
)
AGAINST = re.compile("警|民警|支队|大队|中队|车管所|窗口|工作人员|你们|投诉")
WAY = EntryId("F04-001")
LIST = Target("category:F04")


def handle(turn: Turn) -> Outcome | None:
    wish = WISH.match(normal(turn.said))
    if wish is None or not AGAINST.search(turn.said):
        return None
    found = search(turn.release, turn.said, turn.now.date())
    # The base may know better whom to ask about a driving school or an insurer.
    if isinstance(found.decision, Sure) and "投诉" in found.decision.candidate.phrase:
        return None
    target = Target(f"entry:{WAY}") if WAY in turn.release.entries else LIST
    return told(turn, open_target(target, turn), handler="complaint", decision="complaint")
