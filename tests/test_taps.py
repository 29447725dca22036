"""What the bot offers can be tapped: at once, and years later from an old message on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.core.push import Follow, Image, Link, Location, Video, Voice
from bot.core.reply import Choice
from kb.release import Release
from tests.citizen import Citizen, offers, shown

MEDIA = (Follow(), Image("1"), Voice("1"), Video("1"), Location(39.9, 116.4), Link("", "", ""))


def every_fixed_offer(release: Release) -> Iterator[Choice]:
    """All that is offered besides the questions themselves."""
    for words in ("菜单", "帮助", "人工", "都不是", "更多", "B05", "驾驶人业务", "qqqq wwww", ""):
        yield from offers(Citizen(release).says(words))
    for body in MEDIA:
        yield from offers(Citizen(release).does(body))
    for courtesy in release.courtesies:
        yield from offers(Citizen(release).says(courtesy.says[0]))
    in_menu = Citizen(release)
    in_menu.says("B05")
    yield from offers(in_menu.says("驾驶证丢了怎么补办"))


def test_a_tap_in_an_old_message_still_leads_where_it_said(release: Release) -> None:
    fixed = {offer for offer in every_fixed_offer(release) if not offer.target.startswith(("entry:", "procedure:"))}
    assert len(fixed) > 20
    lost = {offer.say: offer.target for offer in fixed if Citizen(release).says(offer.say).why.handler == "answer"}
    assert not lost


@pytest.mark.parametrize("words", ["更多", "更多问题", "下一页", "继续看"])
def test_every_word_for_more_turns_the_page_of_a_list(release: Release, words: str) -> None:
    citizen = Citizen(release)
    citizen.says("B05")
    assert "第2/" in shown(citizen.says(words))
    assert citizen.session.node == "category:B05/2"
