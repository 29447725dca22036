"""The official vectors of wechat-platform.md §1.4, and every length of padding."""

from __future__ import annotations

import base64
import json

import pytest

from bot.sim.crypto import Sealed, SealError, cipher_of, seal, signature, unseal

TOKEN = "AAAAA"
CIPHER = cipher_of("wxba5fad812f8e6fb9", "A" * 43)
PUSH = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT7"
    "40XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/"
    "P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("1714112445", "415670741", PUSH), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
    ],
    ids=["verification", "plain push", "secure push"],
)
def test_signs_as_the_official_vectors(parts: tuple[str, ...], expected: str) -> None:
    assert signature(TOKEN, *parts) == expected


def test_opens_the_official_push() -> None:
    sealed = Sealed(PUSH, "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", "1714112445", "415670741")
    opened = unseal(CIPHER, TOKEN, sealed)
    assert len(opened) == 167
    assert json.loads(opened)["Event"] == "debug_demo"


def test_seals_the_official_reply() -> None:
    message = b'{"demo_resp":"good luck"}'
    sealed = seal(CIPHER, TOKEN, message, timestamp="1713424427", nonce="415670741", salt=b"707722b803182950")
    assert sealed.encrypt == "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert sealed.signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_every_padding_from_1_to_32_goes_there_and_back() -> None:
    pads = set()
    for size in range(64):
        message = b"x" * size
        pads.add(32 - (16 + 4 + size + len(CIPHER.app_id)) % 32)
        assert CIPHER.decrypt(CIPHER.encrypt(message)) == message
    assert pads == set(range(1, 33))


@pytest.mark.parametrize(
    ("sealed", "part"),
    [
        (Sealed(PUSH, "0" * 40, "1714112445", "415670741"), "signature"),
        (Sealed("not base64!", signature(TOKEN, "1", "2", "not base64!"), "1", "2"), "cipher"),
        (Sealed("", signature(TOKEN, "1", "2", ""), "1", "2"), "cipher"),
    ],
    ids=["signature", "base64", "empty"],
)
def test_refuses_what_does_not_open(sealed: Sealed, part: str) -> None:
    with pytest.raises(SealError) as bad:
        unseal(CIPHER, TOKEN, sealed)
    assert bad.value.part == part


def test_refuses_another_app_id_and_bad_padding() -> None:
    other = cipher_of("wx0000000000000000", "A" * 43)
    with pytest.raises(SealError, match="app_id"):
        CIPHER.decrypt(other.encrypt(b"hello"))
    with pytest.raises(SealError, match="cipher"):
        CIPHER.decrypt(base64.b64encode(b"\x00" * 64).decode())
    with pytest.raises(ValueError, match="43"):
        cipher_of("wx", "short")


def test_keeps_the_key_out_of_its_picture() -> None:
    assert "key" not in repr(CIPHER)
