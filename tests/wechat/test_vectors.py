"""The official vectors (wechat-platform §1.4) against our door."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import datetime

import pytest

from bot.core.clock import SHANGHAI, FixedClock
from bot.core.errors import BadPush
from bot.core.push import Channel, Push, PushKey, Unknown
from bot.wechat.codec import Door, DoorConfig, Opened
from bot.wechat.codec.keyring import Keyring, signature

TOKEN, APP_ID, KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
SEALED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8X"
    "GT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32II"
    "jdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


def door_at(moment_s: int, mode: str = "secure") -> Door:
    config = DoorConfig(mode=mode, token=TOKEN, app_id=APP_ID, aes_key=KEY)
    return Door(config, FixedClock(datetime.fromtimestamp(moment_s, SHANGHAI)))


def test_get_vector_returns_its_echostr() -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert door_at(0).verify(query) == "4375120948345356249"


def test_plain_vector_is_verified() -> None:
    query = {
        "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
        "timestamp": "1714037059",
        "nonce": "486452656",
    }
    body = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1714037059</CreateTime>"
        "<MsgType>event</MsgType><Event>debug_demo</Event></xml>"
    )
    opened = door_at(1714037059, "plain").open(query, body.encode())
    assert opened.push.body == Unknown("event debug_demo") and opened.key_index is None


def test_secure_vector_is_verified_and_decrypted() -> None:
    text, index = Keyring(APP_ID, TOKEN, (KEY,)).decrypt(SEALED)
    assert len(text.encode()) == 167 and json.loads(text)["Event"] == "debug_demo" and index == 0
    assert signature(TOKEN, "1714112445", "415670741", SEALED) == "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"


def test_secure_vector_passes_the_door_up_to_its_json() -> None:
    query = {
        "timestamp": "1714112445",
        "nonce": "415670741",
        "encrypt_type": "aes",
        "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    }
    with pytest.raises(BadPush) as bad:
        door_at(1714112445).open(query, f"<xml><Encrypt>{SEALED}</Encrypt></xml>".encode())
    assert (bad.value.status, bad.value.reason) == (400, "not xml")


def test_reply_vector_is_sealed_to_the_same_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.wechat.codec.keyring.secrets.token_hex", lambda _: "707722b803182950")
    at = datetime.fromtimestamp(1713424427, SHANGHAI)
    push = Push(PushKey("m:1"), Channel.WECHAT, "o1", "gh_1", at, Unknown("x"))
    answer = ET.fromstring(door_at(1713424427).seal(Opened(push, "415670741", 0), '{"demo_resp":"good luck"}'))
    assert {part.tag: part.text for part in answer} == {
        "Encrypt": REPLY,
        "MsgSignature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        "TimeStamp": "1713424427",
        "Nonce": "415670741",
    }
