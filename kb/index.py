"""Every way of asking, compiled: which of the things we can answer hold which word, pair of sounds, character.

A *group* is one thing that can be answered (an entry, a procedure); all its phrasings are one document of the field,
with its answer beside them. Nothing here knows traffic.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kb.field import Field, Floats, Ints, Numbers, build_field
from kb.sounds import sounds
from kb.text import Lexicon, letters, normal

__all__ = ["Asked", "Field", "Group", "Index", "build_index", "numbered_through"]

WORDS, SOUNDS, LETTERS = range(3)
"""Kinds of terms, in the order of the vocabularies."""
_FIGURE = re.compile(r"[\d.%]+")


@dataclass(frozen=True, slots=True)
class Group:
    """key: what is answered, as a target. phrases: ways of asking for it, at least one. about: the answer itself, whose
    words are weak evidence for what can be asked."""

    key: str
    phrases: tuple[str, ...]
    about: str = ""


class Asked(NamedTuple):
    """A query in the form in which it is compared.

    plain: normal text, slips replaced. terms: numbers of what it consists of; shares: of each, one over the rarity of
    all terms of its kind, so that every kind says the same. strange: share of its words or of its sounds, whichever is
    less, by rarity, that stand nowhere. elsewhere: its words of other people's business. size: characters before slips
    were replaced.
    """

    plain: str
    terms: Numbers
    shares: Floats
    strange: float
    elsewhere: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Index:
    """All groups, compiled.

    vocabularies: number of each word, pair of sounds and letter, numbered through. keys: groups in order. phrases: as
    written; plain: as compared. first: number of each group's first phrase, and the end. field: over the groups.
    """

    lexicon: Lexicon
    vocabularies: tuple[dict[str, int], ...]
    keys: tuple[str, ...]
    phrases: tuple[str, ...]
    plain: tuple[str, ...]
    first: Ints
    field: Field
    rarities: list[float] = dataclass_field(init=False, repr=False, compare=False)
    """field.idf as numbers of Python, which are quicker to look up one by one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rarities", self.field.idf.tolist())

    def speaks_of(self, word: str) -> Numbers:
        """Numbers of the groups with this word in a phrasing or in the answer."""
        number = self.vocabularies[WORDS].get(word)
        return np.empty(0, np.intp) if number is None else self.field.holders(number)

    def rarity(self, word: str) -> float:
        """How much a word says: more, the fewer groups are asked for with it."""
        number = self.vocabularies[WORDS].get(word)
        return self.field.unknown if number is None else self.rarities[number]

    def asked(self, text: str) -> Asked:
        """A query as it is compared."""
        said = normal(text)
        plain = self.lexicon.meant(said)
        ours = self.vocabularies[WORDS]
        # A figure nobody wrote down names no matter: 酒驾0.5 asks what 酒驾 asks.
        words = [word for word in self.lexicon.words(plain) if word in ours or not _FIGURE.fullmatch(word)]
        numbers: list[int] = []
        shares: list[float] = []
        strange: list[float] = []
        for kind, terms in enumerate((words, sounds(plain), letters(plain))):
            found, known, outside = self._known(terms, kind)
            total = known + outside
            numbers += found
            shares += [1.0 / total] * len(found) if total else []
            strange.append(outside / total if total else 0.0)
        elsewhere = tuple(word for word in dict.fromkeys(words) if word in self.lexicon.elsewhere)
        held = np.array(numbers, np.intp)
        return Asked(plain, held, np.array(shares, np.float32), min(strange[:LETTERS]), elsewhere, len(said))

    def _known(self, terms: Iterable[str], kind: int) -> tuple[list[int], float, float]:
        """The numbers of the different terms that the base has, their rarity together, and that of all others."""
        vocabulary, idf, found = self.vocabularies[kind], self.rarities, []
        known = outside = 0.0
        for term in dict.fromkeys(terms):
            number = vocabulary.get(term)
            if number is None:
                outside += self.field.unknown
            else:
                found.append(number)
                known += idf[number]
        return found, known, outside


def build_index(groups: Sequence[Group], lexicon: Lexicon) -> Index:
    """Compile the groups; about 4 s for 45,000 phrasings."""
    phrases = tuple(phrase for group in groups for phrase in group.phrases)
    plain = tuple(lexicon.meant(normal(phrase)) for phrase in phrases)
    ends = np.cumsum([0, *(len(group.phrases) for group in groups)])
    spans = list(pairwise(ends.tolist()))
    answers = [(lexicon.meant(normal(group.about)),) for group in groups]
    cuts: tuple[Callable[[str], Iterable[str]], ...] = (lexicon.words, sounds, letters)
    asked = [[_bag(plain[start:end], cut) for start, end in spans] for cut in cuts]
    answered = [[_bag(texts, cut) for texts in answers] for cut in cuts]
    vocabularies = numbered_through(
        [term for bag in (*one, *other) for term in bag] for one, other in zip(asked, answered, strict=True)
    )
    return Index(
        lexicon,
        vocabularies,
        tuple(group.key for group in groups),
        phrases,
        plain,
        ends.astype(np.int32),
        build_field(asked, answered, vocabularies),
    )


def _bag(texts: Iterable[str], cut: Callable[[str], Iterable[str]]) -> Counter[str]:
    return Counter(term for text in texts for term in cut(text))


def numbered_through(kinds: Iterable[Iterable[str]]) -> tuple[dict[str, int], ...]:
    """The number of each term of each kind: in the order in which they come, one kind after the other."""
    first = 0
    vocabularies = []
    for terms in kinds:
        different = dict.fromkeys(terms)
        vocabularies.append({term: number for number, term in enumerate(different, first)})
        first += len(different)
    return tuple(vocabularies)
