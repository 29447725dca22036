"""Door: verify, open and seal what passes between the platform and us (wechat-platform §1, §10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.clock import Clock
from bot.core.errors import BadPush, BadSettings
from bot.core.push import Push
from bot.wechat.codec.bodies import push_from
from bot.wechat.codec.fields import SECONDS, parse
from bot.wechat.codec.keyring import Keyring, same, signature
from bot.wechat.limits import BODY_BYTES, FRESH_S, NONCE_CHARS

ENCRYPT = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/]+={0,2})(?:\]\]>)?\s*</Encrypt>")
"""The sealed part of a body. Found without an XML parser, so that nothing unsigned is ever parsed."""

SUCCESS = b"success"
"""No reply; stays plain in every mode (§1.5)."""

ENVELOPE = (
    "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)


class Mode(StrEnum):
    """How the account is configured to push (明文 / 兼容 / 安全)."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SECURE = "secure"


@dataclass(frozen=True, slots=True)
class DoorConfig:
    """What both sides know.

    mode: a word of Mode. account: the gh_ id that pushes must be addressed to; empty: not compared.
    previous_aes_key: the EncodingAESKey before the last change, still accepted; empty: none.
    """

    token: str = field(repr=False)
    app_id: str
    aes_key: str = field(default="", repr=False)
    previous_aes_key: str = field(default="", repr=False)
    account: str = ""
    mode: str = Mode.SECURE


@dataclass(frozen=True, slots=True)
class Opened:
    """A push that is the platform's, with what its answer is sealed with. key_index: None when it came plain."""

    push: Push
    nonce: str
    key_index: int | None


class Door:
    """The codec of one account. Whatever is wrong with a request ends in BadPush and in nothing else."""

    def __init__(self, config: DoorConfig, clock: Clock) -> None:
        """Raises BadSettings when a key is wrong, or missing in a mode that needs it."""
        self._config = config
        self._clock = clock
        self._mode = Mode(config.mode)
        keys = tuple(filter(None, (config.aes_key, config.previous_aes_key)))
        if not keys and self._mode is not Mode.PLAIN:
            raise BadSettings("WECHAT_AES_KEY is needed unless WECHAT_MODE is plain.")
        self._keyring = Keyring(config.app_id, config.token, keys)

    def verify(self, query: Mapping[str, str]) -> str:
        """Answer the check the platform makes when the address is saved: the echostr.

        No freshness here: the console may send the same check again at each save (§1.1). Raises BadPush(403).
        """
        self._check_plain(query)
        return _needed(query, "echostr")

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """Verify, decrypt and read a push.

        Raises BadPush: 403 when it is not the platform's, 400 when it is no push.
        """
        if len(body) > BODY_BYTES:
            raise BadPush(400, "too long")
        if not body.lstrip().startswith(b"<xml>"):
            raise BadPush(400, "not xml")
        xml, key_index = self._unsealed(query, body)
        push = push_from(parse(xml))
        if self._config.account and not same(self._config.account, push.account):
            raise BadPush(403, "account")
        return Opened(push, query["nonce"], key_index)

    def seal(self, opened: Opened, xml: str | None) -> bytes:
        """The body of the answer to a push: `success` for None, else the XML, sealed as the push was."""
        if xml is None:
            return SUCCESS
        if opened.key_index is None:
            return xml.encode()
        encrypt = self._keyring.encrypt(xml, opened.key_index)
        timestamp = str(int(self._clock.now().timestamp()))
        signed = signature(self._config.token, timestamp, opened.nonce, encrypt)
        return ENVELOPE.format(encrypt=encrypt, signature=signed, timestamp=timestamp, nonce=opened.nonce).encode()

    def _unsealed(self, query: Mapping[str, str], body: bytes) -> tuple[str, int | None]:
        """The XML of a push and the key that opened it."""
        if self._mode is Mode.PLAIN or (self._mode is Mode.COMPATIBLE and not _is_sealed(query, body)):
            self._check_plain(query)
            self._check_fresh(query)
            return _decoded(body), None
        encrypt = self._signed_part(query, body)
        self._check_fresh(query)
        return self._keyring.decrypt(encrypt)

    def _check_plain(self, query: Mapping[str, str]) -> None:
        signed = signature(self._config.token, _needed(query, "timestamp"), _nonce(query))
        if not same(signed, _needed(query, "signature")):
            raise BadPush(403, "signature")

    def _signed_part(self, query: Mapping[str, str], body: bytes) -> str:
        """The Encrypt that msg_signature vouches for.

        In compatible mode the citizen's words stand in the same body and may look like another one; the signature
        tells them apart.
        """
        timestamp, nonce, theirs = _needed(query, "timestamp"), _nonce(query), _needed(query, "msg_signature")
        found = [match[1].decode() for match in ENCRYPT.finditer(body)]
        if not found:
            raise BadPush(403, "not sealed")
        for encrypt in found:
            if same(signature(self._config.token, timestamp, nonce, encrypt), theirs):
                return str(encrypt)
        raise BadPush(403, "signature")

    def _check_fresh(self, query: Mapping[str, str]) -> None:
        timestamp = _needed(query, "timestamp")
        if not SECONDS.fullmatch(timestamp):
            raise BadPush(403, "stale")
        if abs(self._clock.now().timestamp() - int(timestamp)) > FRESH_S:
            raise BadPush(403, "stale")


def _is_sealed(query: Mapping[str, str], body: bytes) -> bool:
    return query.get("encrypt_type", "raw") != "raw" or "msg_signature" in query or ENCRYPT.search(body) is not None


def _needed(query: Mapping[str, str], name: str) -> str:
    value = query.get(name, "")
    if not value:
        raise BadPush(403, "missing")
    return value


def _nonce(query: Mapping[str, str]) -> str:
    """The nonce, which our answer repeats inside CDATA."""
    nonce = _needed(query, "nonce")
    if len(nonce) > NONCE_CHARS or not (nonce.isascii() and nonce.isprintable()) or "]]>" in nonce:
        raise BadPush(403, "nonce")
    return nonce


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise BadPush(400, "not xml") from None
