"""Every way of asking, as arrays: which phrasing holds which word or pair of characters, and how much it weighs.

A *group* is one thing that can be answered (an entry, a procedure); its phrasings stand side by side. One field stands
over the phrasings (words, character bigrams), one over each group as a whole (words, bigrams, single characters; words
and characters of its answer).
Nothing here knows traffic.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kb.field import Field, Floats, Ints, Numbered, build_field, numbered
from kb.text import Lexicon, bigrams, letters, normal

WORDS, GRAMS, LETTERS, ANSWER, ANSWER_LETTERS = range(5)
"""Kinds of terms, in the order of the fields: an answer's words are told apart from those of its questions."""

__all__ = [
    "ANSWER",
    "ANSWER_LETTERS",
    "GRAMS",
    "LETTERS",
    "WORDS",
    "Asked",
    "Field",
    "Floats",
    "Group",
    "Index",
    "Ints",
    "build_index",
]


@dataclass(frozen=True, slots=True)
class Group:
    """key: what is answered, as a target. phrases: ways of asking for it, at least one. about: the answer itself, whose
    words are weak evidence for what can be asked."""

    key: str
    phrases: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """All phrasings, compiled.

    vocabularies: number of each word, bigram and letter. keys: groups in order. phrases: as written; plain: as
    compared. first: number of each group's first phrase, and the end. near: over the phrasings, kinds WORDS and GRAMS.
    whole: over the groups, all five kinds.
    """

    lexicon: Lexicon
    vocabularies: tuple[dict[str, int], dict[str, int], dict[str, int]]
    keys: tuple[str, ...]
    phrases: tuple[str, ...]
    plain: tuple[str, ...]
    first: Ints
    near: Field
    whole: Field

    def speaks_of(self, word: str) -> Ints:
        """Numbers of the groups with this word in a phrasing or in the answer."""
        number = self.vocabularies[WORDS].get(word)
        if number is None:
            return np.empty(0, np.int32)
        rows = [int(self.whole.kinds[kind]) + number for kind in (WORDS, ANSWER)]
        return np.concatenate([self.whole.docs[self.whole.starts[row] : self.whole.starts[row + 1]] for row in rows])

    def rarity(self, word: str) -> float:
        """How much a word says: more, the fewer phrasings hold it."""
        number = self.vocabularies[WORDS].get(word)
        return self.near.unknown if number is None else float(self.near.idf[number])

    def asked(self, text: str) -> Asked:
        """A query in the form in which it is compared."""
        said = normal(text)
        plain = self.lexicon.meant(said)
        words, grams, signs = self.vocabularies
        # A figure nobody wrote down names no matter: 酒驾0.5 asks what 酒驾 asks.
        cut = Counter(word for word in self.lexicon.words(plain) if word in words or not _FIGURE.fullmatch(word))
        return Asked(
            plain,
            numbered(cut, words),
            numbered(Counter(bigrams(plain)), grams),
            numbered(Counter(letters(plain)), signs),
            tuple(word for word in cut if word in self.lexicon.elsewhere),
            len(said),
        )


class Asked(NamedTuple):
    """plain: normal text, slips replaced; what it consists of; its words of other people's business; and how many
    characters were said before slips were replaced."""

    plain: str
    words: Numbered
    grams: Numbered
    letters: Numbered
    elsewhere: tuple[str, ...] = ()
    size: int = 0


_FIGURE = re.compile(r"[\d.%]+")


def build_index(groups: Sequence[Group], lexicon: Lexicon) -> Index:
    """Compile the groups; about 2 s for 15,000 phrasings."""
    phrases = tuple(phrase for group in groups for phrase in group.phrases)
    plain = tuple(lexicon.meant(normal(phrase)) for phrase in phrases)
    answers = [lexicon.meant(normal(group.about)) for group in groups]
    words, grams, signs = ([Counter(cut(text)) for text in plain] for cut in (lexicon.words, bigrams, letters))
    answer_words, answer_signs = ([Counter(cut(text)) for text in answers] for cut in (lexicon.words, letters))
    of_words, of_grams, of_signs = (
        _vocabulary(words, answer_words),
        _vocabulary(grams),
        _vocabulary(signs, answer_signs),
    )
    ends = np.cumsum([0, *(len(group.phrases) for group in groups)])
    pooled = (_pooled(bags, ends.tolist()) for bags in (words, grams, signs))
    return Index(
        lexicon,
        (of_words, of_grams, of_signs),
        tuple(group.key for group in groups),
        phrases,
        plain,
        ends.astype(np.int32),
        build_field((words, grams), (of_words, of_grams)),
        build_field((*pooled, answer_words, answer_signs), (of_words, of_grams, of_signs, of_words, of_signs)),
    )


def _vocabulary(*documents: Sequence[Mapping[str, int]]) -> dict[str, int]:
    terms = dict.fromkeys(term for bags in documents for bag in bags for term in bag)
    return {term: number for number, term in enumerate(terms)}


def _pooled(bags: Sequence[Mapping[str, int]], ends: Sequence[int]) -> list[Counter[str]]:
    pooled: list[Counter[str]] = []
    for start, end in pairwise(ends):
        bag: Counter[str] = Counter()
        for one in bags[start:end]:
            bag.update(one)
        pooled.append(bag)
    return pooled
