"""M03: six categories and 47 sub-categories; every question has a home, every home a question and an owner."""

from __future__ import annotations

from dataclasses import replace

from kb.check import taxonomy_problems
from kb.load import Content, load_content
from kb.model import Subcategory, Taxonomy
from tests.kb.tidy import entry, tidy


def _kinds(content: Content) -> set[str]:
    return {one.kind for one in taxonomy_problems(content)}


def _with_subs(content: Content, change: object) -> Content:
    first, *others = content.taxonomy.categories
    assert callable(change)
    return replace(
        content,
        taxonomy=Taxonomy(
            content.taxonomy.version, (replace(first, subcategories=change(first.subcategories)), *others)
        ),
    )


def test_M03_the_tree_is_6_by_47() -> None:
    categories = load_content().taxonomy.categories
    assert [category.code for category in categories] == list("ABCDEF")
    assert sum(len(category.subcategories) for category in categories) == 47
    assert _kinds(tidy()) == set()


def test_M03_46_subcategories_fail() -> None:
    assert "taxonomy" in _kinds(_with_subs(tidy(), lambda subs: subs[:-1]))


def test_M03_48_subcategories_fail() -> None:
    extra = Subcategory("A99", "多出来的", "车管-机动车", "无", 1, 1)
    assert "taxonomy" in _kinds(_with_subs(tidy(), lambda subs: (*subs, extra)))


def test_M03_an_orphan_question_fails() -> None:
    content = tidy()
    assert "orphan" in _kinds(replace(content, entries=(*content.entries, entry("F99", "没有家"))))


def test_M03_a_subcategory_without_a_question_fails() -> None:
    content = tidy()
    assert "empty" in _kinds(replace(content, entries=content.entries[1:]))


def test_M03_a_subcategory_without_an_owner_fails() -> None:
    blank = _with_subs(tidy(), lambda subs: (replace(subs[0], unit=" "), *subs[1:]))
    assert "owner" in _kinds(blank)


def test_M03_an_alias_must_exist() -> None:
    content = tidy()
    first, *others = content.taxonomy.categories
    tree = Taxonomy(1, (replace(first, aliases=("Z99",)), *others))
    assert "link" in _kinds(replace(content, taxonomy=tree))
