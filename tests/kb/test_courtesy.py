"""Courtesies: known in many forms, each with a useful offer, and never in the way of a question."""

from __future__ import annotations

import pytest

from kb.courtesy import courtesy_for
from kb.load import load_content
from kb.release import Release


@pytest.fixture
def base(release: Release) -> Release:
    return release


def test_there_are_at_least_forty_five_groups(base: Release) -> None:
    assert len(base.courtesies) >= 45


def test_every_way_of_saying_it_is_known(base: Release) -> None:
    for one in base.courtesies:
        for said in one.says:
            found = courtesy_for(base, said)
            assert found is not None, said
            assert found.id == one.id, said


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("你好！", "hello"),
        ("您好呀～", "hello"),
        ("ＨＥＬＬＯ", "hello_english"),
        ("欣欣，你好", "hello"),
        ("謝謝", "thanks"),
        ("谢谢你啦！！", "thanks"),
        ("你是机器人嘛", "are_you_human"),
        ("你是誰", "who_are_you"),
        ("今天天气怎么样？", "weather"),
        ("讲个笑话吧", "joke"),
        ("😀😀", "sticker"),
        ("[微笑]", "sticker"),
        ("？？？", "punctuation"),
        ("再见", "farewell"),
        ("你真厉害啊", "praise"),
    ],
)
def test_forms_of_the_same(base: Release, said: str, key: str) -> None:
    found = courtesy_for(base, said)
    assert found is not None
    assert found.id == key


def test_no_question_of_the_base_is_taken_for_a_courtesy(base: Release) -> None:
    content = load_content()
    asked = [said for one in content.entries for said in (one.question, *one.similar)]
    asked += [one.question for one in content.golden] + [one.title for one in content.procedures]
    asked += [name for c in content.taxonomy.categories for sub in c.subcategories for name in (sub.name, *sub.names)]
    assert [said for said in asked if courtesy_for(base, said)] == []


@pytest.mark.parametrize(
    "said",
    [
        "驾驶证",
        "进京证怎么办",
        "我要投诉",
        "撞人了",
        "着火了",
        "限行",
        "12",
        "你好，驾驶证丢了怎么补",
        "谢谢，那要带什么材料",
        "报废",
        "",
        "  ",
    ],
)
def test_questions_and_danger_pass_by(base: Release, said: str) -> None:
    assert courtesy_for(base, said) is None


def test_who_asks_is_told_that_it_is_a_machine(base: Release) -> None:
    for said in ("你是真人吗", "你是谁", "你是警察吗"):
        found = courtesy_for(base, said)
        assert found is not None
        assert "智能助手" in found.reply
    human = courtesy_for(base, "你是真人吗")
    assert human is not None
    assert "自动" in human.reply


def test_replies_are_short_and_plain(base: Release) -> None:
    for one in base.courtesies:
        assert len(one.reply) <= 160, one.id
        assert "亲，" not in one.reply
        assert one.reply.count("！") <= 1
        assert one.label
