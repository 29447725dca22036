"""A number that was not offered: the offers stand again, and pages not shown yet are not lost."""

from __future__ import annotations

import pytest

from bot.conversation import Conversation
from bot.core.clock import FixedClock
from bot.core.ports import Mine
from bot.core.push import Channel, Push, PushKey, Text
from bot.core.reply import Choice, Target
from bot.core.reply import Text as TextReply
from bot.core.session import Session
from bot.library import Library
from bot.store.memory import MemoryRecords
from bot.wechat.paging import MORE
from kb.release import Release
from tests.times import NOON


@pytest.mark.parametrize("number", ["9", "0", "第十一个"])
async def test_wrong_number_keeps_the_pages_that_wait(release: Release, number: str) -> None:
    menu = Choice("业务分类", "菜单", Target("category:"))
    session = Session(offers=(menu, MORE), rest=(TextReply("第二页"),))
    conversation = Conversation(Library(release), MemoryRecords(), FixedClock(NOON))
    for words in (number, number, "更多"):
        push = Push(PushKey(words), Channel.WECHAT, "o-ann", "gh_1", NOON, Text(words))
        heard = await conversation.hear(push, Mine(session, unsaid=False, fresh=False))
        assert heard.session
        if words == number:
            assert heard.session.offers == session.offers
        session = heard.session
    assert heard.said.replies == (TextReply("第二页"),)
