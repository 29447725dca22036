"""Signatures and the message cipher (wechat-platform §1.3), over wechatpy's AES."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct

from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.core.errors import BadPush, BadSettings

BROKEN_CIPHER = (InvalidAppIdException, ValueError, IndexError, struct.error)
"""What wechatpy throws at a ciphertext that is not ours (§11.2). ValueError includes bad base64 and bad UTF-8."""


def signature(*parts: str) -> str:
    """SHA-1 in hex over the sorted parts: token, timestamp, nonce and, where there is one, the encrypted text."""
    return hashlib.sha1("".join(sorted(parts)).encode(errors="replace"), usedforsecurity=False).hexdigest()


def same(ours: str, theirs: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))


class _Cipher(PrpCrypto):  # type: ignore[misc]
    """wechatpy's cipher with salt from the system's source of randomness; theirs is predictable."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


class Keyring:
    """The account's EncodingAESKeys, the current one first, for one app id."""

    def __init__(self, app_id: str, token: str, aes_keys: tuple[str, ...]) -> None:
        """Raises BadSettings when a key is not 43 characters of base64."""
        self._app_id = app_id
        try:
            self._ciphers = tuple(_Cipher(WeChatCrypto(token, key, app_id).key) for key in aes_keys)
        except (ValueError, AssertionError):
            raise BadSettings("WECHAT_AES_KEY must be 43 characters of base64.") from None

    def decrypt(self, encrypted: str) -> tuple[str, int]:
        """The plain text and the index of the key that opened it; the app id inside is compared.

        Raises BadPush when no key opens it. Call it only on what carries a valid signature.
        """
        for index, cipher in enumerate(self._ciphers):
            try:
                return cipher.decrypt(encrypted, self._app_id), index
            except BROKEN_CIPHER:
                continue
        raise BadPush(403, "cipher")

    def encrypt(self, text: str, index: int) -> str:
        """Base64 of the text under the key with this index."""
        encrypted: bytes = self._ciphers[index].encrypt(text, self._app_id)
        return encrypted.decode()
