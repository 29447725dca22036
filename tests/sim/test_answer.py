"""What the platform takes as a reply, and each kind of what it refuses."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from bot.sim import inbound
from bot.sim.answer import Answer, Expect, Reason, Refused, Silent, Valid, judge
from bot.sim.config import Mode
from bot.sim.crypto import cipher_of, seal
from bot.sim.inbound import Inbound
from bot.sim.wire import Keys
from tests.sim.conftest import CIPHER, CONFIG, reply_xml, sealed_xml, text_xml

OPENID = "o" + "u" * 27
HEARD = ET.fromstring(
    f"<xml><ToUserName>{CONFIG.account}</ToUserName><FromUserName>{OPENID}</FromUserName></xml>",
)
GOOD = text_xml(HEARD, "好的")


def judged(body: bytes | str, mode: Mode = Mode.PLAIN, to: Inbound | None = None) -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    keys = Keys(CONFIG.token, CIPHER)
    return judge(raw, Expect(OPENID, CONFIG.account, mode, keys, to or inbound.text("问"), lambda media: media == "m1"))


def news_xml(count: int, claimed: int | None = None) -> str:
    items = "<item><Title>标题</Title><Url>https://example.org</Url></item>" * count
    counted = count if claimed is None else claimed
    return reply_xml(
        HEARD, f"<MsgType>news</MsgType><ArticleCount>{counted}</ArticleCount><Articles>{items}</Articles>"
    )


@pytest.mark.parametrize("body", [b"", b"success"])
def test_nothing_to_say(body: bytes) -> None:
    assert judged(body, Mode.SECURE) == Silent()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (GOOD, "text"),
        (news_xml(1), "news"),
        (reply_xml(HEARD, "<MsgType>image</MsgType><Image><MediaId>m1</MediaId></Image>"), "image"),
        (reply_xml(HEARD, "<MsgType>music</MsgType><Music><Title>歌</Title></Music>"), "music"),
        (reply_xml(HEARD, "<MsgType>transfer_customer_service</MsgType>"), "transfer"),
        (text_xml(HEARD, "汉" * 682), "text"),
        (text_xml(HEARD, "a]]]]><![CDATA[>b"), "text"),
    ],
)
def test_valid_replies(body: str, kind: str) -> None:
    answer = judged(body)
    assert isinstance(answer, Valid)
    assert answer.reply.kind == kind


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), Reason.BOM),
        ("\n" + GOOD, Reason.WHITESPACE),
        ('{"errcode":0}', Reason.JSON),
        ("success\n", Reason.NOT_XML),
        ("<html><body>502</body></html>", Reason.NOT_XML),
        (GOOD.replace("]]>", "]] >"), Reason.MALFORMED),
        (text_xml(HEARD, "a]]>b<c"), Reason.MALFORMED),
        (text_xml(HEARD, "a\x01b"), Reason.MALFORMED),
        (b'<?xml version="1.0" encoding="latin-1"?>' + GOOD.encode().replace("好".encode(), b"\xff"), Reason.MALFORMED),
        ('<?xml version="1.0"?><!DOCTYPE xml>' + GOOD, Reason.DOCTYPE),
        (GOOD.replace(OPENID, "?").replace(CONFIG.account, OPENID).replace("?", CONFIG.account), Reason.SWAPPED),
        (GOOD.replace(OPENID, "o" + "x" * 27), Reason.ADDRESS),
        (GOOD.replace("1700000000", "now"), Reason.TIME),
        (GOOD.replace(">text<", ">poem<"), Reason.TYPE),
        (text_xml(HEARD, ""), Reason.EMPTY),
        (text_xml(HEARD, "汉" * 683), Reason.TOO_LONG),
        (news_xml(2), Reason.NEWS_COUNT),
        (news_xml(1, 2), Reason.NEWS_COUNT),
        (news_xml(1).replace("标题", ""), Reason.EMPTY),
        (reply_xml(HEARD, "<MsgType>image</MsgType><Image><MediaId>gone</MediaId></Image>"), Reason.MEDIA),
        (sealed_xml(GOOD, "1"), Reason.SEALED),
    ],
)
def test_refused_replies(body: bytes | str, reason: Reason) -> None:
    answer = judged(body)
    assert isinstance(answer, Refused)
    assert answer.reason is reason


def sealed_by(app_id: str) -> str:
    sealed = seal(cipher_of(app_id, CONFIG.aes_key), CONFIG.token, GOOD.encode(), timestamp="1", nonce="2")
    return (
        f"<xml><Encrypt>{sealed.encrypt}</Encrypt><MsgSignature>{sealed.signature}</MsgSignature>"
        "<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>"
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (GOOD, Reason.UNSEALED),
        (sealed_xml(GOOD, "1").replace("<Nonce>1</Nonce>", ""), Reason.ENVELOPE),
        (sealed_xml(GOOD, "1").replace("<Nonce>1<", "<Nonce>2<"), Reason.SIGNATURE),
        (sealed_by("wx0000000000000000"), Reason.APP_ID),
        (sealed_xml("\ufeff" + GOOD, "1"), Reason.BOM),
        (sealed_xml('{"a":1}', "1"), Reason.JSON),
        (sealed_xml("", "1"), Reason.NOT_XML),
        (sealed_xml(text_xml(HEARD, "汉" * 683), "1"), Reason.TOO_LONG),
    ],
)
def test_refused_envelopes(body: str, reason: Reason) -> None:
    answer = judged(body, Mode.SECURE)
    assert isinstance(answer, Refused)
    assert answer.reason is reason


@pytest.mark.parametrize("mode", [Mode.COMPATIBLE, Mode.SECURE])
def test_a_sealed_reply_is_opened(mode: Mode) -> None:
    answer = judged(sealed_xml(GOOD, "1"), mode)
    assert isinstance(answer, Valid)
    assert answer.reply.text == "好的"


def test_compatible_mode_takes_a_plain_reply_too() -> None:
    assert isinstance(judged(GOOD, Mode.COMPATIBLE), Valid)


def test_an_event_takes_eight_articles_but_no_transfer() -> None:
    assert isinstance(judged(news_xml(8), to=inbound.click("k")), Valid)
    assert isinstance(judged(news_xml(9), to=inbound.click("k")), Refused)
    transfer = judged(reply_xml(HEARD, "<MsgType>transfer_customer_service</MsgType>"), to=inbound.click("k"))
    assert isinstance(transfer, Refused)
    assert transfer.reason is Reason.NO_TRANSFER
