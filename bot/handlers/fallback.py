"""fallback: nobody understood. Never empty: how to say it better, the menu, a person."""

from __future__ import annotations

from bot.core.reply import Choice, Text
from bot.core.turn import Outcome, Turn
from bot.targets import DESK, ROOT, Opened, told

EMPTY = "我没有收到文字内容。您可以直接打字告诉我想办什么，例如“换驾驶证要带什么”。"


def handle(turn: Turn) -> Outcome:
    choices = (Choice("业务分类", "菜单", ROOT), Choice("人工", "人工", DESK))
    return told(turn, Opened(Text(EMPTY, choices)), handler="fallback", decision="none", missed=True)
