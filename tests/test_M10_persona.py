"""M10: one courteous voice that says it is an automatic assistant, promises nothing, and looked nobody up."""

from __future__ import annotations

import re

import pytest

from bot.casework import asking, handover
from bot.casework.duty import promise
from bot.handlers import answer, event, fallback, media, urgent
from bot.handlers.handover import ONE_MOMENT
from bot.wordings import DESK_TEXT, HELP_TEXT
from kb import check_items
from kb.answer import entry_text, procedure_text
from kb.release import Release
from tests.house import House
from tests.times import NOON

FORBIDDEN = re.compile("|".join(check_items.FORBIDDEN))
FIXED = (
    event.WELCOME, HELP_TEXT, DESK_TEXT, urgent.FIRST, fallback.EMPTY, answer.MISSED, answer.MISSED_AGAIN,
    media.PICTURE, media.VOICE, media.VIDEO, media.PLACE, media.LINK,
    asking.QUEUED, asking.QUEUED_ALREADY, asking.NOTED_ALREADY, promise(None, NOON), promise(NOON, NOON), ONE_MOMENT,
    handover.TAKEN_LINE, handover.BACK_LINE, handover.END_LINE, handover.LEFT_LINE, handover.promise_late(NOON, NOON),
)  # fmt: skip


def test_M10_no_text_promises_or_claims_to_have_looked_up(release: Release) -> None:
    on = NOON.date()
    texts = {key: entry_text(release, entry, on) for key, entry in release.entries.items()}
    texts |= {key: procedure_text(release, procedure, on) for key, procedure in release.procedures.items()}
    texts |= {f"courtesy {row.id}": row.reply for row in release.courtesies}
    texts |= {f"fixed {number}": text for number, text in enumerate(FIXED)}
    assert not {key: found.group() for key, text in texts.items() if (found := FORBIDDEN.search(text))}


def test_M10_at_least_forty_courtesies_each_with_an_offer(release: Release) -> None:
    assert len(release.courtesies) >= 40
    assert len({row.reply for row in release.courtesies}) == len(release.courtesies)
    assert all(row.offer and row.label for row in release.courtesies)


async def test_M10_welcome_says_it_is_an_automatic_assistant(house: House) -> None:
    phone = await house.phone(follow=False)
    assert "自动应答" in (await phone.follows()).text


@pytest.mark.parametrize("words", ["你是真人吗", "你是机器人吗", "你是人工还是机器"])
async def test_M10_asked_whether_human_it_tells_the_truth(house: House, words: str) -> None:
    phone = await house.phone()
    told = (await phone.says(words)).text
    assert "自动" in told or "智能助手" in told
    assert "我是真人" not in told
