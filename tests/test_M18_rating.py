"""M18: «有用» and «没用» on the wire, in both channels: one vote an answer, kept beside the answer log."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from aiohttp import ClientSession

from bot.sim import inbound
from bot.wordings import RATE_TAIL
from kb.release import Release
from tests.citizen import Citizen, shown
from tests.house import House

ASKED = "驾驶证丢了怎么补办"


def rows(house: House, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(house.settings.data_dir / "xinxin.sqlite")) as database:
        return database.execute(query).fetchall()


def votes(house: House) -> list[tuple[object, ...]]:
    return rows(house, "select push_key, answer, version, value from ratings order by id")


async def test_M18_a_vote_in_wechat_is_kept_once_and_a_second_one_changes_it(house: House) -> None:
    phone = await house.phone(follow=False)
    said = await phone.says(ASKED)
    rated = house.last.line
    assert RATE_TAIL in str(said) and rated.answer.startswith(("entry:", "procedure:"))
    about = (rated.push_key, rated.answer, rated.version)
    await phone.says("有用")
    assert votes(house) == [(*about, 1)]
    await phone.says("没用")
    assert house.last.line.answer == "rate:down"
    assert votes(house) == [(*about, -1)]
    await phone.says("没用")
    assert votes(house) == [(*about, -1)]
    assert rows(house, "select said, picked from proposals") == [(ASKED, f"not:{rated.answer}")]


async def test_M18_a_repeated_vote_push_is_one_vote(house: House) -> None:
    phone = await house.phone(follow=False)
    await phone.says(ASKED)
    pusher = house.platform.pusher
    parcel = pusher.pack(phone.openid, inbound.text("有用"))
    for number in (1, 2, 3):
        await pusher.attempt(parcel, number)
    assert len(votes(house)) == 1


async def test_M18_the_web_chat_votes_with_buttons_and_never_by_get(house: House) -> None:
    base = house.settings.local_url
    async with ClientSession() as http:
        async with http.post(f"{base}/api/chat/session") as answer:
            session = (await answer.json())["session"]

        async def says(text: str, number: int) -> dict[str, object]:
            body = {"session": session, "id": f"q{number}", "text": text}
            async with http.post(f"{base}/api/chat", json=body) as told:
                return (await told.json())["replies"][0]

        reply = await says(ASKED, 1)
        assert RATE_TAIL not in reply["text"]
        assert [vote["say"] for vote in reply["votes"]] == ["有用", "没用"]
        rated = house.last.line
        async with http.get(f"{base}/api/chat", params={"session": session, "text": "有用"}) as answer:
            assert answer.status == 405
        assert votes(house) == []
        told = await says(reply["votes"][1]["say"], 2)
        assert "抱歉" in told["text"] and [offer["say"] for offer in told["choices"]] == ["菜单", "人工"]
        assert "votes" not in told
    assert votes(house) == [(rated.push_key, rated.answer, rated.version, -1)]


async def test_M18_who_leaves_takes_the_name_off_the_vote(house: House) -> None:
    phone = await house.phone()
    await phone.says(ASKED)
    await phone.says("有用")
    assert rows(house, "select count(*) from ratings where citizen is not null") == [(1,)]
    await phone.unfollows()
    assert rows(house, "select citizen, value from ratings") == [(None, 1)]


def test_a_vote_on_nothing_gets_a_polite_word(release: Release) -> None:
    outcome = Citizen(release).says("没用")
    assert outcome.why.handler == "rating" and not outcome.effects
    assert "谢谢" in shown(outcome)


def test_a_vote_after_other_words_is_still_about_the_last_answer(release: Release) -> None:
    citizen = Citizen(release)
    answered = citizen.says(ASKED)
    for between in ("谢谢", "菜单", "9999"):
        citizen.says(between)
    (rated,) = citizen.says("有用").effects
    assert (rated.answer, rated.version) == (answered.why.answer, answered.why.version)


def test_an_answer_opened_by_number_is_proposed_by_its_question(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says("B05")
    opened = citizen.says("1")
    assert opened.why.answer.startswith(("entry:", "procedure:"))
    _, learned = citizen.says("没用").effects
    assert len(learned.said) > 3 and learned.picked == f"not:{opened.why.answer}"


@pytest.mark.parametrize("words", ["菜单", "你好", "人工", "今天天气怎么样"])
def test_only_answers_from_the_knowledge_base_ask_for_a_vote(words: str, release: Release) -> None:
    outcome = Citizen(release).says(words)
    assert outcome.session.rateable is None and RATE_TAIL not in outcome.replies[0].tail
