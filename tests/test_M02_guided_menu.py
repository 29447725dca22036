"""M02: 6 → 47 → questions, by number and by name, every node in at most three messages, no dead end, no page too long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.core.push import Channel, Push, PushKey, Text
from bot.core.reply import Target
from bot.core.reply import Text as TextReply
from bot.core.session import EMPTY
from bot.core.turn import Turn
from bot.targets import open_target
from bot.wechat.limits import TEXT_BYTES
from bot.wechat.render import pages
from kb.release import Release
from tests.citizen import Citizen
from tests.times import NOON


def nodes(release: Release) -> Iterator[tuple[str, int, str, int]]:
    """Category code and its number in the menu, sub-category code and its number there."""
    for number, category in enumerate(release.taxonomy.categories, 1):
        for inner, sub in enumerate(category.subcategories, 1):
            yield category.code, number, sub.code, inner


def test_M02_every_node_by_number_only_in_three_messages(release: Release) -> None:
    reached = set()
    for category, number, sub, inner in nodes(release):
        citizen = Citizen(release)
        citizen.says("菜单")
        assert citizen.says(str(number)).session.node == f"category:{category}"
        assert citizen.says(str(inner)).session.node == f"category:{sub}/1"
        assert citizen.written == 3
        reached |= {category, sub}
    assert len(reached) == 6 + 47


def test_M02_every_node_by_name_only_in_one_message(release: Release) -> None:
    names = [(c.name, c.code) for c in release.taxonomy.categories]
    names += [(s.name, f"{s.code}/1") for c in release.taxonomy.categories for s in c.subcategories]
    assert len(names) == 6 + 47
    for name, code in names:
        assert Citizen(release).says(name).session.node == f"category:{code}", name


def test_M02_no_page_is_too_long_and_none_a_dead_end(release: Release) -> None:
    seen: set[str] = set()
    waiting = ["category:"]
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        for reply in opened(release, target):
            assert reply.choices, f"{target} is a dead end"
            assert len(reply.text) <= 600, target
            assert len(pages(reply, TEXT_BYTES)) == 1, f"{target} does not fit one page"
            waiting += [choice.target for choice in reply.choices if choice.target.startswith("category:")]
    assert len({code.partition("/")[0] for code in seen}) == 1 + 6 + 47


def opened(release: Release, target: str) -> list[TextReply]:
    turn = Turn(Push(PushKey("x"), Channel.WECHAT, "", "", NOON, Text("")), EMPTY, release, NOON)
    return [open_target(Target(target), turn).reply]


@pytest.mark.parametrize("word", ["返回", "上一级", "返回上一级"])
def test_M02_back_goes_one_level_up(release: Release, word: str) -> None:
    citizen = Citizen(release)
    for words in ("菜单", "2", "5"):
        citizen.says(words)
    assert citizen.session.node == "category:B05/1"
    assert citizen.says(word).session.node == "category:B"
    assert citizen.says(word).session.node == "category:"


def test_M02_a_question_in_the_menu_is_answered_and_the_menu_is_still_there(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says("菜单")
    citizen.says("2")
    answer = citizen.says("驾驶证丢了怎么补办？")
    assert answer.why.answer == "entry:B05-001"
    reply = answer.replies[0]
    assert isinstance(reply, TextReply)
    back = next(choice for choice in reply.choices if choice.say == "回到菜单")
    assert citizen.says(str(reply.choices.index(back) + 1)).session.node == "category:B"
