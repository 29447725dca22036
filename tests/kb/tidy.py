"""A small base with nothing wrong in it: the real tree and law table, one made-up entry for each sub-category."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from kb.load import Content, load_content
from kb.model import (
    Basis,
    Citation,
    Entry,
    Fact,
    Fee,
    Golden,
    Limit,
    Material,
    Precondition,
    Procedure,
    Step,
    Then,
    Way,
)
from kb.talk import Courtesy

LAW, ARTICLE = "driving-licence-rules", "第六十九条"
BASIS = Basis("law", (Citation(LAW, ARTICLE),))
TODAY = date(2026, 12, 1)
BEGIN, REVIEW = date(2022, 4, 1), date(2027, 6, 30)
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁"
ASKS = ("{0}门的钥匙呢", "给{0}办", "{0}盖章去哪屋", "昨儿没赶上{0}", "听邻居讲{0}改了", "老太太问{0}", "{0}窗口排队么")


@cache
def tidy() -> Content:
    """Content that `check` has nothing to say about."""
    real = load_content()
    subs = [sub for category in real.taxonomy.categories for sub in category.subcategories]
    entries = tuple(entry(str(sub.code), LETTERS[i] + LETTERS[i + 1] + LETTERS[-i]) for i, sub in enumerate(subs))
    return Content(
        real.taxonomy,
        real.laws,
        entries,
        (procedure(),),
        (fact(),),
        (Golden("章丢了该怎样补刻", ("B05-001",)),),
        (Courtesy("hello", ("你好",), "您好。", "category:", "业务分类"),),
        real.synonyms,
    )


def entry(code: str, name: str) -> Entry:
    return Entry(
        f"{code}-001",
        "answer",
        f"办理{name}应当交哪样凭据？",
        tuple(ask.format(name) for ask in ASKS),
        f"{name}归{name[::-1]}窗口管，{{fact:F-B05-01}}内办结。",
        BASIS,
        BEGIN,
        REVIEW,
    )


def fact() -> Fact:
    return Fact("F-B05-01", 1, "日", "办结期限", BEGIN, LAW, ARTICLE, date(2026, 7, 1), "text")


def procedure() -> Procedure:
    asked = Precondition("lost", "丢了吗？", "yesno", {"is": "yes"}, (Then(say="先找找。"),))
    return Procedure(
        "PR-B05-01",
        "补领证件",
        "B05",
        1,
        "published",
        BEGIN,
        REVIEW,
        ("个人",),
        BASIS,
        (Material("身份证明", "original"),),
        (Step(1, "到窗口申请。"),),
        (Way("窗口", "yes"), Way("网办", "unverified"), Way("代办", "no")),
        Limit("{fact:F-B05-01}内", "working"),
        Fee("以窗口公示为准", "unverified"),
        ("证件",),
        "车管-驾驶人",
        "转人工。",
        preconditions=(asked,),
    )


def with_entry(content: Content, **changes: object) -> Content:
    """The content with its first entry of B05 changed."""
    entries = tuple(replace(one, **changes) if one.id == "B05-001" else one for one in content.entries)
    return replace(content, entries=entries)


def with_procedure(content: Content, **changes: object) -> Content:
    """The content with its procedure changed."""
    return replace(content, procedures=(replace(content.procedures[0], **changes),))


def with_fact(content: Content, **changes: object) -> Content:
    """The content with its figure changed."""
    return replace(content, facts=(replace(content.facts[0], **changes),))
