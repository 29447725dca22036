"""How Chinese characters sound, without tones: what a pinyin keyboard or a microphone takes one for another by.

进京政 and 进京证 are written differently and sound alike; pairs of sounds find both.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin

_FIRST, _LAST = "\u4e00", "\u9fff"
_SIGN = re.compile(r"[a-z0-9]+|[^a-z0-9]")
"""A Latin word or a number has one sound."""
_LATIN = re.compile(r"[a-z0-9]")


def sounds(plain: str) -> list[str]:
    """Neighbouring sounds of a normal text, never across a space; a lone one stands for itself."""
    pairs: list[str] = []
    for part in plain.split():
        said = [_sound(sign) for sign in (_SIGN.findall(part) if _LATIN.search(part) else part)]
        pairs.extend(map(" ".join, pairwise(said)))
        if len(said) == 1:
            pairs.append(said[0])
    return pairs


@lru_cache(maxsize=32_768)
def _sound(letter: str) -> str:
    """The commonest reading of a character; anything else sounds as it is written."""
    return lazy_pinyin(letter)[0] if _FIRST <= letter <= _LAST else letter
