"""The gate of a release: what must hold before it may be put in force instead of the present one.

Pure over two releases and the content of the new one. It refuses content with errors, golden questions that got worse,
and a base that lost entries nobody withdrew. The frozen half of the golden questions is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb import plain
from kb.check import check
from kb.decide import OFFERED, Close, NoAnswer, Sure
from kb.load import Content
from kb.model import Golden
from kb.problem import Problem
from kb.release import Release
from kb.search import search

MOST_GONE = 5
"""Entries by which a base may shrink in one release."""
WORDS = ("没有答对", "列在选项里", "直接答对")
"""How well a golden question is answered, worst first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the gate's report. refuses: False when it is only said.

    file, line, why: for the shell, where it is mended, if anywhere. item, field, says: for an editor, in Chinese.
    """

    refuses: bool
    kind: str
    why: str
    file: str = ""
    line: int = 0
    item: str = ""
    field: str = ""
    says: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line} " if self.file else ""
        detail = f"（{self.why}）" if self.why else ""
        return f"{self._weight} {where}{self.kind}：{self.says}{detail}"

    @property
    def in_words(self) -> str:
        """The same for an editor: item, field, what is wrong and what to do."""
        named = " ".join(filter(None, (plain.item_name(self.item), plain.field_name(self.field))))
        return f"{self._weight} {named}：{self.says}" if named else f"{self._weight} {self.says}"

    @property
    def _weight(self) -> str:
        return "不通过" if self.refuses else "提醒"


def finding(one: Problem) -> Finding:
    """A problem of the content as a line of the report."""
    where = short(one.file), one.line
    return Finding(not one.warning, one.kind, one.why, *where, one.item, one.field, one.says or plain.says(one.kind))


def gate(old: Release, old_golden: tuple[Golden, ...], new: Release, content: Content, on: date) -> list[Finding]:
    """Everything that speaks against the new release, in the order of weight; it passes when nothing refuses.

    content: of the new release, with its places. on: the day on which both are asked.
    """
    found = [*_problems(old, content, on), *_golden(old, old_golden, new, content, on), *_gone(old, content, on)]
    return sorted(found, key=lambda one: not one.refuses)


def passes(findings: list[Finding]) -> bool:
    """Whether nothing refuses."""
    return not any(one.refuses for one in findings)


def _problems(old: Release, content: Content, on: date) -> Iterator[Finding]:
    """Every error; of the warnings only those about what this release changes, for the others were there before."""
    kept = _unchanged(old, content)
    for one in check(content, on):
        if not (one.warning and one.item in kept):
            yield finding(one)


def _unchanged(old: Release, content: Content) -> set[str]:
    """Keys of the items that stand in the present release word by word."""
    kept = {f"entry:{one.id}" for one in content.entries if old.entries.get(one.id) == one}
    kept |= {f"procedure:{one.id}" for one in content.procedures if old.procedures.get(one.id) == one}
    return kept | {f"fact:{one.id}@{one.applies_from}" for one in content.facts if one in old.facts.get(one.id, ())}


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
        if one.half == "frozen":  # for measuring only: a gate that looks at it tunes to it
            continue
        place = content.places.get(f"golden:{one.question}")
        where = (short(place.file), place.line) if place else ("", 0)
        now = level(new, one, on)
        if one.question not in known:
            if now == 0 and one.gold:  # missing knowledge is kept, and said
                yield _told(False, "golden.new", f"golden:{one.question}", WORDS[now], where=where)
        elif (before := level(old, known[one.question], on)) > now:
            yield _told(True, "golden.worse", f"golden:{one.question}", WORDS[before], WORDS[now], where=where)
    for question in known.keys() - {one.question for one in content.golden}:
        yield _told(False, "golden.gone", f"golden:{question}")


def _gone(old: Release, content: Content, on: date) -> Iterator[Finding]:
    kept = {one.id for one in content.entries}
    for key, entry in old.entries.items():
        if key not in kept and not (entry.effective_to and entry.effective_to <= on):
            yield _told(True, "gone", f"entry:{key}", entry.question)
    fewer = len(old.entries) - len(kept)
    if fewer > MOST_GONE:
        yield _told(True, "shrunken", "", fewer, MOST_GONE)


def _told(refuses: bool, kind: str, item: str, *about: object, where: tuple[str, int] = ("", 0)) -> Finding:
    why = item.partition(":")[2]
    return Finding(refuses, kind.partition(".")[0], why, *where, item, "", plain.says(kind, *about))
