"""With the clock one and three years on, the commonest questions still have their answer, which says its age."""

from __future__ import annotations

from datetime import date

import pytest

from kb.answer import entry_text
from kb.decide import Sure
from kb.model import EntryId
from kb.release import Release
from kb.search import search

TODAY = date(2026, 12, 1)
COMMONEST = (
    "驾驶证丢了怎么补办", "驾驶证快到期了怎么换", "新车上牌要带什么材料", "闯红灯扣几分罚多少钱", "进京证怎么办",
    "12分什么时候清零", "酒驾和醉驾的标准是多少", "尾号限行是几点到几点", "临牌能办几次", "没有驾驶证开车怎么罚",
)  # fmt: skip


@pytest.mark.parametrize("question", COMMONEST)
@pytest.mark.parametrize("years", [1, 3])
def test_the_commonest_questions_are_answered_years_on(release: Release, question: str, years: int) -> None:
    now, later = (search(release, question, day).decision for day in (TODAY, TODAY.replace(year=TODAY.year + years)))
    assert isinstance(now, Sure) and isinstance(later, Sure)
    assert now.candidate.id == later.candidate.id
    entry = release.entries[EntryId(now.candidate.id)]
    aged = entry_text(release, entry, TODAY.replace(year=TODAY.year + years))
    assert entry_text(release, entry, TODAY).split("\n\n")[0] in aged and "核对" in aged
