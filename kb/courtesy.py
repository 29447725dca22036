"""寒暄: what people say that is no question. Exact after the normal form, with one slip of the finger forgiven."""

from __future__ import annotations

import re
from itertools import pairwise

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

WITHIN = frozenset(
    (
        "thanks",
        "praise",
        "insult",
        "who_are_you",
        "are_you_human",
        "your_name",
        "who_made_you",
        "love",
        "what_can_you_do",
    )
)
"""Courtesies that are meant wherever they stand; 怎么办 or 没有 are courtesies only alone."""
REST = 6
"""Characters besides the courtesies; more may be a question."""

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


def courtesy_within(release: Release, text: str) -> Courtesy | None:
    """The longest courtesy that a short message holds, or None where much else is said.

    Whether the rest is about our business only search can tell: ask this when search is not sure.
    """
    said = folded(text)
    if len(said) > 2 * LONGEST:
        return None
    near = {pair: release.mentions[pair] for pair in map("".join, pairwise(said)) if pair in release.mentions}
    held = [(word, one) for known in near.values() for word, one in known if one.id in WITHIN and word in said]
    held.sort(key=lambda pair: -len(pair[0]))
    rest = said
    for word, _ in held:
        rest = rest.replace(word, "")
    return held[0][1] if held and len(rest) <= REST else None


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
