"""A question without a subject, put to what was last talked of: which words of ours answer it.

First an entry that asks just this of the same matter; then the part of the matter's procedure that tells it; then the
sentences of its own answer that speak of it. What is only near is offered besides. Nothing is made up: where we have no
word on it, that is the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from kb.answer import basis_text, entry_text, part_text, ways_text
from kb.context import Bare
from kb.model import Entry, EntryId, Procedure, ProcedureId
from kb.release import Release
from kb.search import Candidate, search
from kb.talk import Facet
from kb.text import normal

LOOKED_AT = 16
STRANGE = 0.3
"""Share, by rarity, of what a question says besides the matter; with more it asks of something else."""
RELATED = 0.65
"""With no more than this it is near enough to be offered."""
FEW = 3
"""Sentences of an answer that are repeated."""
BASIS = "依据"
LEAST = 0.02
"""Score of a candidate that is told or offered; below, agreement is chance."""


@dataclass(frozen=True, slots=True)
class Opens:
    """There is an entry that asks just this: open it."""

    target: str


@dataclass(frozen=True, slots=True)
class Tells:
    """What we know of it. near: questions that may be meant."""

    text: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lacks:
    """We have no word on it. near: questions that may be meant."""

    near: tuple[str, ...]


Followed = Opens | Tells | Lacks


def follow(release: Release, topic: str, asked: Bare, said: str, on: date) -> Followed:
    """What answers a bare question about a topic.

    topic: target of an entry or a procedure in force. said: the question in the citizen's words.
    """
    if not asked.facets:
        return Lacks(())
    title = release.title(topic.partition(":")[2])
    of_title = release.context.asked(normal(title))
    near = [
        one
        for facet in asked.facets[:1]
        if facet not in of_title
        for one in _asking(release, topic, facet, f"{title} {said}", on)
    ]
    exact = next((one for one, strange in near if strange <= STRANGE), None)
    if exact and len(asked.facets) == 1:
        return Opens(exact)
    offered = tuple(islice((one for one, strange in near if strange <= RELATED), 2))
    text = "\n".join(dict.fromkeys(filter(None, (_told(release, topic, facet, on) for facet in asked.facets[:2]))))
    return Tells(text, offered) if text else Lacks(offered)


def _asking(release: Release, topic: str, facet: Facet, query: str, on: date) -> Iterator[tuple[str, float]]:
    """Entries of the same home that ask for the facet, and how much else each asks."""
    known = _words_of_topic(release, topic)
    for one in search(release, query, on, LOOKED_AT).candidates:
        target = f"{one.kind}:{one.id}"
        if one.kind != "entry" or target == topic or one.score < LEAST or not _at_home(release, topic, one):
            continue
        if facet in release.context.asked(normal(one.question)):
            yield target, _strange(release, one.question, known)


def _at_home(release: Release, topic: str, one: Candidate) -> bool:
    entry = release.entries.get(EntryId(topic.partition(":")[2]))
    home = topic.partition(":")[2].removeprefix("PR-")[:3]
    return one.id.startswith(home) or (entry is not None and f"entry:{one.id}" in entry.related)


def _words_of_topic(release: Release, topic: str) -> frozenset[str]:
    """All words of all ways of asking for it."""

    def words() -> frozenset[str]:
        index = release.index
        group = index.keys.index(topic)
        phrases = index.plain[index.first[group] : index.first[group + 1]]
        return frozenset(word for phrase in phrases for word in index.lexicon.words(phrase))

    return release.remembered(("words", topic), words)


def _strange(release: Release, question: str, known: frozenset[str]) -> float:
    """Share of a question's words, by rarity, that are none of the matter, no facet and no small word."""
    lexicon = release.index.lexicon
    words = [word for word in set(lexicon.words(lexicon.meant(normal(question)))) if not release.context.bare(word)]
    total = sum(map(release.index.rarity, words))
    return sum(release.index.rarity(word) for word in words if word not in known) / total if total else 1.0


def _told(release: Release, topic: str, facet: Facet, on: date) -> str:
    """What the matter's own words tell of a facet; empty when they tell nothing."""
    kind, _, key = topic.partition(":")
    entry = release.entries.get(EntryId(key)) if kind == "entry" else None
    if facet.part == BASIS:
        return f"{BASIS}：{line}" if (line := basis_text(release, key)) else ""
    procedure = _procedure(release, topic)
    part = part_text(release, procedure, facet.part, on) if procedure and facet.part else ""
    if entry is None:
        return part
    own = _sentences(release, entry, facet, on, facet.own_words) if part else ""
    told = "\n".join(filter(None, (ways_text(entry, facet.id), own, part)))
    return told or _sentences(release, entry, facet, on, FEW)


def _procedure(release: Release, topic: str) -> Procedure | None:
    """The procedure of a matter: itself, the one its entry names first, or the only one at its home."""
    kind, _, key = topic.partition(":")
    if kind == "procedure":
        return release.procedures.get(ProcedureId(key))
    related = release.entries[EntryId(key)].related
    partners = release.partners.get(topic, frozenset())
    named = [one for one in related if one in partners]
    at_home = [one for one in sorted(partners) if one.startswith(f"procedure:PR-{key[:3]}")]
    found = named[:1] or (at_home if len(at_home) == 1 else [])
    return release.procedures.get(ProcedureId(found[0].partition(":")[2])) if found else None


def _sentences(release: Release, entry: Entry, facet: Facet, on: date, most: int) -> str:
    """The first sentences of an answer that speak of a facet."""
    lines = [line.strip() for line in entry_text(release, entry, on).replace("\n", "。").split("。")]
    said = [line for line in lines if any(word in line for word in facet.told) and not line.startswith(f"{BASIS}：")]
    return "\n".join(f"· {line.removeprefix('· ')}" for line in said[:most])
