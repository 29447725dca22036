"""What kb check would say of one entry put into a release: the cheap rules, for whoever is writing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from kb import check_base, check_items, check_words
from kb.check import expired
from kb.gate import Finding, finding
from kb.load import Content
from kb.model import Entry
from kb.problem import Problem
from kb.release import Release
from kb.text import solid


def check_entry(release: Release, entry: Entry, on: date) -> list[Finding]:
    """What refuses or warns in this entry as it would stand in the release. Golden questions are left to the gate."""
    key = f"entry:{entry.id}"
    others = tuple(one for one in release.entries.values() if one.id != entry.id)
    facts = tuple(row for rows in release.facts.values() for row in rows)
    laws = tuple(release.laws.values())
    alone = Content(release.taxonomy, laws, (entry,), facts=facts)
    # Links may lead anywhere, and procedures need not be told their own faults here.
    whole = Content(release.taxonomy, entries=(*others, entry), procedures=tuple(release.procedures.values()))
    found: list[Problem] = [
        *check_items.citations(alone),
        *check_items.texts(alone),
        *(one for one in check_items.links(whole) if one.item == key),
        *check_words.wordings(alone),
        *_same_wording(release, alone, entry),
        *_same_question(release, alone, entry),
        *_twins(alone, entry, others),
        *check_base.visits(alone),
        *expired(alone, on),
    ]
    return list(dict.fromkeys(map(finding, found)))


def _same_wording(release: Release, alone: Content, entry: Entry) -> Iterator[Problem]:
    known = release.remembered("check_one.wordings", lambda: _wordings(release))
    key = f"entry:{entry.id}"
    for _, path, said in check_words.phrasings(alone):
        first = known.get(solid(said), key)
        if first != key:
            yield check_words.same_words(alone, key, said, first, *path)


def _wordings(release: Release) -> Mapping[str, str]:
    """Key of the entry by each way of asking, as it is compared."""
    rows = check_words.phrasings(Content(release.taxonomy, entries=tuple(release.entries.values())))
    return {solid(said): f"entry:{one.id}" for one, _, said in rows}


def _same_question(release: Release, alone: Content, entry: Entry) -> Iterator[Problem]:
    known = release.remembered("check_one.questions", lambda: _questions(release))
    first = known.get(check_words.core(entry.question, release.index.lexicon), entry)
    if first.id != entry.id:
        yield check_words.same_question(alone, entry, first)


def _questions(release: Release) -> Mapping[frozenset[str], Entry]:
    """Entries by the words that make their question."""
    return {check_words.core(one.question, release.index.lexicon): one for one in release.entries.values()}


def _twins(alone: Content, entry: Entry, others: tuple[Entry, ...]) -> Iterator[Problem]:
    if entry.subcategory in check_base.LISTS:
        return
    said = check_base.plain_answer(entry)
    for one in others:
        if one.subcategory not in check_base.LISTS:
            found = check_base.twin(alone, entry, one, said, check_base.plain_answer(one))
            if found:
                yield found
