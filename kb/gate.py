"""The gate of a release: what must hold before it may be put in force instead of the present one.

Pure over two releases and the content of the new one. It refuses content with errors, golden questions that got worse,
and a base that lost entries nobody withdrew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.check import check
from kb.decide import OFFERED, Close, NoAnswer, Sure
from kb.load import Content
from kb.model import Golden
from kb.release import Release
from kb.search import search

MOST_GONE = 5
"""Entries by which a base may shrink in one release."""
WORDS = ("没有答对", "列在选项里", "直接答对")
"""How well a golden question is answered, worst first."""

KINDS = {
    "alike": "其他问法与标准问题太像",
    "basis": "缺少依据",
    "checked_on": "核对日期晚于法规文本日期",
    "cite": "引用的法规或条文有误",
    "empty": "小类没有问题",
    "expired": "日期已过或前后颠倒",
    "fact_twice": "同一数值写了两次",
    "figure": "直接写了数值，应引用数值编号",
    "file": "放错了文件",
    "form": "文件不是规范格式",
    "golden_known": "验收问题与问法相同",
    "link": "相关链接打不开",
    "mould": "许多问法开头或结尾相同",
    "near_duplicate": "与别的条目问的是同一件事",
    "noted": "引用的条文已过时",
    "orphan": "没有对应的小类",
    "owner": "没有主责单位",
    "practice": "业务惯例不引用条文",
    "promise": "有承诺或不当用语",
    "review": "已过复核期限",
    "same_wording": "同样的问法属于别的条目",
    "shape": "内容不完整或格式有误",
    "similar": "其他问法太少",
    "style": "答案太长",
    "taxonomy": "分类有误",
    "twin": "与别的条目答案几乎相同",
    "unknown_fact": "没有这个数值",
    "unverified": "数值未核实，不能写进答案",
    "verified": "核实程度与依据不符",
    "visit": "网上、代办、预约没有说全",
    "when": "条件有误",
}
"""Rules of `kb check` in the words of editors."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the gate's report. refuses: False when it is only said. file, line: where to mend, if anywhere."""

    refuses: bool
    kind: str
    why: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.file}:{self.line} " if self.file else ""
        said = f"{KINDS[self.kind]}（{self.why}）" if self.kind in KINDS else self.why
        return f"{'不通过' if self.refuses else '提醒'} {where}{self.kind}：{said}"


def gate(old: Release, old_golden: tuple[Golden, ...], new: Release, content: Content, on: date) -> list[Finding]:
    """Everything that speaks against the new release, in the order of weight; it passes when nothing refuses.

    content: of the new release, with its places. on: the day on which both are asked.
    """
    found = [*_problems(content, on), *_golden(old, old_golden, new, content, on), *_gone(old, content, on)]
    return sorted(found, key=lambda one: not one.refuses)


def passes(findings: list[Finding]) -> bool:
    """Whether nothing refuses."""
    return not any(one.refuses for one in findings)


def _problems(content: Content, on: date) -> Iterator[Finding]:
    for one in check(content, on):
        yield Finding(not one.warning, one.kind, one.why, short(one.file), one.line)


def short(path: Path) -> str:
    """A content file as people know it: its folder and name."""
    folder = path.parent.name
    return f"{folder}/{path.name}" if folder in {"entries", "procedures", "facts", "golden"} else path.name


def level(release: Release, one: Golden, on: date) -> int:
    """How well a golden question is answered: an index of WORDS. One without gold is answered by an honest no."""
    decision = search(release, one.question, on).decision
    match decision:
        case Sure(candidate=best):
            return 2 if best.id in one.gold else 0
        case Close(candidates=several):
            offered = any(candidate.id in one.gold for candidate in several[:OFFERED])
            return 1 if offered or not one.gold else 0
        case NoAnswer():
            return 0 if one.gold else 2


def _golden(
    old: Release, old_golden: tuple[Golden, ...], new: Release, content: Content, on: date
) -> Iterator[Finding]:
    known = {one.question: one for one in old_golden}
    for one in content.golden:
        place = content.places.get(f"golden:{one.question}")
        where = (short(place.file), place.line) if place else ("", 0)
        now = level(new, one, on)
        if one.question not in known:
            if now == 0:
                yield Finding(True, "golden", f"新增的验收问题“{one.question}”{WORDS[now]}", *where)
        elif (before := level(old, known[one.question], on)) > now:
            why = f"验收问题“{one.question}”原来{WORDS[before]}，现在{WORDS[now]}"
            yield Finding(True, "golden", why, *where)
    for question in known.keys() - {one.question for one in content.golden}:
        yield Finding(False, "golden", f"验收问题“{question}”被删去")


def _gone(old: Release, content: Content, on: date) -> Iterator[Finding]:
    kept = {one.id for one in content.entries}
    for key, entry in old.entries.items():
        if key not in kept and not (entry.effective_to and entry.effective_to <= on):
            yield Finding(True, "gone", f"{key}“{entry.question}”不见了；要撤下条目，请先填写失效日期")
    fewer = len(old.entries) - len(kept)
    if fewer > MOST_GONE:
        yield Finding(True, "shrunken", f"条目比现行版本少{fewer}条，一次最多少{MOST_GONE}条")
