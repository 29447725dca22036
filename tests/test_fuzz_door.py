"""Five thousand malformed pushes through the real door: refused or answered, never a 5xx, never a hang."""

from __future__ import annotations

import asyncio
import time
from random import Random

from aiohttp import ClientSession
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sim import inbound
from bot.sim.config import Mode
from bot.sim.crypto import cipher_of, seal, signature
from bot.sim.wire import Head, Keys, Stamp, inbound_xml, wrap
from tests.house import House

EXAMPLES, PER_EXAMPLE = 50, 100
ANSWER_S = 5.0
Query = list[tuple[str, str]]

INNER = (
    "", "<xml>", "<xml></xml>", "not xml", "<xml><MsgType></MsgType></xml>", '{"MsgType":"text"}', "﻿<xml/>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]><xml><Content>&b;</Content></xml>", "<xml>" + "<a>" * 2000 + "</xml>",
    "<xml><MsgType>text</MsgType><MsgType>text</MsgType></xml>", "<xml><MsgType><a>1</a></MsgType></xml>",
    "<xml><MsgType>text</MsgType><FromUserName>x</FromUserName><CreateTime>9e99</CreateTime></xml>",
    "<xml><MsgType>event</MsgType></xml>", "<xml>\x00\x01</xml>", "<html><body>hi</body></html>",
)  # fmt: skip


def whole(house: House, random: Random, inner: str | None = None) -> tuple[Query, bytes]:
    """A well-formed signed push, around any inner XML."""
    config = house.platform.config
    stamp = Stamp(str(int(time.time())), str(random.randrange(10**9)))
    keys = Keys(config.token, cipher_of(config.app_id, config.aes_key))
    head = Head(config.account, f"o{random.randrange(10**20):027d}", int(time.time()), random.randrange(2**62))
    if inner is None:
        request = wrap(inbound_xml(head, inbound.text("菜单")), head, Mode.SECURE, keys, stamp, order=random)
        return list(request.query), request.body.encode()
    sealed = seal(keys.cipher, keys.token, inner.encode(), timestamp=stamp.timestamp, nonce=stamp.nonce)
    query = [
        ("signature", signature(config.token, stamp.timestamp, stamp.nonce)),
        ("timestamp", stamp.timestamp),
        ("nonce", stamp.nonce),
        ("encrypt_type", "aes"),
        ("msg_signature", sealed.signature),
    ]
    return query, f"<xml><ToUserName>{config.account}</ToUserName><Encrypt>{sealed.encrypt}</Encrypt></xml>".encode()


def broken(house: House, random: Random) -> tuple[Query, bytes]:
    """One malformed push."""
    how = random.randrange(9)
    if how == 0:
        return whole(house, random, random.choice(INNER))
    query, body = whole(house, random)
    match how:
        case 1:
            query.pop(random.randrange(len(query)))
        case 2:
            at = random.randrange(len(query))
            query[at] = (query[at][0], random.choice(("", "0", "x" * 500, "ü", "-1", "9" * 400, "\x00")))
        case 3:
            body = body[: random.randrange(len(body))]
        case 4:
            at = random.randrange(len(body))
            body = body[:at] + bytes([body[at] ^ (1 << random.randrange(8))]) + body[at + 1 :]
        case 5:
            body = random.randbytes(random.randrange(3000))
        case 6:
            body = random.choice(
                (b"", b"{}", b"\xef\xbb\xbf" + body, b"  " + body, body * 3, body.replace(b"xml", b"XML"))
            )
        case 7:
            body = b"<xml>" + b"<Encrypt>A</Encrypt>" * random.randrange(1, 2000) + b"</xml>"
        case _:
            body = body.replace(b"</xml>", b"<Encrypt><a>1</a></Encrypt></xml>")
    return query, body


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
async def test_malformed_pushes_are_refused_and_nothing_breaks(house: House, seed: int) -> None:
    random = Random(seed)
    url = f"{house.settings.local_url}/wechat"
    async with ClientSession() as http:

        async def send(query: Query, body: bytes) -> int:
            async with asyncio.timeout(ANSWER_S), http.post(url, params=query, data=body) as answer:
                text = await answer.text()
                assert "Traceback" not in text
                assert answer.status == 200 or not text
                return answer.status

        sent = [broken(house, random) for _ in range(PER_EXAMPLE)]
        statuses = await asyncio.gather(*(send(query, body) for query, body in sent))
    assert set(statuses) <= {200, 400, 403}


async def test_a_body_over_64_kib_is_refused(house: House) -> None:
    query, body = whole(house, Random(1))
    async with ClientSession() as http:
        url = f"{house.settings.local_url}/wechat"
        async with http.post(url, params=query, data=body.replace(b"</xml>", b" " * 70_000 + b"</xml>")) as answer:
            assert answer.status == 400
