"""Who asks for a person without saying «人工» alone. A short list of patterns; the words themselves are in command."""

from __future__ import annotations

import re

PERSON = "人工|真人|活人|客服|坐席|座席|工作人员|值班民警|接线员|警官"
WISHES = re.compile(
    f"(?:帮我|给我|请|我要|我想|能不能|可以|快)?(?:转|接|找|叫|让|换|联系|要)(?:接|到|个|一下|你们的?|一个)*"
    f"(?:{PERSON})+(?:来|接|服务|回答|说话|跟我说|处理)*(?:吧|啊|呀|好吗|行吗|可以吗|一下)?[。！!？?]*"
)
YES = frozenset(
    {"好", "好的", "可以", "要", "嗯", "嗯嗯", "行", "是", "是的", "转", "转吧", "转接", "联系", "需要", "ok"}
)
"""After an offer to hand over."""


def asks_for_person(word: str) -> bool:
    """Whether folded words ask for a person and for nothing else."""
    return len(word) <= 24 and WISHES.fullmatch(word) is not None
