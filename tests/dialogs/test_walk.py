"""Any walk through a form: nothing throws, every reply says something, «返回» undoes, and the end is always near."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.reminders import QUERY
from bot.core.reply import Text
from bot.core.session import EMPTY, Frame, Session
from bot.dialogs import engine
from bot.dialogs.filling import Scene
from bot.dialogs.forms import FORMS
from bot.store.codec import session_bytes, session_from
from bot.web.chat import reply_doc
from bot.wordings import RATE_TAIL
from kb.release import Release
from tests.citizen import Citizen, offers, shown
from tests.times import NOON

FORM = FORMS["renewal"]
GOOD = [slot.example for slot in FORM.slots] + [option.say for slot in FORM.slots for option in slot.options]
WORDS = st.one_of(
    st.sampled_from(
        [
            *GOOD,
            "明年三月",
            "29号",
            "是",
            "不是",
            "五年前",
            "不对，是2027年3月8日",
            "返回",
            "重来",
            "72",
            "63",
            "1",
            "2",
            "9",
        ]
    ),
    st.text(max_size=12),
)
WALK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def scene(release: Release, hours: int = 0) -> Scene:
    return Scene(FORMS, release, NOON + timedelta(hours=hours))


@WALK
@given(said=st.lists(WORDS, max_size=12))
def test_no_walk_throws_and_every_frame_is_kept_whole(release: Release, said: list[str]) -> None:
    citizen = Citizen(release)
    citizen.says(FORM.label)
    for words in said:
        outcome = citizen.says(words)
        # What only a door can answer (我的提醒) is heard again with the answer: it says nothing yet.
        told = outcome.replies and all(isinstance(reply, Text) and reply.text for reply in outcome.replies)
        assert told or outcome.need
        assert session_from(session_bytes(citizen.session)) == citizen.session


@WALK
@given(said=st.lists(WORDS, max_size=8), word=WORDS)
def test_back_undoes_a_step(release: Release, said: list[str], word: str) -> None:
    here = scene(release)
    frames = engine.open_form(FORM.id, (), here).frames
    for words in said:
        step = engine.feed(frames, words, here)
        frames = step.frames if step else frames
    step = engine.feed(frames, word, here)
    if step is None or step.frames[-1].past == frames[-1].past:
        return
    undone = engine.back(step.frames, here)
    assert undone and undone.frames[-1].values == frames[-1].values


@WALK
@given(said=st.lists(WORDS, max_size=8))
def test_from_anywhere_the_examples_lead_to_the_end(release: Release, said: list[str]) -> None:
    here = scene(release)
    frames: tuple[Frame, ...] = engine.open_form(FORM.id, (), here).frames
    for words in said:
        step = engine.feed(frames, words, here)
        frames = step.frames if step else frames
    for _ in FORM.slots:
        slot = FORM.slot(frames[-1].asked)
        if slot:
            step = engine.feed(frames, slot.example, here)
            assert step, slot.name
            frames = step.frames
    assert not frames[-1].asked


def test_a_changed_form_keeps_what_still_fits(release: Release) -> None:
    old = Frame("renewal", "another", "colour", NOON, (("expiry", "2027-03-05"), ("colour", "red"), ("age", "200")))
    frame = engine.top((old,), scene(release))
    assert frame and frame.values == (("expiry", "2027-03-05"),) and frame.asked == "place"
    citizen = Citizen(release, Session(frames=(Frame("gone", "x", "y", NOON),)))
    assert citizen.says("驾驶证丢了怎么补办").replies and citizen.says("返回").replies


def test_one_sentence_fills_several_slots(release: Release) -> None:
    citizen = Citizen(release)
    outcome = citizen.says("帮我算算什么时候换证，驾照2027年3月5日到期，我在国外，今年45岁")
    assert "2027年3月5日" in shown(outcome) and "延期" in shown(outcome)


def test_numbers_after_a_digression_are_those_shown(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(FORM.label)
    outcome = citizen.says("驾驶证丢了怎么补办")
    shown_choices = tuple(choice for reply in outcome.replies if isinstance(reply, Text) for choice in reply.choices)
    assert citizen.session.offers == shown_choices
    number = [choice.label for choice in shown_choices].index("长期有效") + 1
    assert "不用期满换证" in shown(citizen.says(str(number)))


def test_a_person_is_offered_after_two_misses_and_danger_is_followed_by_no_question(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(FORM.label)
    assert "人工" not in [one.label for one in offers(citizen.says("咿呀咿呀"))]
    assert "人工" in [one.label for one in offers(citizen.says("咿呀咿呀"))]
    assert len(citizen.says("人工").replies) == 1
    assert len(citizen.says("出车祸了有人受伤").replies) == 1


def test_the_menu_leads_to_the_form(release: Release) -> None:
    citizen = Citizen(release, EMPTY)
    assert FORM.label in [one.label for one in offers(citizen.says("驾驶证期满换证"))]
    assert citizen.says(FORM.label).why.answer == "dialog:renewal/expiry"


def test_a_month_said_at_the_beginning_needs_only_its_day_even_after_a_question(release: Release) -> None:
    citizen = Citizen(release)
    assert "2027年3月的哪一天" in shown(citizen.says("我驾照明年三月到期，几号能换证"))
    outcome = citizen.says("能在网上办吗")
    assert "网上能换驾驶证吗" in str(outcome.replies) and "2027年3月的哪一天" in str(outcome.replies)
    assert "2027年3月5日" in shown(citizen.says("5号"))


def test_a_year_is_no_term(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(FORM.label)
    citizen.says("不清楚")
    assert "2026年3月的哪一天" in shown(citizen.says("2026年3月"))
    assert "2026年3月15日" in shown(citizen.says("15"))


def test_the_offered_reminder_is_taken_by_a_word(release: Release) -> None:
    citizen = Citizen(release)
    for words in (FORM.label, "2027年6月5日", "本地", "35"):
        citizen.says(words)
    outcome = citizen.says("设个提醒")
    assert outcome.need == "reminders" and outcome.why.answer == "remind:"


def test_after_an_answer_on_the_way_only_the_open_question_has_numbers(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(FORM.label)
    outcome = citizen.says("驾驶证丢了怎么补办")
    assert [one.label for one in offers(outcome)] == ["长期有效", "不清楚"]
    assert shown(outcome).index("依据") < shown(outcome).index(RATE_TAIL) < shown(outcome).index("有效期到哪一天")
    assert reply_doc(outcome.replies[0])["votes"] and RATE_TAIL not in str(reply_doc(outcome.replies[0])["text"])
    assert "不用期满换证" in shown(citizen.says("1"))


def test_a_list_on_the_way_keeps_its_numbers_and_the_question_is_answered_in_words(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(FORM.label)
    outcome = citizen.says("菜单")
    (reply,) = outcome.replies
    assert isinstance(reply, Text) and "有效期到哪一天" in reply.tail and "长期有效、不清楚" in reply.tail
    assert all(one.target.startswith("category:") for one in reply.choices)
    assert "不用期满换证" in shown(citizen.says("长期有效"))


def test_who_asks_for_a_person_can_go_on_with_the_dialog(release: Release) -> None:
    citizen = Citizen(release)
    citizen.says(FORM.label)
    assert offers(citizen.says("人工"))[0].label == f"继续{FORM.title}"
    assert "有效期到哪一天" in shown(citizen.says("1"))


def test_a_tapped_reminder_says_what_was_tapped_and_old_taps_still_work(release: Release) -> None:
    citizen = Citizen(release)
    for words in (FORM.label, "2027年6月5日", "本地"):
        citizen.says(words)
    told = [one for one in offers(citizen.says("35")) if one.target.startswith("remind:")]
    assert told and all(one.say.startswith(one.label) for one in told)
    for words in (told[-1].say, "换证提醒：2027年6月5日到期，提前30天"):
        assert Citizen(release).says(words).why.answer == "remind:", words


def test_no_reminders_lead_into_a_dialog_but_not_into_the_one_that_is_open(release: Release) -> None:
    citizen = Citizen(release)
    assert [one.target for one in offers(citizen.says("我的提醒", {QUERY: ()}))] == [f"dialog:{FORM.id}"]
    citizen.says(FORM.label)
    assert [one.label for one in offers(citizen.says("我的提醒", {QUERY: ()}))] == ["长期有效", "不清楚"]
