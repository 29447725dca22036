"""What could not be delivered, said first in a later reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.ports import OutboxRow, RowState
from bot.core.reply import Image, News, Reply, Transfer
from bot.core.reply import Text as TextReply
from bot.core.turn import Outcome
from bot.wechat.paging import MORE

HELD_FIRST = "之前没能送达的回复，现在补上："
UNCERTAIN_FIRST = "之前有一条回复不确定您是否收到，再说一遍："
RESTING_FIRST = "夜里没有打扰您，趁您来了告诉您："
NO_PICTURE = "（有一张图片没能发给您，需要的话请告诉我。）"
NO_TRANSFER = "（没能为您转接，回复“人工”可以看到怎么找工作人员。）"
FIRST = {RowState.HELD: HELD_FIRST, RowState.RESTING: RESTING_FIRST}
"""What stands before a row that comes late; one that was said for this very push already was uncertain, too."""


def with_unsaid(outcome: Outcome, rows: Sequence[OutboxRow], promised: tuple[TextReply, ...]) -> Outcome:
    """What could not be delivered before is said first, with the pages it promised behind «更多»."""
    if not rows:
        return outcome
    before = [text for row in rows for text in _again(row, promised)]
    return replace(outcome, replies=(*before, *outcome.replies))


def _again(row: OutboxRow, promised: tuple[TextReply, ...]) -> Sequence[TextReply]:
    first = FIRST.get(row.state, UNCERTAIN_FIRST)
    texts = [_in_words(reply) for reply in row.replies]
    if any(isinstance(reply, TextReply) and MORE in reply.choices for reply in row.replies):
        texts += map(_in_words, promised)
    return [TextReply(first), *texts] if texts else ()


def _in_words(reply: Reply) -> TextReply:
    """A reply as words among others. Its choices lose their numbers, which belong to the newest reply."""
    match reply:
        case TextReply(text=text, choices=choices, links=links):
            labels = (f"· {choice.label}" for choice in choices if choice != MORE)
            return TextReply("\n".join((text, *labels)), links=links)
        case News(articles=articles):
            told = "\n".join(f"{article.title}\n{article.description}".strip() for article in articles)
            return TextReply(told, links=tuple((article.title, article.url) for article in articles))
        case Image():
            return TextReply(NO_PICTURE)
        case Transfer():
            return TextReply(NO_TRANSFER)
