"""kb check: what must be true of content before it may be built. Shape is checked by loading; this is the rest.

Each rule is a function from the whole content to problems, with the file and line where each is mended. An error
refuses the content; a warning is only said.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date

from kb import check_base, check_items, check_words
from kb.load import Content
from kb.model import Entry, Procedure
from kb.problem import Problem, problem

CATEGORIES, SUBCATEGORIES = 6, 47

__all__ = ["Problem", "check", "taxonomy_problems"]


def check(content: Content, today: date) -> list[Problem]:
    """Every problem, in the order of files and lines.

    today: the day on which what has expired is judged.
    """
    rules: tuple[Callable[[Content], Iterable[Problem]], ...] = (
        taxonomy_problems,
        check_items.citations,
        check_items.facts,
        check_items.texts,
        check_items.links,
        check_items.conditions,
        check_words.wordings,
        check_words.same_wording,
        check_words.near_duplicates,
        check_words.golden,
        check_words.courtesies,
        check_base.twins,
        check_base.moulds,
        check_base.visits,
        lambda all_of_it: expired(all_of_it, today),
    )
    found = [one for rule in rules for one in rule(content)]
    return sorted(found, key=lambda one: (str(one.file), one.line, one.kind))


def taxonomy_problems(content: Content) -> Iterator[Problem]:
    """M03: six categories, 47 sub-categories, each with an owner and a question; no question without a home."""
    categories = content.taxonomy.categories
    subs = [sub for category in categories for sub in category.subcategories]
    codes = {str(sub.code) for sub in subs}
    where = "file:taxonomy.yaml"
    if len(categories) != CATEGORIES:
        about: tuple[object, ...] = (len(categories), CATEGORIES)
        why = f"{len(categories)} categories, not {CATEGORIES}"
        yield problem(content, where, "taxonomy.categories", why, about=about)
    if len(subs) != SUBCATEGORIES or len(codes) != len(subs):
        why = f"{len(codes)} distinct sub-categories of {len(subs)}, not {SUBCATEGORIES}"
        about = (len(codes), SUBCATEGORIES)
        yield problem(content, where, "taxonomy.subcategories", why, about=about)
    homes = {str(entry.subcategory) for entry in content.entries}
    for row, category in enumerate(categories):
        for number, sub in enumerate(category.subcategories):
            path: tuple[Hashable, ...] = ("categories", row, "subcategories", number)
            if not sub.code.startswith(category.code):
                why = f"{sub.code} stands under {category.code}"
                yield problem(content, where, "taxonomy.under", why, *path, about=(sub.code, category.code))
            if not sub.unit.strip():
                yield problem(content, where, "owner", f"{sub.code} has no owner", *path, about=(sub.code,))
            if sub.code not in homes:
                about = (sub.code, sub.name)
                yield problem(content, where, "empty", f"{sub.code} {sub.name} has no question", *path, about=about)
        for alias in category.aliases:
            if alias not in codes:
                why = f"alias {alias} of {category.code} is no sub-category"
                yield problem(content, where, "link.alias", why, about=(alias,))
    yield from _homeless(content, codes)


def _homeless(content: Content, codes: set[str]) -> Iterator[Problem]:
    homes: list[tuple[str, str, str]] = []
    homes += [(f"entry:{one.id}", one.subcategory, one.id[:3]) for one in content.entries]
    homes += [(f"procedure:{one.id}", one.taxonomy, one.id[3:6]) for one in content.procedures]
    homes += [(f"fact:{one.id}@{one.applies_from}", one.id[2:5], one.id[2:5]) for one in content.facts]
    for key, home, code in homes:
        if home not in codes or code != home:
            yield problem(
                content, key, "orphan", f"{key} has no home: {home} is no sub-category, or not the one of its id"
            )
        place = content.places.get(key)
        if place and place.file.stem != code:
            yield problem(content, key, "file", f"{key} belongs in {code}.yaml", about=(code,))


def expired(content: Content, today: date) -> Iterator[Problem]:
    """What is no longer in force, and what should have been looked at again (a warning)."""
    dated: list[tuple[str, Entry | Procedure]] = [(f"entry:{one.id}", one) for one in content.entries]
    dated += [(f"procedure:{one.id}", one) for one in content.procedures]
    for key, one in dated:
        end = one.effective_to
        if end and end < one.effective_from:
            yield problem(content, key, "expired.order", "ends before it begins", "effective_to")
        elif end and end < today:
            why = f"ended on {end}: take it out"
            yield problem(content, key, "expired.ended", why, "effective_to", about=(end,))
        if isinstance(one, Procedure) and one.status == "expired":
            yield problem(content, key, "expired.status", "its status is expired", "status")
        if one.review_by < today:
            why = f"should have been reviewed by {one.review_by}"
            yield problem(content, key, "review", why, "review_by", about=(one.review_by,), warning=True)
