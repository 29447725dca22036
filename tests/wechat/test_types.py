"""Every message and event of wechat-platform §2 as the Push it becomes."""

from __future__ import annotations

import pytest

from bot.core.push import (
    Body,
    Channel,
    Follow,
    Image,
    Link,
    Location,
    MenuClick,
    MenuTool,
    Notice,
    Push,
    Scan,
    Text,
    Unfollow,
    Unknown,
    Video,
    Voice,
)
from tests.wechat.wire import ACCOUNT, NOW, OPENID, Raw, door, plain, secure, text_xml, xml


def opened(body: str) -> Push:
    return door().open(*secure(body)).push


def message(kind: str, **fields: object) -> str:
    return xml(MsgType=kind, **fields, MsgId=Raw(42))


def event(name: str, **fields: object) -> str:
    return xml(MsgType="event", Event=name, **fields)


CODE = Raw("<ScanType><![CDATA[qrcode]]></ScanType><ScanResult><![CDATA[京A]]></ScanResult>")
PICTURES = Raw(
    "<Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList>"
)
PLACE = Raw("<Location_X>39.9</Location_X><Location_Y>116.4</Location_Y><Label>车管所</Label><Poiname></Poiname>")
POI = Raw("<Location_X>39.9</Location_X><Location_Y>116.4</Location_Y><Label></Label><Poiname>车管所</Poiname>")
ONE = "<List><TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
TWO = ONE + "<List><TemplateId>T2</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>"
SENT = (
    "<List><TemplateId>T1</TemplateId><MsgID>9</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>"
)

TYPES: dict[str, tuple[str, Body]] = {
    "text": (message("text", Content="驾驶证丢了"), Text("驾驶证丢了")),
    "text tapped": (message("text", Content="驾驶证", bizmsgmenuid="3"), Text("驾驶证", "3")),
    "text empty": (message("text", Content=""), Text("")),
    "text with mark-up": (message("text", Content="<!DOCTYPE a> & <xml>"), Text("<!DOCTYPE a> & <xml>")),
    "text with control characters": (message("text", Content="驾\x00驶\x0b证\x1f"), Text("驾驶证")),
    "text with emoji": (message("text", Content="🚗怎么办👍🏽"), Text("🚗怎么办👍🏽")),
    "image": (message("image", PicUrl="http://p", MediaId="M"), Image("M", "http://p")),
    "voice": (message("voice", MediaId="M", Format="amr", MediaId16K="N"), Voice("M", "amr")),
    "voice heard": (message("voice", MediaId="M", Format="amr", Recognition="补证"), Voice("M", "amr", "补证")),
    "video": (message("video", MediaId="M", ThumbMediaId="T"), Video("M", "T")),
    "shortvideo": (message("shortvideo", MediaId="M", ThumbMediaId="T"), Video("M", "T", short=True)),
    "location": (
        message("location", Location_X=Raw(39.9), Location_Y=Raw(116.4), Scale=Raw(15), Label="车管所"),
        Location(39.9, 116.4, "车管所"),
    ),
    "link": (message("link", Title="t", Description="d", Url="https://u"), Link("t", "d", "https://u")),
    "message of the future": (message("hologram", Shape="cube"), Unknown("hologram")),
    "subscribe": (event("subscribe", EventKey=""), Follow()),
    "subscribe by code": (event("subscribe", EventKey="qrscene_desk-7", Ticket="T"), Follow("desk-7")),
    "subscribe after payment": (event("subscribe", EventKey="last_trade_no_4200"), Follow()),
    "subscribe by product": (event("subscribe", EventKey="scanbarcode|EAN13|69"), Follow()),
    "unsubscribe": (event("unsubscribe"), Unfollow()),
    "SCAN": (event("SCAN", EventKey="desk-7", Ticket="T"), Scan("desk-7")),
    "CLICK": (event("CLICK", EventKey="category:B04"), MenuClick("category:B04")),
    "VIEW": (
        event("VIEW", EventKey="https://u", MenuId="1"),
        Notice("view", (("EventKey", "https://u"), ("MenuId", "1"))),
    ),
    "view_miniprogram": (event("view_miniprogram", EventKey="p"), Notice("view_miniprogram", (("EventKey", "p"),))),
    "LOCATION": (event("LOCATION", Latitude=Raw(23.1), Longitude=Raw(113.3), Precision=Raw(119)), Notice("location")),
    "scancode_push": (event("scancode_push", EventKey="k", ScanCodeInfo=CODE), MenuTool("scancode_push", "k", "京A")),
    "scancode_waitmsg": (
        event("scancode_waitmsg", EventKey="k", ScanCodeInfo=CODE),
        MenuTool("scancode_waitmsg", "k", "京A"),
    ),
    "pic_sysphoto": (event("pic_sysphoto", EventKey="k", SendPicsInfo=PICTURES), MenuTool("pic_sysphoto", "k", "2")),
    "pic_photo_or_album": (
        event("pic_photo_or_album", EventKey="k", SendPicsInfo=PICTURES),
        MenuTool("pic_photo_or_album", "k", "2"),
    ),
    "pic_weixin": (event("pic_weixin", EventKey="k", SendPicsInfo=PICTURES), MenuTool("pic_weixin", "k", "2")),
    "location_select": (
        event("location_select", EventKey="k", SendLocationInfo=PLACE),
        MenuTool("location_select", "k", "车管所"),
    ),
    "location_select by name": (
        event("location_select", EventKey="k", SendLocationInfo=POI),
        MenuTool("location_select", "k", "车管所"),
    ),
    "tool without its branch": (event("pic_weixin", EventKey="k"), MenuTool("pic_weixin", "k")),
    "TEMPLATESENDJOBFINISH": (
        event("TEMPLATESENDJOBFINISH", MsgID=Raw(200163836), Status="failed:user block"),
        Notice("templatesendjobfinish", (("MsgID", "200163836"), ("Status", "failed:user block"))),
    ),
    "MASSSENDJOBFINISH": (
        event("MASSSENDJOBFINISH", MsgID=Raw(1), Status="send success", TotalCount=Raw(3), SentCount=Raw(2)),
        Notice(
            "masssendjobfinish",
            (("MsgID", "1"), ("Status", "send success"), ("TotalCount", "3"), ("SentCount", "2")),
        ),
    ),
    "subscribe_msg_popup_event once": (
        event("subscribe_msg_popup_event", SubscribeMsgPopupEvent=Raw(ONE)),
        Notice("subscribe_msg_popup_event", (("TemplateId", "T1"), ("SubscribeStatusString", "accept"))),
    ),
    "subscribe_msg_change_event twice": (
        event("subscribe_msg_change_event", SubscribeMsgChangeEvent=Raw(TWO)),
        Notice(
            "subscribe_msg_change_event",
            (
                ("TemplateId", "T1"),
                ("SubscribeStatusString", "accept"),
                ("TemplateId", "T2"),
                ("SubscribeStatusString", "reject"),
            ),
        ),
    ),
    "subscribe_msg_sent_event": (
        event("subscribe_msg_sent_event", SubscribeMsgSentEvent=Raw(SENT)),
        Notice(
            "subscribe_msg_sent_event",
            (("TemplateId", "T1"), ("MsgID", "9"), ("ErrorCode", "0"), ("ErrorStatus", "success")),
        ),
    ),
    "kf_create_session": (
        event("kf_create_session", KfAccount="a@gh"),
        Notice("kf_create_session", (("KfAccount", "a@gh"),)),
    ),
    "kf_close_session": (event("kf_close_session", CloseType="1"), Notice("kf_close_session", (("CloseType", "1"),))),
    "kf_switch_session": (
        event("kf_switch_session", FromKfAccount="a@gh", ToKfAccount="b@gh"),
        Notice("kf_switch_session", (("FromKfAccount", "a@gh"), ("ToKfAccount", "b@gh"))),
    ),
    "user_info_modified": (event("user_info_modified", OpenID="o"), Notice("user_info_modified", (("OpenID", "o"),))),
    "user_authorization_revoke": (
        event("user_authorization_revoke", OpenID="o", AppID="wx1", RevokeInfo="1"),
        Notice("user_authorization_revoke", (("OpenID", "o"), ("AppID", "wx1"), ("RevokeInfo", "1"))),
    ),
    "event of the future": (event("dream_shared", Depth="2"), Unknown("event dream_shared")),
    "event without a name": (xml(MsgType="event"), Unknown("event ")),
    "device event": (xml(MsgType="device_event", DeviceType="d"), Unknown("device_event")),
}


@pytest.mark.parametrize(("body", "expected"), TYPES.values(), ids=TYPES.keys())
def test_type_becomes_its_body(body: str, expected: Body) -> None:
    assert opened(body).body == expected


def test_push_says_who_where_and_when() -> None:
    push = opened(text_xml())
    assert (push.channel, push.address, push.account) == (Channel.WECHAT, OPENID, ACCOUNT)
    assert push.sent_at == NOW and str(push.sent_at.tzinfo) == "Asia/Shanghai"


def test_message_is_known_by_its_id() -> None:
    assert opened(text_xml()).key == "m:23456789012345678"


def test_event_is_known_by_who_when_and_what() -> None:
    same = {opened(event("CLICK", EventKey="help")).key for _ in range(3)}
    others = {
        opened(body).key
        for body in (
            event("CLICK", EventKey="desk"),
            event("VIEW", EventKey="help"),
            event("CLICK", EventKey="help", CreateTime=Raw(1)),
            event("CLICK", EventKey="help", FromUserName="oOther"),
            event("subscribe", EventKey="qrscene_help"),
        )
    }
    assert len(same) == 1 and len(others) == 5 and not same & others
    assert all(key.startswith("e:") and len(key) == 34 for key in same | others)


def test_two_templates_finished_in_one_second_are_two_pushes() -> None:
    keys = {opened(event("TEMPLATESENDJOBFINISH", MsgID=Raw(n), Status="success")).key for n in (1, 2)}
    assert len(keys) == 2


def test_message_without_an_id_is_known_by_its_words() -> None:
    keys = {opened(xml(MsgType="text", Content=words)).key for words in ("一", "二")}
    assert len(keys) == 2


def test_unknown_type_is_logged_in_a_short_printable_word() -> None:
    body = opened(xml(MsgType="event", Event="怪\n" + "x" * 500)).body
    assert isinstance(body, Unknown) and len(body.kind) == 64 and body.kind.isprintable() and body.kind.isascii()


def test_the_same_push_comes_out_of_every_mode() -> None:
    body = text_xml("酒驾怎么处罚")
    assert door("plain").open(*plain(body)).push == opened(body) == door("compatible").open(*plain(body)).push
