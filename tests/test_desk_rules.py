"""The rules of the desk: who may do what when, duty hours and promises, words that ask for a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.casework.duty import NOT_SAID, NOTED, USUAL, next_opening, on_duty, promise
from bot.casework.handover import PATIENCE, SILENCE, Act, Kind, Refused, decide, is_due
from bot.casework.wish import asks_for_person
from bot.core.clock import SHANGHAI
from bot.core.desk import Asked, Change, Conversation, ConversationId, Hours, State
from bot.core.push import Channel, CitizenId, Push, PushKey
from bot.core.push import Text as PushText
from bot.core.turn import Turn
from bot.handlers import decide as decide_turn
from bot.web.desk_before import headline, suggestions
from kb.release import Release
from tests.citizen import Citizen, offers, shown
from tests.times import NOON

WEDNESDAY = datetime(2026, 3, 4, 9, 30, 0, 0, SHANGHAI)
HOLIDAY = (*USUAL, Hours(0, 0, day=date(2026, 3, 5)), Hours(600, 720, day=date(2026, 3, 7)))


def talk(state: State, officer: str = "") -> Conversation:
    key = ConversationId("c")
    return Conversation(key, CitizenId("p"), Channel.WECHAT, state, "", (), WEDNESDAY, WEDNESDAY, officer)


@pytest.mark.parametrize(
    ("state", "owner", "kind", "comes"),
    [
        (State.WAITING, "", Kind.TAKE, State.SERVED),
        (State.REQUEST, "", Kind.TAKE, State.SERVED),
        (State.SERVED, "one", Kind.TAKE, State.SERVED),
        (State.SERVED, "two", Kind.TAKE, Refused.TAKEN),
        (State.RETURNED, "one", Kind.TAKE, Refused.NOT_YOURS),
        (State.ENDED, "one", Kind.TAKE, Refused.NOT_YOURS),
        (State.SERVED, "one", Kind.WRITE, State.SERVED),
        (State.SERVED, "two", Kind.WRITE, Refused.TAKEN),
        (State.WAITING, "", Kind.WRITE, Refused.NOT_YOURS),
        (State.RETURNED, "one", Kind.WRITE, Refused.NOT_YOURS),
        (State.SERVED, "one", Kind.HAND_BACK, State.RETURNED),
        (State.SERVED, "one", Kind.END, State.ENDED),
        (State.REQUEST, "", Kind.END, Refused.NOT_YOURS),
        (State.SERVED, "one", Kind.TIME_OUT, Refused.NOT_DUE),
    ],
)
def test_what_is_allowed(state: State, owner: str, kind: Kind, comes: State | Refused) -> None:
    told = decide(talk(state, owner), Act("a", kind, "one", "一", "您好"), USUAL, WEDNESDAY)
    assert (told.state if isinstance(told, Change) else told) == comes


def test_no_words_are_no_line() -> None:
    assert (
        decide(talk(State.SERVED, "one"), Act("a", Kind.WRITE, "one", "一", " \n"), USUAL, WEDNESDAY) is Refused.EMPTY
    )


@pytest.mark.parametrize(
    ("state", "after", "comes"),
    [(State.SERVED, SILENCE, State.RETURNED), (State.WAITING, PATIENCE, State.REQUEST)],
)
def test_the_clock_gives_back_and_promises(state: State, after: timedelta, comes: State) -> None:
    assert not is_due(talk(state), WEDNESDAY + after - timedelta(seconds=1))
    told = decide(talk(state), Act("a", Kind.TIME_OUT), USUAL, WEDNESDAY + after)
    assert isinstance(told, Change) and told.state is comes and told.words[0].sent


@pytest.mark.parametrize("state", [State.REQUEST, State.RETURNED, State.ENDED])
def test_the_rest_is_never_due(state: State) -> None:
    assert not is_due(talk(state), WEDNESDAY + timedelta(days=9))


@pytest.mark.parametrize(
    ("hours", "day", "minute", "is_on", "opens"),
    [
        (USUAL, 4, 9 * 60 + 30, True, "2026-03-05 09:00"),
        (USUAL, 4, 8 * 60, False, "2026-03-04 09:00"),
        (USUAL, 6, 17 * 60, False, "2026-03-09 09:00"),
        (HOLIDAY, 5, 10 * 60, False, "2026-03-06 09:00"),
        (HOLIDAY, 6, 20 * 60, False, "2026-03-07 10:00"),
        (HOLIDAY, 7, 11 * 60, True, "2026-03-09 09:00"),
    ],
    ids=["open", "early", "weekend", "holiday", "before a working Saturday", "working Saturday"],
)
def test_duty_hours(hours: tuple[Hours, ...], day: int, minute: int, is_on: bool, opens: str) -> None:
    now = datetime(2026, 3, day, minute // 60, minute % 60, 0, 0, SHANGHAI)
    assert on_duty(hours, now) is is_on
    assert f"{next_opening(hours, now):%Y-%m-%d %H:%M}" == opens


def test_a_promise_names_the_time() -> None:
    at = WEDNESDAY.replace(hour=9, minute=0)
    for days, words in ((0, "今天09:00"), (1, "明天09:00"), (5, "3月9日（周一）09:00")):
        assert words in promise(at + timedelta(days=days), WEDNESDAY)
    assert next_opening((), WEDNESDAY) is None
    assert "上班后" in promise(None, WEDNESDAY)


@pytest.mark.parametrize(
    "words", ["转人工客服", "我要找工作人员", "帮我转接真人", "给我找个接线员", "能不能转人工", "叫工作人员来"]
)
def test_words_that_ask_for_a_person(words: str) -> None:
    assert asks_for_person(words)


@pytest.mark.parametrize(
    "words", ["你是人工还是机器", "怎么联系车管所工作人员", "工作人员态度不好", "我要投诉工作人员", "人工审核要多久"]
)
def test_words_that_do_not(words: str) -> None:
    assert not asks_for_person(words)


@pytest.mark.parametrize(
    ("turns", "about"),
    [
        ((), ""),
        ((("人工", "desk"),), ""),
        ((("本子丢了咋整", "close:"), ("1", "entry:B05-001")), "本子丢了咋整"),
        ((("驾驶证丢了怎么补办", "entry:B05-001"), ("那要带什么", "close:")), "驾驶证丢了怎么补办"),
        ((("那要带什么", "close:"),), "那要带什么"),
        (
            (("算算我什么时候能换证", "dialog:renewal/expiry"), ("2027年8月30日", "dialog:renewal/place")),
            "换证时间测算",
        ),
        ((("你好", "courtesy:hello"), ("0", "no_such_choice:")), "0"),
    ],
    ids=["nothing", "only a person", "a pick", "a follow-up", "nothing better", "a dialog", "no question"],
)
def test_a_case_is_called_by_the_question_that_led_there(turns: tuple[tuple[str, str], ...], about: str) -> None:
    assert headline([Asked(said, answer) for said, answer in turns]) == about


def test_what_hardly_fits_is_not_suggested(release: Release) -> None:
    day = date(2026, 11, 25)
    assert not suggestions("今天天气不错啊朋友们", (), release, day)
    (own, *_) = suggestions("那要带什么", (Asked("驾驶证丢了怎么补办", "entry:B05-001"),), release, day)
    assert own["id"] == "B05-001" and own["own"]
    (sure, second, *_) = suggestions("驾驶证丢了怎么补办", (Asked("年检", "entry:A09-001"),), release, day)
    assert (sure["id"], second["id"]) == ("B05-001", "A09-001")


@pytest.mark.parametrize(
    ("before", "noted"), [((), NOT_SAID), (("你好",), NOT_SAID), (("驾驶证丢了怎么补办",), NOTED)], ids=str
)
def test_off_duty_only_a_question_that_was_asked_is_said_to_be_noted(
    release: Release, before: tuple[str, ...], noted: str
) -> None:
    citizen = Citizen(release)
    for words in before:
        citizen.says(words)
    push = Push(PushKey("p"), Channel.WECHAT, "someone", "", NOON, PushText("人工"))
    closed = (Hours(0, 0, day=NOON.date()),)
    assert noted in shown(decide_turn(Turn(push, citizen.session, release, NOON, "人工", "人工", hours=closed)))


def test_more_after_the_end_still_offers_what_was_there(release: Release) -> None:
    citizen = Citizen(release)
    first = offers(citizen.says("驾驶证丢了怎么补办"))
    assert first and offers(citizen.says("更多")) == first
