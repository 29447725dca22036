"""Whatever comes to the door, a push or a BadPush leaves it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import BadPush
from bot.core.push import Text
from bot.wechat.codec import Opened
from bot.wechat.limits import BODY_BYTES
from tests.wechat.wire import NOW_S, Raw, Request, compatible, door, encrypt, plain, secure, signed, text_xml, xml

FUZZ = settings(max_examples=1000, deadline=None, database=None)
FEWER = settings(FUZZ, max_examples=400)

MODES = ("plain", "compatible", "secure")
DOORS = {mode: door(mode) for mode in MODES}
TAGS = (
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "Event",
    "EventKey",
    "MsgId",
    "Content",
    "Location_X",
    "ScanCodeInfo",
    "SubscribeMsgPopupEvent",
    "List",
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        (
            "",
            "event",
            "text",
            "location",
            "subscribe",
            "scancode_push",
            "subscribe_msg_popup_event",
            "device_text",
            "<a><b/></a>",
            "<item>1</item><item>2</item>",
            "&lt;",
            "&#0;",
            "&#xD800;",
            "&nope;",
            "<!--",
            "<![CDATA[",
            "]]>",
            "\x00",
            "\ufffe",
            "9" * 5000,
            "-1",
            "1e999",
            "nan",
            "<a>" * 500,
        )
    ),
)


def answer(mode: str, request: Request) -> Opened | BadPush:
    """What leaves the door; anything but a push or a BadPush fails the test."""
    try:
        opened = DOORS[mode].open(*request)
    except BadPush as bad:
        assert bad.status in {400, 403}
        return bad
    assert DOORS[mode].seal(opened, "<xml/>")
    return opened


@st.composite
def torn(draw: st.DrawFn) -> bytes:
    """A good inner document with its tags removed, repeated, nested or filled with anything."""
    fields = {"MsgType": "text", "Content": "驾驶证", "MsgId": "1"}
    for tag in draw(st.lists(st.sampled_from(TAGS), max_size=4)):
        fields[tag] = draw(VALUES)
    body = xml(**{tag: Raw(value) if draw(st.booleans()) else value for tag, value in fields.items()})
    for tag in draw(st.lists(st.sampled_from(TAGS), max_size=2)):
        body = body.replace(
            f"<{tag}>", draw(st.sampled_from(("", f"<{tag}><{tag}>", f"<{tag}/><{tag}>", f"<{tag} a='b'>")))
        )
    return broken(draw, body.encode("utf-8", "surrogatepass"))


def broken(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes cut, flipped, doubled or mixed with rubbish; sometimes left alone."""
    act = draw(st.sampled_from(("keep", "cut", "flip", "insert", "double", "drop head")))
    at = draw(st.integers(0, max(len(data) - 1, 0)))
    acts: dict[str, Callable[[], bytes]] = {
        "keep": lambda: data,
        "cut": lambda: data[:at],
        "flip": lambda: data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :] if data else data,
        "insert": lambda: data[:at] + draw(st.binary(max_size=20)) + data[at:],
        "double": lambda: data + data,
        "drop head": lambda: data[at:],
    }
    return acts[act]()


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, Request]:
    """A request that was good once: broken in its query, in its body, or both."""
    mode = draw(st.sampled_from(MODES))
    make = {"plain": plain, "compatible": compatible, "secure": secure}[mode]
    query, body = make(text_xml())
    for name in draw(st.lists(st.sampled_from(sorted(query)), max_size=3)):
        changed = draw(st.one_of(st.none(), st.text(max_size=60), st.just(query.get(name, "") + "0")))
        query.pop(name, None)
        if changed is not None:
            query[name] = changed
    return mode, (query, broken(draw, body))


@FUZZ
@given(mutants())
def test_broken_requests(mutant: tuple[str, Request]) -> None:
    answer(*mutant)


@FUZZ
@given(st.sampled_from(("plain", "secure")), torn())
def test_signed_nonsense(mode: str, inner: bytes) -> None:
    request = plain(inner) if mode == "plain" else secure(inner)
    answer(mode, request)


@FEWER
@given(st.binary(max_size=200), st.booleans())
def test_signed_ciphertext_of_rubbish(data: bytes, pad: bool) -> None:
    sealed = base64.b64encode(data + b"\0" * (-len(data) % 32 if pad else 0)).decode()
    body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    assert isinstance(answer("secure", signed(sealed, body, NOW_S)), BadPush)


@FEWER
@given(st.binary(max_size=400), st.sampled_from(MODES), st.dictionaries(st.text(max_size=12), st.text(max_size=30)))
def test_noise(body: bytes, mode: str, query: dict[str, str]) -> None:
    assert isinstance(answer(mode, (query, body)), BadPush)


@FEWER
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_citizens_words_arrive_whatever_they_are(words: str) -> None:
    opened = answer("secure", secure(text_xml(words.replace("]]>", "]]]]><![CDATA[>"))))
    assert isinstance(opened, Opened) and isinstance(opened.push.body, Text)
    kept = "".join(char for char in words if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff"))
    assert opened.push.body.text == kept.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.mark.parametrize(
    "inner",
    [
        "<a>" * 20_000,
        "<a/>" * 15_000,
        "<Content>x</Content>" * 3_000,
        "&#65;" * 12_000,
        "<Encrypt>AA</Encrypt>" * 2_900,
    ],
    ids=["deep", "wide", "repeated", "references", "sealed parts"],
)
def test_hostile_documents_do_not_hold_the_door(inner: str) -> None:
    body = xml(MsgType="text", Content="x", Shape=Raw(inner))
    assert len(body) < BODY_BYTES
    for mode, request in (
        ("plain", plain(body)),
        ("compatible", plain(body)),
        ("secure", signed(encrypt(b""), body.encode(), NOW_S)),
        ("compatible", signed(encrypt(b""), body.encode(), NOW_S)),
    ):
        begun = time.thread_time()
        answer(mode, request)
        assert time.thread_time() - begun < 0.5
