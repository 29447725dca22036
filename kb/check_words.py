"""Rules about how things are asked: enough wordings, far enough apart, in one entry only; golden ones apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kb.load import Content
from kb.model import Entry
from kb.problem import Problem, problem
from kb.release import lexicon_of
from kb.text import Lexicon, bigrams, folded, normal, solid

FEWEST = 7
FAR = 4
"""Wordings that share fewer than half of their neighbouring letters with the question."""
_SMALL = frozenset("的了吗呢啊吧呀么嘛哦是在有我你您他她它这那个就都也还要能会可把被给和跟与及或到去来上下里") | {
    *("可以", "可以吗", "怎么", "怎么办", "什么", "是不是", "请问", "一下", "一个"),
}
"""Words that make no other question of a question."""


def wordings(content: Content) -> Iterator[Problem]:
    """At least seven wordings, at least four of them really different."""
    for entry in content.entries:
        key = f"entry:{entry.id}"
        count = len(set(entry.similar))
        far = sum(is_far(said, entry.question) for said in entry.similar)
        if count < FEWEST:
            why = f"{count} wordings, fewer than {FEWEST}"
            yield problem(content, key, "similar", why, "similar", about=(count, FEWEST))
        elif far < FAR:
            why = f"only {far} wordings are far from the question, fewer than {FAR}"
            yield problem(content, key, "alike", why, "similar", about=(far, FAR))


def is_far(said: str, question: str) -> bool:
    """Whether a wording shares fewer than half of its bigrams with the question."""
    grams = set(bigrams(solid(said)))
    shared = grams & set(bigrams(solid(question)))
    return len(shared) < 0.5 * max(1, len(grams))


def same_wording(content: Content) -> Iterator[Problem]:
    """One way of asking leads to one entry."""
    seen: dict[str, str] = {}
    for entry, path, said in phrasings(content):
        key = f"entry:{entry.id}"
        first = seen.setdefault(solid(said), key)
        if first != key:
            yield same_words(content, key, said, first, *path)


def near_duplicates(content: Content) -> Iterator[Problem]:
    """No two questions that ask the same in other small words, or in another order."""
    lexicon = lexicon_of(content.synonyms)
    seen: dict[frozenset[str], Entry] = {}
    for entry in content.entries:
        words = core(entry.question, lexicon)
        first = seen.setdefault(words, entry)
        if first is not entry:
            yield same_question(content, entry, first)


def same_words(content: Content, key: str, said: str, first: str, *path: Hashable) -> Problem:
    """A wording of one entry that leads to another already. first: its key."""
    why = f"“{said}” is also a wording of {first}"
    return problem(content, key, "same_wording.entry", why, *path, about=(said, first.partition(":")[2]))


def same_question(content: Content, entry: Entry, first: Entry) -> Problem:
    """A question that asks what another asks."""
    why = f"“{entry.question}” asks what {first.id} asks: “{first.question}”"
    about = (first.id, first.question)
    return problem(content, f"entry:{entry.id}", "near_duplicate", why, "question", about=about)


def core(question: str, lexicon: Lexicon) -> frozenset[str]:
    """The words that make a question this question."""
    words = lexicon.words(lexicon.meant(normal(question)))
    return frozenset(word for word in words if word not in _SMALL) or frozenset(words)


def phrasings(content: Content) -> Iterator[tuple[Entry, tuple[str | int, ...], str]]:
    """Every way of asking: entry, path inside it, words."""
    for entry in content.entries:
        yield entry, ("question",), entry.question
        for number, said in enumerate(entry.similar):
            yield entry, ("similar", number), said


def golden(content: Content) -> Iterator[Problem]:
    """A golden question is nobody's wording, and names what exists."""
    said = {solid(text): entry.id for entry, _, text in phrasings(content)}
    known = {*(str(one.id) for one in content.entries), *(str(one.id) for one in content.procedures)}
    for one in content.golden:
        key = f"golden:{one.question}"
        if owner := said.get(solid(one.question)):
            yield problem(content, key, "golden_known", f"is a wording of {owner}", "question", about=(owner,))
        for number, name in enumerate(one.gold):
            if name not in known:
                why = f"gold {name} does not exist"
                yield problem(content, key, "link.gold", why, "gold", number, about=(name,))


def courtesies(content: Content) -> Iterator[Problem]:
    """A courtesy is said in one group only, is nobody's question, and offers something that opens."""
    codes = {str(c.code) for c in content.taxonomy.categories}
    codes |= {str(sub.code) for c in content.taxonomy.categories for sub in c.subcategories}
    targets = {"help", "desk", "category:", *(f"category:{code}" for code in codes)}
    targets |= {f"entry:{one.id}" for one in content.entries} | {f"procedure:{one.id}" for one in content.procedures}
    asked = {folded(text): entry.id for entry, _, text in phrasings(content)}
    seen: dict[str, str] = {}
    for one in content.courtesies:
        key = f"courtesy:{one.id}"
        if one.offer not in targets:
            why = f"offer {one.offer} leads nowhere"
            yield problem(content, key, "link.nowhere", why, "offer", about=(one.offer,))
        for number, said in enumerate(one.says):
            word = folded(said)
            if seen.setdefault(word, one.id) != one.id:
                why = f"“{said}” is also said in {seen[word]}"
                about = (said, seen[word])
                yield problem(content, key, "same_wording.group", why, "says", number, about=about)
            if word in asked:
                why = f"“{said}” is a question: {asked[word]}"
                about = (said, asked[word])
                yield problem(content, key, "same_wording.entry", why, "says", number, about=about)
