"""While an officer has the floor: the bot is silent, but danger and the duty to forget do not wait."""

from __future__ import annotations

import pytest

from bot.core.effect import Delivered, Forget
from bot.core.push import Notice, Unfollow
from bot.core.session import Floor, Session
from bot.handlers.urgent import FIRST
from kb.release import Release
from tests.citizen import Citizen, shown


@pytest.fixture
def citizen(release: Release) -> Citizen:
    return Citizen(release, session=Session(floor=Floor.OFFICER))


@pytest.mark.parametrize("words", ["驾驶证丢了怎么补办", "菜单", "你好", "撞了人会不会坐牢"])
def test_the_bot_is_silent(citizen: Citizen, words: str) -> None:
    told = citizen.says(words)
    assert told.replies == ()
    assert told.session.floor is Floor.OFFICER


def test_danger_is_answered(citizen: Citizen) -> None:
    assert shown(citizen.says("撞到人了")) == FIRST


@pytest.mark.parametrize("body", [Unfollow(), Notice("user_authorization_revoke")])
def test_who_leaves_is_forgotten(citizen: Citizen, body: Unfollow | Notice) -> None:
    told = citizen.does(body)
    assert told.effects == (Forget(),)
    assert told.replies == ()


def test_the_fate_of_a_message_is_noted(citizen: Citizen) -> None:
    told = citizen.does(Notice("templatesendjobfinish", (("MsgID", "7"), ("Status", "success"))))
    assert told.effects == (Delivered("7", "success"),)
    assert told.session.floor is Floor.OFFICER
    assert (told.why.decision, told.why.reasons) == ("notice", ("templatesendjobfinish",))
