"""An inbound value as bytes on the wire: the XML, and the request around it in each mode. Source: §1.2, §2."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bot.sim.config import Mode
from bot.sim.crypto import Cipher, Sealed, seal, signature
from bot.sim.inbound import Fields, Inbound, Value


@dataclass(frozen=True, slots=True)
class Head:
    """Who, when, which: the same for every attempt of one push. msg_id is 0 for events."""

    account: str
    openid: str
    created: int
    msg_id: int


@dataclass(frozen=True, slots=True)
class Keys:
    """What both sides know."""

    token: str
    cipher: Cipher


@dataclass(frozen=True, slots=True)
class Stamp:
    """Fresh for every attempt."""

    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Request:
    """One POST: the query in the order it is sent, and the body."""

    query: tuple[tuple[str, str], ...]
    body: str


def inbound_xml(head: Head, inbound: Inbound) -> str:
    """The plain XML of a push. Control characters stay raw, as the real platform leaves them."""
    fields: Fields = (
        ("ToUserName", head.account),
        ("FromUserName", head.openid),
        ("CreateTime", head.created),
        ("MsgType", inbound.msg_type),
        *((("Event", inbound.event),) if inbound.event else ()),
        *inbound.fields,
        *((("MsgId", head.msg_id),) if head.msg_id else ()),
    )
    return f"<xml>{_elements(fields)}</xml>"


def wrap(xml: str, head: Head, mode: Mode, keys: Keys, stamp: Stamp, *, order: Random) -> Request:
    """The request that carries the XML. order: shuffles the query, for nobody may count on its order."""
    query = {
        "signature": signature(keys.token, stamp.timestamp, stamp.nonce),
        "timestamp": stamp.timestamp,
        "nonce": stamp.nonce,
        "openid": head.openid,
    }
    if mode is Mode.PLAIN:
        return Request(_shuffled(query, order), xml)
    sealed = seal(keys.cipher, keys.token, xml.encode(), timestamp=stamp.timestamp, nonce=stamp.nonce)
    query |= {"encrypt_type": "aes", "msg_signature": sealed.signature}
    return Request(_shuffled(query, order), _sealed_body(xml, head, mode, sealed))


def _sealed_body(xml: str, head: Head, mode: Mode, sealed: Sealed) -> str:
    encrypt = _element("Encrypt", sealed.encrypt)
    if mode is Mode.COMPATIBLE:
        return xml.removesuffix("</xml>") + encrypt + "</xml>"
    return f"<xml>{_element('ToUserName', head.account)}{encrypt}</xml>"


def _shuffled(query: dict[str, str], order: Random) -> tuple[tuple[str, str], ...]:
    pairs = list(query.items())
    order.shuffle(pairs)
    return tuple(pairs)


def _elements(fields: Fields) -> str:
    return "".join(_element(name, value) for name, value in fields)


def _element(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
    if isinstance(value, tuple):
        return f"<{name}>{_elements(value)}</{name}>"
    return f"<{name}>{value}</{name}>"
