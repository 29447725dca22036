"""Signatures and the message cipher, written from the protocol alone. Source: wechat-platform.md §1.3, §1.4."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK_BYTES = 32  # PKCS#7 with block 32, not AES's own 16: pads run from 1 to 32
SALT_BYTES = 16
LENGTH_BYTES = 4
KEY_CHARS = 43


class SealError(Exception):
    """A sealed text that does not open. part: signature, cipher or app_id."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True)
class Cipher:
    """One EncodingAESKey in use for one app id."""

    app_id: str
    key: bytes = field(repr=False)

    def encrypt(self, message: bytes, salt: bytes | None = None) -> str:
        """Encrypt to base64. salt: the 16 leading bytes, random unless a test fixes them."""
        head = (salt or os.urandom(SALT_BYTES)) + len(message).to_bytes(LENGTH_BYTES, "big")
        box = self._box().encryptor()
        return base64.b64encode(box.update(_pad(head + message + self.app_id.encode())) + box.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """Decrypt from base64. Raises SealError("cipher") or SealError("app_id")."""
        plain = _unpad(self._decrypt_blocks(encrypted))
        size = int.from_bytes(plain[SALT_BYTES : SALT_BYTES + LENGTH_BYTES], "big")
        start = SALT_BYTES + LENGTH_BYTES
        if start + size > len(plain):
            raise SealError("cipher")
        if plain[start + size :] != self.app_id.encode():
            raise SealError("app_id")
        return plain[start : start + size]

    def _decrypt_blocks(self, encrypted: str) -> bytes:
        try:
            box = self._box().decryptor()
            return box.update(base64.b64decode(encrypted, validate=True)) + box.finalize()
        except (binascii.Error, ValueError) as error:
            raise SealError("cipher") from error

    def _box(self) -> BlockCipher[CBC]:
        return BlockCipher(AES(self.key), CBC(self.key[:16]))


@dataclass(frozen=True, slots=True)
class Sealed:
    """The four values of an encrypted envelope."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


def cipher_of(app_id: str, aes_key: str) -> Cipher:
    """The cipher of a 43-character EncodingAESKey. Raises ValueError when it is not one."""
    if len(aes_key) != KEY_CHARS:
        raise ValueError("an EncodingAESKey has 43 characters")
    return Cipher(app_id, base64.b64decode(aes_key + "=", validate=True))


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: token, timestamp, nonce and, where there is one, the encrypted text."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def seal(
    cipher: Cipher, token: str, message: bytes, *, timestamp: str, nonce: str, salt: bytes | None = None
) -> Sealed:
    """Encrypt and sign."""
    encrypted = cipher.encrypt(message, salt)
    return Sealed(encrypted, signature(token, timestamp, nonce, encrypted), timestamp, nonce)


def unseal(cipher: Cipher, token: str, sealed: Sealed) -> bytes:
    """Verify and decrypt. Raises SealError."""
    expected = signature(token, sealed.timestamp, sealed.nonce, sealed.encrypt)
    if not hmac.compare_digest(expected.encode(), sealed.signature.encode()):
        raise SealError("signature")
    return cipher.decrypt(sealed.encrypt)


def _pad(data: bytes) -> bytes:
    count = BLOCK_BYTES - len(data) % BLOCK_BYTES
    return data + bytes([count]) * count


def _unpad(data: bytes) -> bytes:
    count = data[-1] if data else 0
    if not 1 <= count <= BLOCK_BYTES or data[-count:] != bytes([count]) * count:
        raise SealError("cipher")
    return data[:-count]
