"""Questions without a subject of their own: «那要带什么» is about whatever was talked of before.

A text has none when facet words and small words of the content (kb/content/synonyms.yaml) cover it to the last letter;
one letter that is neither names something, and the question stands for itself. Pure; some microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.talk import Facet, Synonyms
from kb.text import normal, solid

HOW = "how"
LONGEST = 18
"""Letters; who says more than that names somewhere what it is about."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A question that names no matter. facets: what is asked of it, the longest word first; none: anything."""

    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """facets: by each word that asks for one. words: these and the small ones, by their first letter, longest first."""

    facets: dict[str, Facet]
    words: dict[str, tuple[str, ...]]

    def bare(self, text: str) -> Bare | None:
        """What is asked by a text that names no matter; None when it names one, or is empty."""
        plain = solid(text)
        if not 0 < len(plain) <= LONGEST or not self._covers(plain):
            return None
        return Bare(self.asked(plain))

    def asked(self, plain: str) -> tuple[Facet, ...]:
        """The facets whose words stand in a normal text, the longest word first; a word within a longer one is none."""
        said = [word for word in _pieces(plain, self.words) if word in self.facets]
        said.sort(key=len, reverse=True)
        found = {self.facets[word].id: self.facets[word] for word in said}
        # «人在外地怎么办» asks whether it goes from there; how to go about it is asked of everything.
        return tuple(one for key, one in found.items() if key != HOW or len(found) == 1)

    def _covers(self, plain: str) -> bool:
        reached = {0}
        for place in range(len(plain)):
            if place in reached:
                known = self.words.get(plain[place], ())
                reached.update(place + len(word) for word in known if plain.startswith(word, place))
        return len(plain) in reached


def context_of(synonyms: Synonyms) -> Context:
    """The facet words and small words of the content."""
    facets = {normal(word): facet for facet in synonyms.facets for word in facet.says}
    by_letter: dict[str, list[str]] = {}
    for word in {*facets, *map(normal, synonyms.small)}:
        by_letter.setdefault(word[0], []).append(word)
    words = {letter: tuple(sorted(known, key=lambda word: (-len(word), word))) for letter, known in by_letter.items()}
    return Context(facets, words)


def _pieces(plain: str, words: dict[str, tuple[str, ...]]) -> Iterable[str]:
    """The known words of a text, the longest at each place."""
    place = 0
    while place < len(plain):
        word = next((one for one in words.get(plain[place], ()) if plain.startswith(one, place)), "")
        if word:
            yield word
        place += len(word) or 1
