"""What the door lets in, what it refuses, and what it hands out."""

from __future__ import annotations

import pytest

from bot.core.errors import BadPush, BadSettings
from bot.core.push import Text
from bot.wechat.limits import BODY_BYTES, FRESH_S
from tests.wechat.wire import (
    ACCOUNT,
    CONFIG,
    KEY,
    NONCE,
    NOW_S,
    OLD_KEY,
    OPENID,
    OTHER_KEY,
    TOKEN,
    Raw,
    Request,
    compatible,
    door,
    plain,
    secure,
    sha1,
    signed,
    text_xml,
    unsealed,
    xml,
)


def refused(request: Request, mode: str = "secure", **config: str) -> tuple[int, str]:
    with pytest.raises(BadPush) as bad:
        door(mode, **config).open(*request)
    return bad.value.status, bad.value.reason


def without(request: Request, *names: str) -> Request:
    return {name: value for name, value in request[0].items() if name not in names}, request[1]


def with_query(request: Request, **changed: str) -> Request:
    return request[0] | changed, request[1]


def outer(inner: str) -> bytes:
    return f"<xml><ToUserName>{ACCOUNT}</ToUserName>{inner}</xml>".encode()


GOOD = secure(text_xml())
GOOD_PLAIN = plain(text_xml())

REFUSED: dict[str, tuple[Request, str, tuple[int, str]]] = {
    "wrong msg_signature": (with_query(GOOD, msg_signature="0" * 40), "secure", (403, "signature")),
    "msg_signature not ASCII": (with_query(GOOD, msg_signature="签名"), "secure", (403, "signature")),
    "msg_signature with a lone surrogate": (with_query(GOOD, msg_signature="\ud800"), "secure", (403, "signature")),
    "plain signature in secure mode": (without(GOOD, "msg_signature"), "secure", (403, "missing")),
    "no timestamp": (without(GOOD, "timestamp"), "secure", (403, "missing")),
    "no nonce": (without(GOOD, "nonce"), "secure", (403, "missing")),
    "empty nonce": (with_query(GOOD, nonce=""), "secure", (403, "missing")),
    "nonce that ends CDATA": (with_query(GOOD, nonce="]]><x>"), "secure", (403, "nonce")),
    "nonce not ASCII": (with_query(GOOD, nonce="一"), "secure", (403, "nonce")),
    "nonce too long": (with_query(GOOD, nonce="1" * 129), "secure", (403, "nonce")),
    "nothing in the query": (({}, GOOD[1]), "secure", (403, "missing")),
    "timestamp changed": (with_query(GOOD, timestamp=str(NOW_S + 1)), "secure", (403, "signature")),
    "too old": (secure(text_xml(), at_s=NOW_S - FRESH_S - 1), "secure", (403, "stale")),
    "from the future": (secure(text_xml(), at_s=NOW_S + FRESH_S + 1), "secure", (403, "stale")),
    "plain body in secure mode": (with_query(GOOD_PLAIN, msg_signature="0" * 40), "secure", (403, "not sealed")),
    "plain request in secure mode": (GOOD_PLAIN, "secure", (403, "missing")),
    "key of another account": (secure(text_xml(), key=OTHER_KEY), "secure", (403, "cipher")),
    "another app id": (secure(text_xml(), app_id="wxother"), "secure", (403, "cipher")),
    "another account": (secure(text_xml(ToUserName="gh_other")), "secure", (403, "account")),
    "sealed nonsense": (signed("AAAA", outer("<Encrypt>AAAA</Encrypt>"), NOW_S), "secure", (403, "cipher")),
    "sealed bad base64": (signed("A", outer("<Encrypt>A</Encrypt>"), NOW_S), "secure", (403, "cipher")),
    "sealed bad UTF-8": (secure(b"<xml>\xff\xfe</xml>"), "secure", (403, "cipher")),
    "Encrypt nested": (signed("AAAA", outer("<Encrypt><a>AAAA</a></Encrypt>"), NOW_S), "secure", (403, "not sealed")),
    "body too long": ((GOOD[0], GOOD[1] + b" " * BODY_BYTES), "secure", (400, "too long")),
    "empty body": ((GOOD[0], b""), "secure", (400, "not xml")),
    "JSON": ((GOOD[0], b'{"Encrypt": "AAAA"}'), "secure", (400, "not xml")),
    "BOM": ((GOOD[0], b"\xef\xbb\xbf" + GOOD[1]), "secure", (400, "not xml")),
    "UTF-16": ((GOOD[0], GOOD[1].decode().encode("utf-16")), "secure", (400, "not xml")),
    "DOCTYPE outside": ((GOOD[0], b"<!DOCTYPE xml>" + GOOD[1]), "secure", (400, "not xml")),
    "DOCTYPE inside": (secure("<!DOCTYPE x [<!ENTITY a 'b'>]>" + text_xml()), "secure", (400, "not xml")),
    "entity inside": (secure(text_xml(Raw("&a;"))), "secure", (400, "not xml")),
    "JSON inside": (secure('{"MsgType": "text"}'), "secure", (400, "not xml")),
    "nothing inside": (secure(""), "secure", (400, "not xml")),
    "cut off inside": (secure(text_xml()[:-9]), "secure", (400, "not xml")),
    "another root inside": (secure("<xmk></xmk>"), "secure", (400, "not xml")),
    "empty root inside": (secure("<xml></xml>"), "secure", (400, "not xml")),
    "no MsgType": (secure(xml(Content="x")), "secure", (400, "not xml")),
    "MsgType nested": (secure(xml(MsgType=Raw("<a>text</a>"))), "secure", (400, "not xml")),
    "Event nested": (secure(xml(MsgType="event", Event=Raw("<a>b</a>"))), "secure", (400, "not xml")),
    "EventKey nested": (
        secure(xml(MsgType="event", Event="CLICK", EventKey=Raw("<a>b</a>"))),
        "secure",
        (400, "shape"),
    ),
    "Content nested": (secure(text_xml(Raw("<b>x</b>"))), "secure", (400, "shape")),
    "Content twice": (secure(text_xml(Raw("a</Content><Content>b"))), "secure", (400, "shape")),
    "FromUserName twice": (
        secure(text_xml(FromUserName=Raw("a</FromUserName><FromUserName>b"))),
        "secure",
        (400, "shape"),
    ),
    "FromUserName missing": (secure(text_xml(FromUserName="")), "secure", (400, "names")),
    "FromUserName with a space": (secure(text_xml(FromUserName="o x")), "secure", (400, "names")),
    "FromUserName too long": (secure(text_xml(FromUserName="o" * 129)), "secure", (400, "names")),
    "CreateTime missing": (secure(text_xml(CreateTime="")), "secure", (400, "time")),
    "CreateTime not a number": (secure(text_xml(CreateTime="soon")), "secure", (400, "time")),
    "CreateTime enormous": (secure(text_xml(CreateTime="9" * 5000)), "secure", (400, "time")),
    "CreateTime in full-width digits": (secure(text_xml(CreateTime="１２３")), "secure", (400, "time")),
    "MsgId not a number": (secure(xml(MsgType="text", Content="x", MsgId="1 or 1")), "secure", (400, "shape")),
    "place not a number": (secure(xml(MsgType="location", Location_X="x", Location_Y="1")), "secure", (400, "shape")),
    "place NaN": (secure(xml(MsgType="location", Location_X="nan", Location_Y="1")), "secure", (400, "shape")),
    "place off the earth": (
        secure(xml(MsgType="location", Location_X="1", Location_Y="181")),
        "secure",
        (400, "shape"),
    ),
    "tool with words for a branch": (
        secure(xml(MsgType="event", Event="scancode_push", ScanCodeInfo="x")),
        "secure",
        (400, "shape"),
    ),
    "list with words for an item": (
        secure(xml(MsgType="event", Event="subscribe_msg_sent_event", SubscribeMsgSentEvent=Raw("<List>x</List>"))),
        "secure",
        (400, "shape"),
    ),
    "plain, wrong signature": (with_query(GOOD_PLAIN, signature="0" * 40), "plain", (403, "signature")),
    "plain, no signature": (without(GOOD_PLAIN, "signature"), "plain", (403, "missing")),
    "plain, too old": (plain(text_xml(), at_s=NOW_S - FRESH_S - 1), "plain", (403, "stale")),
    "plain, bad UTF-8": (plain(b"<xml>\xff</xml>"), "plain", (400, "not xml")),
    "plain, but sealed": (GOOD, "plain", (400, "not xml")),
    "plain, another account": (plain(text_xml(ToUserName="gh_other")), "plain", (403, "account")),
    "compatible, sealed part cut out": ((GOOD[0], GOOD_PLAIN[1]), "compatible", (403, "not sealed")),
    "compatible, signed for plain only": (
        without(compatible(text_xml()), "msg_signature", "encrypt_type"),
        "compatible",
        (403, "missing"),
    ),
    "compatible, encrypt_type alone": (with_query(GOOD_PLAIN, encrypt_type="aes"), "compatible", (403, "missing")),
}


@pytest.mark.parametrize(("request_", "mode", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(request_: Request, mode: str, expected: tuple[int, str]) -> None:
    assert refused(request_, mode) == expected


def test_timestamp_that_is_no_number_is_stale_even_when_signed() -> None:
    query = {"timestamp": "soon", "nonce": NONCE, "signature": sha1(TOKEN, "soon", NONCE)}
    assert refused((query, GOOD_PLAIN[1]), "plain") == (403, "stale")


def test_edge_of_the_freshness_window_is_let_in() -> None:
    for at_s in (NOW_S - FRESH_S, NOW_S + FRESH_S):
        assert door().open(*secure(text_xml(), at_s=at_s)).push.address == OPENID


def test_nothing_is_decrypted_before_the_signature_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("decrypted")

    monkeypatch.setattr("bot.wechat.codec.keyring.Keyring.decrypt", fail)
    assert refused(with_query(GOOD, msg_signature="0" * 40)) == (403, "signature")
    assert refused(secure(text_xml(), at_s=1)) == (403, "stale")


def test_every_padding_is_opened() -> None:
    words = ["x" * length for length in range(33)]
    assert [door().open(*secure(text_xml(word))).push.body for word in words] == [Text(word) for word in words]


def test_largest_body_is_opened() -> None:
    content = "路" * 14_000
    request = secure(text_xml(content))
    assert 56_000 < len(request[1]) <= BODY_BYTES
    assert door().open(*request).push.body == Text(content)


def test_account_that_is_not_configured_is_not_compared() -> None:
    assert door(account="").open(*secure(text_xml(ToUserName="gh_other"))).push.account == "gh_other"


def test_compatible_mode_reads_the_sealed_part() -> None:
    query, body = compatible(text_xml("真"))
    forged = body.replace("真".encode(), "假".encode())
    opened = door("compatible").open(query, forged)
    assert opened.push.body == Text("真") and opened.key_index == 0


def test_compatible_mode_is_not_misled_by_a_citizens_words() -> None:
    words = "<Encrypt>AAAA</Encrypt>"
    assert door("compatible").open(*compatible(text_xml(words))).push.body == Text(words)


def test_query_order_and_extra_parameters_do_not_matter() -> None:
    query, body = GOOD
    shuffled = dict(reversed([*query.items(), ("extra", "1")]))
    assert door().open(shuffled, body) == door().open(query, body)


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("key", "index"), [(KEY, 0), (OLD_KEY, 1)])
def test_answer_is_sealed_with_the_key_that_opened_the_push(key: str, index: int) -> None:
    opened = door().open(*secure(text_xml(), key=key))
    assert opened.key_index == index
    assert unsealed(door().seal(opened, "<xml>好</xml>"), key) == "<xml>好</xml>"


def test_previous_key_is_refused_once_it_is_gone() -> None:
    assert refused(secure(text_xml(), key=OLD_KEY), previous_aes_key="") == (403, "cipher")


@pytest.mark.parametrize("key", ["", "short", "é" * 43])
def test_door_without_a_right_key_is_not_built(key: str) -> None:
    with pytest.raises(BadSettings, match="WECHAT_AES_KEY"):
        door("secure", aes_key=key, previous_aes_key="")


def test_plain_mode_needs_no_key() -> None:
    assert door("plain", aes_key="", previous_aes_key="").open(*GOOD_PLAIN).push.address == OPENID


def test_secrets_do_not_show() -> None:
    assert not any(secret in repr(CONFIG) for secret in (TOKEN, KEY, OLD_KEY))


# ── answers ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "request_"), [("plain", GOOD_PLAIN), ("compatible", compatible(text_xml())), ("secure", GOOD)]
)
def test_no_reply_is_the_bare_word_in_every_mode(mode: str, request_: Request) -> None:
    assert door(mode).seal(door(mode).open(*request_), None) == b"success"


def test_plain_push_is_answered_plain() -> None:
    assert door("plain").seal(door("plain").open(*GOOD_PLAIN), "<xml>好</xml>") == "<xml>好</xml>".encode()


def test_two_seals_of_one_answer_differ_on_the_wire_and_agree_inside() -> None:
    opened = door().open(*GOOD)
    first, second = door().seal(opened, "<xml/>"), door().seal(opened, "<xml/>")
    assert first != second and unsealed(first) == unsealed(second) == "<xml/>"


# ── verification of the address ───────────────────────────────────────────────────────────────────────────

CHECK = {
    "signature": sha1(TOKEN, "1714036504", "1"),
    "timestamp": "1714036504",
    "nonce": "1",
    "echostr": "4375120948345356249",
}


def test_address_check_is_echoed_however_old() -> None:
    assert door().verify(CHECK) == "4375120948345356249"


@pytest.mark.parametrize("name", CHECK)
def test_address_check_without_a_parameter_is_refused(name: str) -> None:
    with pytest.raises(BadPush) as bad:
        door().verify({key: value for key, value in CHECK.items() if key != name})
    assert bad.value.status == 403


def test_address_check_with_a_wrong_signature_is_refused() -> None:
    with pytest.raises(BadPush) as bad:
        door().verify(CHECK | {"signature": "0" * 40})
    assert (bad.value.status, bad.value.reason) == (403, "signature")


def test_refusal_tells_nothing_of_the_request() -> None:
    with pytest.raises(BadPush) as bad:
        door().open(*secure(xml(MsgType="text", Content="秘密", MsgId="x")))
    assert "秘密" not in repr(bad.value) and bad.value.__context__ is None
