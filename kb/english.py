"""Questions in English, for the entries that have English words: which of them is asked for.

A few hundred short texts: the share of what the query says, by rarity, that a question of the entry says too, and half
of it where only its English answer does. Words are brought to one form (driver's, driving ⇒ drive) by a short table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from kb.model import Entry, EntryId
from kb.release import Release

SURE, AHEAD = 0.66, 0.12
"""So much of the query is said by the best, and so much less by the next: that is what was asked."""
SHARE = 0.5
"""Of the entry's question; who says less of it may have asked something wider."""
CLOSE = 0.4
OFFERED = 3
FEWEST = 3
"""English words that make a question; with fewer it may be a name."""
_WORD = re.compile(r"[a-z]{2,}")
_LETTER = re.compile(r"[^\W\d_]")
_MEANS = {
    word: stem
    for stem, words in {
        "licence": "license licenses licences permit permits",
        "drive": "driver drivers driving drives drove driven motorist",
        "exchange": "convert converting conversion swap change changing switch transfer exchanged exchanging",
        "replace": "replacement replacing reissue",
        "lose": "lost losing missing stolen",
        "expire": "expired expires expiry expiring",
        "renew": "renewal renewing renewed",
        "foreign": "foreigner foreigners us usa uk american british german french canadian australian overseas abroad "
        "international expat korean japanese russian indian italian spanish european",
        "car": "cars vehicle vehicles automobile",
        "plate": "plates number",
        "register": "registration registering registered",
        "inspect": "inspection inspections inspected mot",
        "test": "tests exam exams examination",
        "accident": "accidents crash collision",
        "fine": "fines fined penalty penalties ticket tickets",
        "visit": "visitor visitors tourist tourists tourism visiting",
        "temporary": "temp provisional short",
        "theory": "written subject",
        "motorcycle": "motorbike motorcycles scooter",
        "expressway": "expressways motorway highway highways",
    }.items()
    for word in words.split()
}
_SMALL = frozenset(
    _WORD.findall(
        "an the in on at to of for from with by and or if is are am be do does did can could may must should would "
        "will how what when where which who why me my you your we our it its this that there here have has had need "
        "want get got go please hello hi beijing china chinese english one any some not no yes "
        "just about into after today"
    )
)


class Fit(NamedTuple):
    """An entry, how much of the query it says, and how much of its own question the query says; both 0..1."""

    entry: Entry
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class Shelf:
    """The entries with English words: their question, all they are asked by, what they answer; how rare a word is."""

    title: Mapping[EntryId, frozenset[str]]
    asked: Mapping[EntryId, frozenset[str]]
    told: Mapping[EntryId, frozenset[str]]
    rarity: Mapping[str, float]


def is_english(text: str) -> bool:
    """Whether a text is a question in Latin letters, neither a name nor Chinese with a plate in it."""
    letters = _LETTER.findall(text)
    return len(_WORD.findall(text.lower())) >= FEWEST and all(letter.isascii() for letter in letters)


def fitting(release: Release, text: str) -> tuple[Fit, ...]:
    """The entries that fit an English question, best first; none below CLOSE."""
    shelf: Shelf = release.remembered("english", lambda: _shelf(release))
    words = _words(text)
    unknown = max(shelf.rarity.values(), default=1.0)
    total = sum(shelf.rarity.get(word, unknown) for word in words)
    if not total:
        return ()
    fits = [
        Fit(release.entries[key], _said(words, asked, shelf.told[key], shelf.rarity) / total, _share(words, key, shelf))
        for key, asked in shelf.asked.items()
    ]
    # Of those that say as much of it, the one that says least besides.
    fits.sort(key=lambda fit: (-round(fit.score, 2), -fit.share))
    return tuple(fit for fit in fits[:OFFERED] if fit.score >= CLOSE)


def is_clear(fits: tuple[Fit, ...]) -> bool:
    """Whether the best is what was asked."""
    rival = fits[1].score if len(fits) > 1 else 0.0
    return bool(fits) and fits[0].score >= SURE and fits[0].share >= SHARE and fits[0].score - rival >= AHEAD


def _shelf(release: Release) -> Shelf:
    entries = [entry for entry in release.entries.values() if entry.en]
    title = {entry.id: _words(entry.en.question) if entry.en else frozenset() for entry in entries}
    asked = {entry.id: _asked(entry) for entry in entries}
    told = {entry.id: _words(entry.en.answer) if entry.en else frozenset() for entry in entries}
    held = Counter(word for key in asked for word in asked[key] | told[key])
    return Shelf(title, asked, told, {word: log(1 + len(entries) / count) for word, count in held.items()})


def _asked(entry: Entry) -> frozenset[str]:
    english = [said for said in entry.similar if is_english(said)]
    return _words(" ".join((entry.en.question if entry.en else "", *english)))


def _share(words: frozenset[str], key: EntryId, shelf: Shelf) -> float:
    total = sum(shelf.rarity[word] for word in shelf.title[key])
    return sum(shelf.rarity[word] for word in shelf.title[key] & words) / total if total else 0.0


def _words(text: str) -> frozenset[str]:
    words = _WORD.findall(text.lower().replace("'s", ""))
    return frozenset(_MEANS.get(word, word) for word in words if word not in _SMALL)


def _said(words: frozenset[str], asked: frozenset[str], told: frozenset[str], rarity: Mapping[str, float]) -> float:
    if words.isdisjoint(asked):
        return 0.0
    return sum(
        rarity.get(word, 0.0) * (1.0 if word in asked else 0.5) for word in words if word in asked or word in told
    )
