"""Every message and event type as XML, and the request around it in each mode."""

from __future__ import annotations

from random import Random
from xml.etree import ElementTree as ET

import pytest

from bot.sim import inbound
from bot.sim.config import Mode
from bot.sim.inbound import Inbound
from bot.sim.wire import Head, Keys, Request, Stamp, inbound_xml, wrap
from tests.sim.conftest import CIPHER, CONFIG

HEAD = Head(CONFIG.account, "o" + "u" * 27, 1_700_000_000, 24_000_000_000_000_001)
KEYS = Keys(CONFIG.token, CIPHER)

EVERY: dict[str, tuple[Inbound, dict[str, str]]] = {
    "text": (inbound.text("驾驶证😀丢了]]>&<"), {"MsgType": "text", "Content": "驾驶证😀丢了]]>&<"}),
    "tap": (inbound.text("补证", "7"), {"bizmsgmenuid": "7"}),
    "image": (inbound.image("m", "http://p"), {"PicUrl": "http://p", "MediaId": "m"}),
    "voice": (inbound.voice("m", "你好"), {"Format": "amr", "MediaId16K": "m", "Recognition": "你好"}),
    "video": (inbound.video("m", "t"), {"MsgType": "video", "ThumbMediaId": "t"}),
    "shortvideo": (inbound.video("m", "t", short=True), {"MsgType": "shortvideo"}),
    "location": (inbound.location(39.9, 116.4, "路口"), {"Location_X": "39.9", "Scale": "16", "Label": "路口"}),
    "link": (inbound.link("t", "d", "https://u"), {"Title": "t", "Description": "d", "Url": "https://u"}),
    "unknown": (inbound.unknown(), {"MsgType": "hologram", "Shape": "cube"}),
    "subscribe": (inbound.subscribe(), {"Event": "subscribe"}),
    "subscribe by code": (inbound.subscribe("3", "t"), {"EventKey": "qrscene_3", "Ticket": "t"}),
    "unsubscribe": (inbound.unsubscribe(), {"Event": "unsubscribe"}),
    "SCAN": (inbound.scan("3", "t"), {"Event": "SCAN", "EventKey": "3", "Ticket": "t"}),
    "LOCATION": (inbound.position(1.5, 2.5, 65.0), {"Latitude": "1.5", "Longitude": "2.5", "Precision": "65.0"}),
    "CLICK": (inbound.click("k"), {"Event": "CLICK", "EventKey": "k"}),
    "VIEW": (inbound.view("https://u", "9"), {"EventKey": "https://u", "MenuId": "9"}),
    "view_miniprogram": (inbound.view_miniprogram("p", "9"), {"EventKey": "p", "MenuId": "9"}),
    "scancode_push": (inbound.scancode("k", "r", wait=False), {"ScanCodeInfo/ScanResult": "r"}),
    "scancode_waitmsg": (inbound.scancode("k", "r", wait=True), {"Event": "scancode_waitmsg"}),
    "pic_sysphoto": (
        inbound.pictures("pic_sysphoto", "k", "a", "b"),
        {"SendPicsInfo/Count": "2", "SendPicsInfo/PicList/item/PicMd5Sum": "a"},
    ),
    "location_select": (
        inbound.location_select("k", 1.0, 2.0, "路口"),
        {"SendLocationInfo/Label": "路口", "SendLocationInfo/Poiname": ""},
    ),
    "TEMPLATESENDJOBFINISH": (inbound.template_sent(5, "failed:user block"), {"MsgID": "5"}),
    "MASSSENDJOBFINISH": (inbound.mass_sent(5), {"Status": "send success", "SentCount": "1"}),
    "subscribe_msg_popup_event": (
        inbound.subscription_popup(("t1", "accept"), ("t2", "reject")),
        {"SubscribeMsgPopupEvent/List[2]/SubscribeStatusString": "reject"},
    ),
    "subscribe_msg_change_event": (
        inbound.subscription_change(("t1", "reject")),
        {"SubscribeMsgChangeEvent/List/TemplateId": "t1"},
    ),
    "subscribe_msg_sent_event": (
        inbound.subscription_sent("t1", "m1"),
        {"SubscribeMsgSentEvent/List/ErrorCode": "0"},
    ),
    "kf_create_session": (inbound.service_session("create", "a@b"), {"KfAccount": "a@b"}),
    "kf_close_session": (inbound.service_session("close", "a@b"), {"Event": "kf_close_session"}),
    "kf_switch_session": (inbound.service_session("switch", "a@b", "c@b"), {"ToKfAccount": "c@b"}),
    "user_authorization_revoke": (
        inbound.authorization("user_authorization_revoke", "o1", "wx1", "1"),
        {"OpenID": "o1", "RevokeInfo": "1"},
    ),
    "an event of the future": (inbound.event("teleport", ("Where", "here")), {"Where": "here"}),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_type_has_its_fields(name: str) -> None:
    pushed, expected = EVERY[name]
    head = Head(HEAD.account, HEAD.openid, HEAD.created, 0) if pushed.event else HEAD
    root = ET.fromstring(inbound_xml(head, pushed))
    found = {path: root.findtext(path) for path in expected}
    assert found == expected
    assert root.findtext("FromUserName") == HEAD.openid
    assert (root.find("MsgId") is None) == bool(pushed.event)


def test_control_characters_stay_raw() -> None:
    assert "a\x0bb" in inbound_xml(HEAD, inbound.text("a\x0bb"))


def wrapped(mode: Mode, seed: int = 1) -> Request:
    xml = inbound_xml(HEAD, inbound.text("问"))
    return wrap(xml, HEAD, mode, KEYS, Stamp("1700000000", "12345"), order=Random(seed))


def test_plain_carries_the_fields_and_the_short_signature() -> None:
    request = wrapped(Mode.PLAIN)
    assert set(dict(request.query)) == {"signature", "timestamp", "nonce", "openid"}
    assert ET.fromstring(request.body).findtext("Content") == "问"


def test_compatible_carries_both() -> None:
    root = ET.fromstring(wrapped(Mode.COMPATIBLE).body)
    assert root.findtext("Content") == "问"
    assert "问" in CIPHER.decrypt(root.findtext("Encrypt") or "").decode()


def test_secure_carries_the_address_and_the_sealed_text_only() -> None:
    request = wrapped(Mode.SECURE)
    assert dict(request.query)["encrypt_type"] == "aes"
    assert [child.tag for child in ET.fromstring(request.body)] == ["ToUserName", "Encrypt"]


def test_the_order_of_the_query_changes() -> None:
    assert len({tuple(name for name, _ in wrapped(Mode.SECURE, seed).query) for seed in range(20)}) > 10
