"""A release: everything we know at one moment, compiled and immutable. Named by the hash of its content.

`build` compiles content; `open_release` does so from files, or takes the compiled form it left in a cache folder. The
cache is one file a release, arrays and JSON only; its name is the hash of the content files and of this package, so
that a stale one is never taken. It may be deleted at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kb.compiled import load_compiled, save_compiled
from kb.context import Context, context_of
from kb.figures import FACT
from kb.hashes import content_id, editions_of, fingerprint, versions_of
from kb.index import Group, Index, build_index
from kb.load import Content, load_content
from kb.lookups import by_length, by_start, node_names
from kb.model import (
    Category,
    Entry,
    EntryId,
    Fact,
    FactId,
    Law,
    Procedure,
    ProcedureId,
    ReleaseId,
    Subcategory,
    Taxonomy,
)
from kb.ranker import Ranker
from kb.talk import Courtesy, Synonyms
from kb.text import Lexicon, warm

FOREVER = date.max
REMEMBERED = 8192
"""Texts and pages of one release; about 10 MB."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Release:
    """What the bot answers from.

    facts: rows of one id by the day they begin. index: over `entry:ID` and `procedure:ID`, in that order. ranker: what
    orders what it finds. context: words that name no matter. found: kind, id and question (or title) of each group of
    the index. opens, closes: first and last day of each in force, as ordinals. partners: entry ⇔ procedure that name
    each other, either of which answers. greetings: courtesies by length and folded way of saying them; mentions: the
    same by the first two letters. nodes: code of each menu node by every folded name it is called. shelves: see
    `items_of`. versions: see `version`. editions: see `edition`. memo: see `remembered`.
    """

    id: ReleaseId
    taxonomy: Taxonomy
    entries: Mapping[EntryId, Entry]
    procedures: Mapping[ProcedureId, Procedure]
    facts: Mapping[FactId, tuple[Fact, ...]]
    laws: Mapping[str, Law]
    courtesies: tuple[Courtesy, ...]
    index: Index
    ranker: Ranker
    context: Context
    found: tuple[tuple[str, str, str], ...]
    greetings: Mapping[int, Mapping[str, Courtesy]]
    mentions: Mapping[str, tuple[tuple[str, Courtesy], ...]]
    nodes: Mapping[str, str]
    opens: NDArray[np.int32]
    closes: NDArray[np.int32]
    partners: Mapping[str, frozenset[str]]
    shelves: Mapping[str, tuple[tuple[str, str], ...]]
    versions: Mapping[str, str]
    editions: Mapping[str, str]
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def category(self, code: str) -> Category | None:
        """One of the six, by its letter."""
        return next((category for category in self.taxonomy.categories if category.code == code), None)

    def subcategory(self, code: str) -> Subcategory | None:
        """One of the 47, by its code."""
        category = self.category(code[:1])
        found = category.subcategories if category else ()
        return next((sub for sub in found if sub.code == code), None)

    def items_of(self, code: str) -> tuple[tuple[str, str], ...]:
        """Target and question (or title) of everything at home in a sub-category: entries, then procedures."""
        return self.shelves.get(code, ())

    def title(self, key: str) -> str:
        """The question of an entry or the title of a procedure; the id itself when there is none such."""
        if entry := self.entries.get(EntryId(key)):
            return entry.question
        procedure = self.procedures.get(ProcedureId(key))
        return procedure.title if procedure else key

    def version(self, key: str) -> str:
        """Hash of one item with the figures it places: changes when what we would say changes; empty if unknown."""
        return self.versions.get(key, "")

    def edition(self, key: str) -> str:
        """Hash of one item with its wordings as well: changes with every edit; empty if unknown."""
        return self.editions.get(key, "")

    def fact(self, key: str, on: date) -> Fact | None:
        """The row of a figure in force on a day."""
        rows = [row for row in self.facts.get(FactId(key), ()) if row.applies_from <= on <= (row.applies_to or FOREVER)]
        return rows[-1] if rows else None

    def shut(self, on: date) -> NDArray[np.intp]:
        """Numbers of the groups of the index that are not in force on a day."""
        day = on.toordinal()
        return self.remembered(("shut", day), lambda: np.flatnonzero((day < self.opens) | (self.closes < day)))

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of this release again and again, made once. key: tells all such things apart."""
        made: T | None = self.memo.get(key)
        if made is None:
            if len(self.memo) >= REMEMBERED:
                self.memo.clear()
            made = self.memo[key] = make()
        return made


def build(content: Content) -> Release:
    """Compile content. The same content gives the same release, whatever the files looked like."""
    warm()
    return _release(content, build_index(groups(content), lexicon_of(content.synonyms)))


def open_release(content_dir: Path, cache_dir: Path | None = None) -> Release:
    """The release of a content folder, compiled at most once per content.

    cache_dir: made when missing; None compiles anew. Raises ContentError.
    """
    if cache_dir is None:
        return build(load_content(content_dir))
    warm()
    path = cache_dir / f"{fingerprint(content_dir)}.npz"
    if kept := load_compiled(path, lexicon_of):
        return _release(*kept)
    content = load_content(content_dir)
    release = build(content)
    save_compiled(path, content, release.index)
    return release


def read_release(path: Path) -> tuple[Content, Release] | None:
    """What save_compiled left, or None when there is nothing that can be read."""
    warm()
    kept = load_compiled(path, lexicon_of)
    return (kept[0], _release(*kept)) if kept else None


def lexicon_of(synonyms: Synonyms) -> Lexicon:
    """The words and slips of the content; a word to keep means itself."""
    slips = {said: slip.means for slip in synonyms.slips for said in slip.says}
    keep = {word: word for slip in synonyms.slips for word in slip.keep}
    return Lexicon(synonyms.words, {**slips, **keep}, synonyms.elsewhere)


def groups(content: Content) -> list[Group]:
    """What search can find: entries, and published procedures by their title."""
    subs = {sub.code: sub for category in content.taxonomy.categories for sub in category.subcategories}
    found = [Group(f"entry:{one.id}", _phrases(one), _about(one, subs.get(one.subcategory))) for one in content.entries]
    for one in _published(content):
        steps = " ".join(step.do for step in one.steps)
        found.append(Group(f"procedure:{one.id}", (one.title,), FACT.sub(" ", f"{one.title} {steps}")))
    return found


def _phrases(entry: Entry) -> tuple[str, ...]:
    return tuple(dict.fromkeys((entry.question, *entry.similar)))


def _about(entry: Entry, sub: Subcategory | None) -> str:
    return f"{sub.name if sub else ''} {FACT.sub(' ', entry.answer)}"


def _published(content: Content) -> list[Procedure]:
    return [one for one in content.procedures if one.status == "published"]


def _release(content: Content, index: Index) -> Release:
    procedures = {one.id: one for one in _published(content)}
    greetings = by_length(content.courtesies)
    items: list[Entry | Procedure] = [*content.entries, *procedures.values()]
    return Release(
        id=content_id(content),
        taxonomy=content.taxonomy,
        entries={one.id: one for one in content.entries},
        procedures=procedures,
        facts=_fact_rows(content.facts),
        laws={law.law: law for law in content.laws},
        courtesies=content.courtesies,
        index=index,
        ranker=content.ranker,
        context=context_of(content.synonyms),
        found=tuple(_name(one) for one in items),
        greetings=greetings,
        mentions=by_start(greetings),
        nodes=node_names(content.taxonomy),
        opens=np.array([one.effective_from.toordinal() for one in items], np.int32),
        closes=np.array([(one.effective_to or FOREVER).toordinal() for one in items], np.int32),
        partners=_partners(content.entries, procedures),
        shelves=_shelves(items),
        versions=versions_of(items, content.facts),
        editions=editions_of(items),
    )


def _name(item: Entry | Procedure) -> tuple[str, str, str]:
    if isinstance(item, Entry):
        return "entry", item.id, item.question
    return "procedure", item.id, item.title


def _fact_rows(facts: Iterable[Fact]) -> dict[FactId, tuple[Fact, ...]]:
    rows: dict[FactId, tuple[Fact, ...]] = {}
    for fact in sorted(facts, key=lambda one: one.applies_from):
        rows[fact.id] = (*rows.get(fact.id, ()), fact)
    return rows


def _partners(entries: Iterable[Entry], procedures: Mapping[ProcedureId, Procedure]) -> dict[str, frozenset[str]]:
    pairs = {
        (f"entry:{one.id}", target) for one in entries for target in one.related if target.startswith("procedure:")
    }
    for procedure in procedures.values():
        targets = (*procedure.next, *(f"entry:{key}" for key in procedure.relations.entries))
        pairs |= {(target, f"procedure:{procedure.id}") for target in targets if target.startswith("entry:")}
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {key: frozenset(others) for key, others in found.items()}


def _shelves(items: Iterable[Entry | Procedure]) -> dict[str, tuple[tuple[str, str], ...]]:
    shelves: dict[str, list[tuple[str, str]]] = {}
    for item in items:
        if isinstance(item, Entry):
            shelves.setdefault(item.subcategory, []).append((f"entry:{item.id}", item.question))
        else:
            shelves.setdefault(item.taxonomy, []).append((f"procedure:{item.id}", item.title))
    return {code: tuple(shelf) for code, shelf in shelves.items()}
