"""Tables of a release that are looked up by what a citizen says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.model import Taxonomy
from kb.talk import Courtesy
from kb.text import folded


def by_length(courtesies: Iterable[Courtesy]) -> dict[int, dict[str, Courtesy]]:
    """Courtesies by the length and the folded words of each way to say them."""
    found: dict[int, dict[str, Courtesy]] = {}
    for one in courtesies:
        for word in map(folded, one.says):
            found.setdefault(len(word), {})[word] = one
    return found


def by_start(greetings: Mapping[int, Mapping[str, Courtesy]]) -> dict[str, tuple[tuple[str, Courtesy], ...]]:
    """The same by the first two letters; a single letter is no mention."""
    found: dict[str, list[tuple[str, Courtesy]]] = {}
    for length, words in greetings.items():
        for word, one in words.items():
            if length > 1:
                found.setdefault(word[:2], []).append((word, one))
    return {start: tuple(pairs) for start, pairs in found.items()}


def node_names(taxonomy: Taxonomy) -> dict[str, str]:
    """Code of each menu node by every folded name; the first node that claims a name has it."""
    found: dict[str, str] = {}
    for category in taxonomy.categories:
        for name in (category.name, category.code.lower(), *category.names):
            found.setdefault(name, category.code)
        for sub in category.subcategories:
            full = sub.name.lower()
            for name in (full, sub.code.lower(), full.partition("（")[0], *sub.names):
                found.setdefault(name, sub.code)
    return found
