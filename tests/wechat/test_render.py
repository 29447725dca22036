"""Replies as passive XML, as customer-service messages, as the account's menu; and the windows pushes open."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from bot.core.platform import Window, WindowKind
from bot.core.push import (
    Body,
    Channel,
    Follow,
    Location,
    MenuClick,
    MenuTool,
    Notice,
    Push,
    PushKey,
    Scan,
    Unfollow,
    Unknown,
    Voice,
)
from bot.core.push import Text as Words
from bot.core.reply import Article, Choice, Image, News, Reply, Target, Text, Transfer
from bot.wechat.limits import TEXT_BYTES, window_after
from bot.wechat.menu import GROUPS, MENU, Button, Group, faults, menu_json
from bot.wechat.render import custom_message, menu_message, passive_xml
from tests.wechat.wire import ACCOUNT, NOW, NOW_S, OPENID, door, secure, text_xml, unsealed

ARTICLES = tuple(Article(f"标题{n}", "说明", f"https://a.cn/{n}", "https://a.cn/p.png") for n in range(10))


def push(body: Body) -> Push:
    return Push(PushKey("m:1"), Channel.WECHAT, OPENID, ACCOUNT, NOW, body)


def passive(*replies: Reply, to: Body | None = None) -> ET.Element:
    made = passive_xml(push(to or Words("问")), replies, NOW)
    assert made is not None and made.startswith("<xml>")
    root = ET.fromstring(made)
    head = [root.findtext(tag) for tag in ("ToUserName", "FromUserName", "CreateTime")]
    assert head == [OPENID, ACCOUNT, str(NOW_S)]
    return root


def test_text_reply() -> None:
    root = passive(Text("答", (Choice("甲", "甲", Target("help")),)))
    assert root.findtext("MsgType") == "text"
    assert root.findtext("Content") == ('答\n\n1. <a href="weixin://bizmsgmenu?msgmenucontent=甲&msgmenuid=1">甲</a>')


def test_several_texts_become_one() -> None:
    assert passive(Text("一"), Text("二")).findtext("Content") == "一\n\n二"


def test_news_among_texts_becomes_links() -> None:
    content = passive(Text("一"), News(ARTICLES[:1]), Image("M")).findtext("Content")
    assert content == '一\n\n<a href="https://a.cn/0">标题0</a>'


@pytest.mark.parametrize(("body", "count"), [(Words("问"), 1), (Location(1, 1), 1), (MenuClick("k"), 8), (Follow(), 8)])
def test_news_is_cut_to_what_the_trigger_allows(body: Body, count: int) -> None:
    root = passive(News(ARTICLES), to=body)
    assert root.findtext("ArticleCount") == str(count) == str(len(root.findall("Articles/item")))
    item = root.find("Articles/item")
    assert item is not None and [part.text for part in item] == [
        "标题0",
        "说明",
        "https://a.cn/p.png",
        "https://a.cn/0",
    ]


def test_image_reply() -> None:
    assert passive(Image("M-1")).findtext("Image/MediaId") == "M-1"


def test_transfer_to_anyone() -> None:
    root = passive(Transfer())
    assert root.findtext("MsgType") == "transfer_customer_service" and root.find("TransInfo") is None


def test_transfer_to_one_account_goes_before_words() -> None:
    assert passive(Text("请稍候"), Transfer("li@gh")).findtext("TransInfo/KfAccount") == "li@gh"


def test_event_cannot_be_transferred() -> None:
    assert passive_xml(push(MenuClick("desk")), (Transfer(),), NOW) is None
    assert passive(Text("请稍候"), Transfer(), to=MenuClick("desk")).findtext("Content") == "请稍候"


@pytest.mark.parametrize("body", [Unfollow(), Notice("view"), Unknown("hologram")])
def test_push_that_takes_no_reply_gets_none(body: Body) -> None:
    assert passive_xml(push(body), (Text("答"),), NOW) is None


@pytest.mark.parametrize("replies", [(), (Text(""),), (Text(" \n"), Text("")), (News(()),)])
def test_nothing_to_say_is_no_reply(replies: tuple[Reply, ...]) -> None:
    assert passive_xml(push(Words("问")), replies, NOW) is None


def test_words_that_would_break_the_xml_do_not() -> None:
    nasty = "a]]>b\x00\x0b\ud800<a href='x'>&amp;\uffff"
    replies: tuple[Reply, ...] = (Text(nasty, (Choice(nasty, nasty, Target("x")),), ((nasty, nasty),), nasty),)
    assert passive(*replies).findtext("Content", "").startswith("a]] >b＜a href='x'>&amp;")
    passive(News((Article(nasty, nasty, nasty, nasty),)))
    passive(Image(nasty))
    passive(Transfer(nasty))


def test_words_too_long_end_with_their_first_page() -> None:
    whole = Text("车" * 400 + "。")
    content = passive(whole, whole, whole).findtext("Content") or ""
    assert len(content.encode()) <= TEXT_BYTES and content.endswith("。")


def test_replay_is_equal_to_the_byte_after_decryption() -> None:
    the_door = door()
    opened = the_door.open(*secure(text_xml()))
    replies = (Text("答", tuple(Choice(str(n), "好", Target("x")) for n in range(5))), News(ARTICLES))
    sealed = [the_door.seal(opened, passive_xml(opened.push, replies, NOW)) for _ in range(3)]
    assert len(set(sealed)) == 3 and len(set(map(unsealed, sealed))) == 1


# ── customer-service messages ─────────────────────────────────────────────────────────────────────────────


def test_custom_text_looks_like_the_passive_one() -> None:
    text = Text("答", (Choice("甲", "甲", Target("help")),))
    message = custom_message(OPENID, text)
    assert message == {"touser": OPENID, "msgtype": "text", "text": {"content": passive(text).findtext("Content")}}


def test_custom_news_has_one_article() -> None:
    message = custom_message(OPENID, News(ARTICLES))
    article = {"title": "标题0", "description": "说明", "url": "https://a.cn/0", "picurl": "https://a.cn/p.png"}
    assert message == {"touser": OPENID, "msgtype": "news", "news": {"articles": [article]}}


def test_custom_image() -> None:
    assert custom_message(OPENID, Image("M")) == {"touser": OPENID, "msgtype": "image", "image": {"media_id": "M"}}


@pytest.mark.parametrize("reply", [Transfer(), Text(""), News(())])
def test_what_cannot_be_pushed_is_no_message(reply: Reply) -> None:
    assert custom_message(OPENID, reply) is None


def test_menu_message() -> None:
    text = Text(
        "满意吗？",
        (Choice("满意", "满意", Target("rate:up")), Choice("不满意", "不满意", Target("rate:down"))),
        tail="谢谢",
    )
    assert menu_message(OPENID, text)["msgmenu"] == {
        "head_content": "满意吗？",
        "list": [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}],
        "tail_content": "谢谢",
    }


@pytest.mark.parametrize("count", [0, 11])
def test_menu_message_takes_few_choices(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        menu_message(OPENID, Text("问", tuple(Choice("x", "x", Target("x")) for _ in range(count))))


# ── windows ───────────────────────────────────────────────────────────────────────────────────────────────

LONG, SHORT = NOW + timedelta(hours=48), NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("body", "window"),
    [
        (Words("问"), Window(WindowKind.MESSAGE, 5, LONG)),
        (Voice("M"), Window(WindowKind.MESSAGE, 5, LONG)),
        (Words("问", "1"), Window(WindowKind.CLICK, 3, SHORT)),
        (MenuClick("k"), Window(WindowKind.CLICK, 3, SHORT)),
        (MenuTool("scancode_waitmsg", "k"), Window(WindowKind.CLICK, 3, SHORT)),
        (MenuTool("scancode_push", "k"), Window(WindowKind.CLICK, 3, SHORT)),
        (MenuTool("pic_weixin", "k"), None),
        (Follow(), Window(WindowKind.FOLLOW, 3, SHORT)),
        (Scan("s"), Window(WindowKind.SCAN, 3, SHORT)),
        (Unfollow(), None),
        (Notice("view"), None),
        (Unknown("x"), None),
    ],
    ids=repr,
)
def test_push_opens_its_window(body: Body, window: Window | None) -> None:
    assert window_after(body, NOW) == window


# ── the account's menu ────────────────────────────────────────────────────────────────────────────────────


def test_our_menu_fits_the_platform_and_the_phone() -> None:
    assert faults(GROUPS) == ()
    bar = json.loads(json.dumps(MENU))["button"]
    assert [len(group["sub_button"]) for group in bar] == [5, 5, 4]
    assert bar[1]["sub_button"][0] == {"type": "click", "name": "驾驶证换证", "key": "category:B04"}


def one(label: str = "好", target: str = "help") -> tuple[Group, ...]:
    return (Group("业务", (Button(label, Target(target)),)),)


@pytest.mark.parametrize(
    ("groups", "fault"),
    [
        ((), "0 groups"),
        (GROUPS[:2] * 2, "4 groups"),
        ((Group("业务", ()),), "0 buttons"),
        ((Group("业务", GROUPS[0].buttons + GROUPS[1].buttons),), "10 buttons"),
        ((Group("帮助与人工", GROUPS[2].buttons),), "show 4"),
        ((Group("x" * 17, GROUPS[2].buttons),), "more than 16 bytes"),
        (one(label=" "), "a label is empty"),
        (one(label="x" * 61), "more than 60 bytes"),
        (one(label="机动车驾驶证的换证"), "show 8"),
        (one(target="k" * 129), "1 to 128 bytes"),
        (one(target=""), "1 to 128 bytes"),
        (one(target="https://" + "k" * 1024), "1 to 1024 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_menu_that_does_not_fit_is_told(groups: tuple[Group, ...], fault: str) -> None:
    assert any(fault in told for told in faults(groups))
    with pytest.raises(ValueError, match=fault):
        menu_json(groups)


def test_address_in_the_menu_opens_a_page() -> None:
    bar = json.dumps(menu_json(one(target="https://a.cn")))
    assert '"type": "view"' in bar and '"url": "https://a.cn"' in bar
