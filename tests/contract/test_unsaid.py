"""Words that could not be delivered: said first at the next message, whole, once, and with a word about why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from bot.conversation import Conversation
from bot.core.clock import FixedClock
from bot.core.errors import MindDown, RecordsDown
from bot.core.ports import Mark, Mine, RowState, Said
from bot.core.push import Channel, Notice, Push, PushKey, citizen_key
from bot.core.reply import Article, Choice, Image, News, Reply, Target, Text
from bot.inbox import Inbox
from bot.library import Library
from bot.metrics import Metrics
from bot.store.memory import MemoryMind, MemoryRecords
from bot.unsaid import HELD_FIRST, NO_PICTURE, UNCERTAIN_FIRST
from bot.wechat.limits import TEXT_BYTES
from bot.wechat.markup import content
from bot.wechat.paging import MORE, pages
from kb.release import Release
from tests.contract.parts import NOW, Cable, message, numbers

WHO = citizen_key(Channel.WECHAT, "o-ann")


@dataclass
class Talk:
    """One citizen's talk with the real conversation, over twins that may fail."""

    release: Release
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def __post_init__(self) -> None:
        self.mind = Cable(MemoryMind(), MindDown)
        self.records = Cable(MemoryRecords(), RecordsDown)
        self.inbox = self.worker()

    def worker(self) -> Inbox:
        conversation = Conversation(Library(self.release), self.records, self.clock)
        return Inbox(self.mind, self.records, conversation, self.clock, Metrics(), "w")

    async def says(self, text: str) -> str:
        return await self.hears(message(text))

    async def hears(self, push: Push) -> str:
        said = await self.inbox.answer(push)
        assert said
        shown = "\n".join(content(reply) for reply in said.replies if isinstance(reply, Text))
        assert len(shown.encode()) <= TEXT_BYTES
        return shown

    async def undelivered(self, *replies: Reply | str, state: RowState = RowState.HELD) -> None:
        """A row that the outbox could not send."""
        now = self.clock.now()
        citizen = await self.records.citizen(Channel.WECHAT, "o-ann", now)
        given = [Text(reply) if isinstance(reply, str) else reply for reply in replies]
        await self.records.put(f"k:{next(numbers)}", citizen, Channel.WECHAT, given, now)
        (row,) = await self.records.take(now, 30, 1)
        await self.records.settle(row.id, state, now)
        await self.mind.set_unsaid(WHO, unsaid=True)

    async def flagged(self) -> bool:
        key = PushKey(f"m:{next(numbers)}")
        begun = await self.mind.begin(key, WHO, "look")
        await self.mind.abandon(key, WHO, "look")
        assert isinstance(begun, Mine)
        return begun.unsaid


@pytest.fixture
def talk(release: Release) -> Talk:
    return Talk(release)


@pytest.mark.parametrize(
    ("state", "first"), [(RowState.HELD, HELD_FIRST), (RowState.UNCERTAIN, UNCERTAIN_FIRST)], ids=["held", "uncertain"]
)
async def test_undelivered_words_come_first_once_with_a_word_about_why(talk: Talk, state: RowState, first: str) -> None:
    await talk.undelivered("带上身份证。", state=state)
    said = await talk.says("你好")
    assert said.startswith(f"{first}\n\n带上身份证。\n\n") and len(said) > len(f"{first}\n\n带上身份证。\n\n")
    assert not await talk.flagged()
    assert "带上身份证" not in await talk.says("你好")


async def test_several_come_oldest_first(talk: Talk) -> None:
    for word in ("第一条。", "第二条。"):
        await talk.undelivered(word)
    said = await talk.says("你好")
    assert 0 < said.index("第一条。") < said.index("第二条。")


async def test_a_push_without_a_reply_leaves_them_for_the_next(talk: Talk) -> None:
    await talk.undelivered("带上身份证。")
    push = message("")
    notice = Push(push.key, push.channel, push.address, push.account, push.sent_at, Notice("view"))
    assert await talk.hears(notice) == "" and await talk.flagged()
    assert "带上身份证。" in await talk.says("你好")


async def test_a_worker_that_dies_after_its_commit_leaves_nothing_to_be_said_again(talk: Talk) -> None:
    await talk.undelivered("带上身份证。")
    talk.mind.fails_next["set_unsaid"] = 1
    push = message("你好")
    said = await talk.hears(push)
    assert "带上身份证。" in said and await talk.hears(push) == said
    assert "带上身份证。" not in await talk.says("你好")
    assert not await talk.flagged()


async def test_a_worker_that_dies_before_its_commit_says_them_at_the_retry(talk: Talk) -> None:
    await talk.undelivered("带上身份证。")
    talk.mind.fails_next["commit"] = 1
    push = message("你好")
    with pytest.raises(MindDown):
        await talk.inbox.answer(push)
    assert "带上身份证。" in await talk.hears(push)
    assert "带上身份证。" not in await talk.says("你好")


async def test_what_becomes_undelivered_while_a_turn_ends_is_not_forgotten(talk: Talk) -> None:
    await talk.undelivered("第一条。")
    lower = talk.mind.set_unsaid

    async def meanwhile(who: object, unsaid: bool) -> None:
        del talk.mind.set_unsaid
        await talk.undelivered("第二条。")
        await lower(who, unsaid=unsaid)

    talk.mind.set_unsaid = meanwhile
    assert "第二条。" not in await talk.says("你好")
    assert await talk.flagged()
    assert "第二条。" in await talk.says("你好")


async def test_without_sql_they_stay_for_later(talk: Talk) -> None:
    await talk.says("你好")
    await talk.undelivered("带上身份证。")
    talk.records.cut = True
    assert "带上身份证。" not in await talk.says("你好")
    talk.records.cut = False
    assert "带上身份证。" in await talk.says("你好")


async def test_a_note_that_cannot_be_made_loses_no_words(talk: Talk) -> None:
    await talk.undelivered("带上身份证。")
    talk.records.fails_next["said"] = 1
    assert "带上身份证。" in await talk.says("你好")


# ── nothing is lost ───────────────────────────────────────────────────────────────────────────────────────


async def all_pages(talk: Talk, text: str) -> str:
    """The reply to this and all that «更多» brings, without the links."""
    shown = [await talk.says(text)]
    while MORE.label in shown[-1] and "已经是全部" not in shown[-1]:
        shown.append(await talk.says("更多"))
        assert len(shown) < 12
    return "\n".join(shown)


@pytest.mark.parametrize("size", [300, 600, 680, 700, 1500])
async def test_words_longer_than_a_page_are_behind_more(talk: Talk, size: int) -> None:
    sentences = [f"第{n}句要带的材料。" for n in range(size // 9)]
    await talk.undelivered("".join(sentences))
    await talk.undelivered("最后还有一句。")
    answer = await talk.says("驾驶证丢了怎么补办")
    fresh = Talk(talk.release)
    plain = await all_pages(fresh, "驾驶证丢了怎么补办")
    seen = answer + (await all_pages(talk, "更多") if MORE.label in answer else "")
    missing = [sentence for sentence in [*sentences, "最后还有一句。"] if sentence not in seen]
    assert not missing
    lines = [line for line in plain.splitlines() if "bizmsgmenu" not in line and len(line) > 8]
    assert sum(line in seen for line in lines) >= len(lines) - 2


async def test_an_undelivered_page_brings_the_pages_it_promised(talk: Talk) -> None:
    whole = Text("".join(f"第{n}句话。" for n in range(300)))
    first, *rest = pages(whole)
    begun = await talk.mind.begin(PushKey("m:late"), WHO, "h")
    said = Said((replace(first, choices=(MORE,)),), NOW)
    session = replace(begun.session, rest=tuple(rest))
    mark = await talk.mind.commit(PushKey("m:late"), WHO, "h", session, said, passive=False, window=None, log=b"[]")
    assert mark is Mark.NONE
    await talk.undelivered(*said.replies)
    seen = await all_pages(talk, "你好")
    assert [n for n in range(300) if f"第{n}句话。" not in seen] == []


async def test_a_page_asked_for_is_not_given_twice(talk: Talk) -> None:
    await talk.undelivered("".join(f"第{n}句话。" for n in range(200)))
    first = await talk.says("你好")
    assert MORE.label in first
    await talk.undelivered(Text("还有一条。", (MORE,)))
    seen = first + await all_pages(talk, "更多")
    assert [n for n in range(200) if seen.count(f"第{n}句话。") != 1] == []
    assert "还有一条。" in seen


async def test_offers_that_were_never_seen_are_listed_as_words(talk: Talk) -> None:
    offers = (Choice("补领驾驶证", "补领驾驶证", Target("entry:B05-001")), Choice("都不是", "都不是", Target("none")))
    await talk.undelivered(Text("您是不是想问：", offers, tail="回复数字或点选。"))
    said = await talk.says("菜单")
    assert "您是不是想问：\n· 补领驾驶证\n· 都不是" in said
    assert said.index("1. ") > said.index("都不是")  # numbers belong to the newest offers


async def test_articles_become_links_and_a_picture_a_word(talk: Talk) -> None:
    article = Article("办事指南", "一次说清", "https://example.org/guide")
    await talk.undelivered(News((article,)))
    await talk.undelivered(Image("media-1"))
    said = await talk.says("你好")
    assert '<a href="https://example.org/guide">办事指南</a>' in said and "一次说清" in said and NO_PICTURE in said
