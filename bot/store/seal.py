"""Sealing what is personal: addresses and unsent words are encrypted, and addresses are found by a keyed hash.

All keys come from SECRET_KEY by HKDF. Earlier secrets still open what they sealed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.core.push import Channel

KEY_BYTES = 32


class Seal:
    """Encrypts, decrypts and names addresses.

    secret: SECRET_KEY. previous: earlier ones, newest first, still accepted for reading.
    """

    def __init__(self, secret: str, previous: tuple[str, ...] = ()) -> None:
        secrets = (secret, *previous)
        boxes = [Fernet(base64.urlsafe_b64encode(_derived(one, b"box"))) for one in secrets]
        self._newest, self._box = boxes[0], MultiFernet(boxes)
        self._names = tuple(_derived(one, b"address") for one in secrets)

    def close(self, plain: bytes) -> bytes:
        """The plain bytes, encrypted and signed with the newest key."""
        return self._box.encrypt(plain)

    def open(self, sealed: bytes) -> bytes | None:
        """The reverse of close; None when it was sealed with a key that is not ours."""
        try:
            return self._box.decrypt(sealed)
        except InvalidToken:
            return None

    def renewed(self, sealed: bytes) -> bytes | None:
        """The same sealed with the newest key; the very same box when it is already, None when no key opens it."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            plain = self.open(sealed)
            return None if plain is None else self.close(plain)
        return sealed

    def address_keys(self, channel: Channel, address: str) -> tuple[str, ...]:
        """What stands for an address in SQL: 64 hexadecimal digits for each secret, the newest first."""
        named = f"{channel.value}:{address}".encode()
        return tuple(hmac.new(key, named, hashlib.sha256).hexdigest() for key in self._names)


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"xinxin " + purpose).derive(secret.encode())
