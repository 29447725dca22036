"""命中测试: what the bot would say to a citizen's words out of any release. Pure; nothing is kept or sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.core.push import Channel, Push, PushKey, Text
from bot.core.reply import Text as TextReply
from bot.core.session import EMPTY
from bot.core.turn import Turn
from bot.handlers import decide
from bot.mask import mask
from kb.release import Release

DECISIONS = {"sure": "直接回答", "close": "请市民选择", "none": "没有答案"}


def preview(release: Release, words: str, now: datetime) -> dict[str, Any]:
    """The first turn of a citizen nobody knows, as plain values for a page."""
    push = Push(PushKey("preview"), Channel.WECHAT, "preview", "", now, Text(words))
    outcome = decide(Turn(push, EMPTY, release, now, words, mask(words)))
    texts = [reply for reply in outcome.replies if isinstance(reply, TextReply)]
    why = outcome.why
    return {
        "release": release.id[:12],
        "decision": DECISIONS.get(why.decision, why.decision),
        "said": [reply.text for reply in texts],
        "choices": [choice.label for reply in texts for choice in reply.choices],
        "candidates": [
            {"id": seen.id, "question": release.title(seen.id), "score": round(seen.score, 3)}
            for seen in why.candidates
        ],
        "reasons": list(why.reasons),
    }
