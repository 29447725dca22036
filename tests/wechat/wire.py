"""The platform's side of the wire, written from the protocol alone: signs, seals and unseals."""

from __future__ import annotations

import base64
import hashlib
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.core.clock import SHANGHAI, FixedClock
from bot.wechat.codec import Door, DoorConfig, Mode

TOKEN = "a-token"
APP_ID = "wx0123456789abcdef"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"
OTHER_KEY = "0" * 43
ACCOUNT = "gh_0123456789ab"
OPENID = "oABCdef-0123_456789abcdefghi"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=SHANGHAI)
NOW_S = int(NOW.timestamp())
NONCE = "486452656"

CONFIG = DoorConfig(mode="secure", token=TOKEN, app_id=APP_ID, aes_key=KEY, previous_aes_key=OLD_KEY, account=ACCOUNT)

Request = tuple[dict[str, str], bytes]


def door(mode: str = Mode.SECURE, **changed: str) -> Door:
    return Door(replace(CONFIG, mode=mode, **changed), FixedClock(NOW))


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypt(message: bytes, key: str = KEY, app_id: str = APP_ID) -> str:
    raw = base64.b64decode(key + "=")
    data = b"0123456789abcdef" + len(message).to_bytes(4, "big") + message + app_id.encode()
    pad = 32 - len(data) % 32
    box = Cipher(AES(raw), CBC(raw[:16])).encryptor()
    return base64.b64encode(box.update(data + bytes([pad]) * pad) + box.finalize()).decode()


def decrypt(sealed: str, key: str = KEY) -> str:
    raw = base64.b64decode(key + "=")
    box = Cipher(AES(raw), CBC(raw[:16])).decryptor()
    data = box.update(base64.b64decode(sealed)) + box.finalize()
    data = data[: -data[-1]]
    size = int.from_bytes(data[16:20], "big")
    assert data[20 + size :].decode() == APP_ID
    return data[20 : 20 + size].decode()


def text_xml(content: object = "驾驶证丢了怎么补", **more: object) -> str:
    return xml(MsgType="text", Content=content, MsgId="23456789012345678", **more)


def xml(**fields: object) -> str:
    """A push of these fields; a str is wrapped in CDATA, Raw stands as it is."""
    given = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": Raw(NOW_S), **fields}
    return "<xml>" + "".join(f"<{tag}>{_value(value)}</{tag}>" for tag, value in given.items()) + "</xml>"


class Raw:
    def __init__(self, value: object) -> None:
        self.value = str(value)


def _value(value: object) -> str:
    return value.value if isinstance(value, Raw) else f"<![CDATA[{value}]]>"


def plain(body: str | bytes, at_s: int = NOW_S) -> Request:
    query = {"timestamp": str(at_s), "nonce": NONCE, "openid": OPENID, "signature": sha1(TOKEN, str(at_s), NONCE)}
    return query, body if isinstance(body, bytes) else body.encode()


def secure(body: str | bytes, *, key: str = KEY, at_s: int = NOW_S, app_id: str = APP_ID) -> Request:
    sealed = encrypt(body if isinstance(body, bytes) else body.encode(), key, app_id)
    outer = f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return signed(sealed, outer.encode(), at_s)


def compatible(body: str) -> Request:
    sealed = encrypt(body.encode())
    outer = body.removesuffix("</xml>") + f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return signed(sealed, outer.encode(), NOW_S)


def signed(sealed: str, body: bytes, at_s: int) -> Request:
    query, _ = plain(b"", at_s)
    return query | {"encrypt_type": "aes", "msg_signature": sha1(TOKEN, str(at_s), NONCE, sealed)}, body


def unsealed(answer: bytes, key: str = KEY) -> str:
    """What the platform reads in a sealed answer; asserts that it would take it."""
    root = ET.fromstring(answer)
    parts = {tag: root.findtext(tag) or "" for tag in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")}
    assert parts["MsgSignature"] == sha1(TOKEN, parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
    assert parts["Nonce"] == NONCE and parts["TimeStamp"] == str(NOW_S)
    return decrypt(parts["Encrypt"], key)
