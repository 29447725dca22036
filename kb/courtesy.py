"""寒暄: what people say that is no question. Exact after the normal form, with one slip of the finger forgiven."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from kb.release import Release
from kb.talk import Courtesy
from kb.text import folded

LONGEST = 12
"""Characters; anything longer is a question or a story and never only a courtesy."""
ALIKE = 86.0
"""rapidfuzz ratio: one letter wrong in seven."""
SHORTEST_ALIKE = 4
PICTURE = "[表情]"

_CALLS = re.compile(r"^(?:欣欣警官|欣欣|警官|民警同志|警察同志|同志|小姐姐|亲)[，,！!、\s]*(?=.)")
_PARTICLES = re.compile(r"[，。！？!?~～…、\s]*(?:[啊呀哦噢喔哈嘿呢啦嘛吧哟呐哎么]|[，。！？!?~～…、\s])+$")


def courtesy_for(release: Release, text: str) -> Courtesy | None:
    """The courtesy that a whole message is, or None when it is anything more.

    text: as said. A message of nothing but pictures is the courtesy `sticker`.
    """
    said = folded(text)
    if not said:
        return _exact(release, PICTURE) if text.strip() else None
    if found := _exact(release, said):
        return found
    bare = _bare(said)
    if len(bare) > LONGEST:
        return None
    return _exact(release, bare) or _alike(release, bare)


def _exact(release: Release, said: str) -> Courtesy | None:
    return release.greetings.get(len(said), {}).get(said)


def _alike(release: Release, said: str) -> Courtesy | None:
    """One slip of the finger: only ways of saying it of nearly the same length are looked at."""
    if len(said) < SHORTEST_ALIKE:
        return None
    for length in (len(said), len(said) - 1, len(said) + 1):
        known = release.greetings.get(length, {})
        if near := process.extractOne(said, known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE):
            return known[near[0]]
    return None


def _bare(said: str) -> str:
    """Without the name it is called by and without particles; never empty."""
    core = _CALLS.sub("", said)
    return _PARTICLES.sub("", core) or core
