"""English: entries with English words answer in English, the rest is offered or honestly declined."""

from __future__ import annotations

import pytest

from bot.handlers.answer import ONLY_CHINESE
from bot.handlers.english import DID_YOU_MEAN
from kb.answer import IN_CHINESE, english_text
from kb.english import fitting, is_clear, is_english
from kb.model import EntryId
from kb.release import Release
from tests.citizen import Citizen, offers, shown
from tests.times import NOON

CLEAR = [
    ("How do I convert my US driver license in Beijing?", "B10-001"),
    ("my license expired how to renew", "B04-037"),
    ("Can I keep my plate number for my next car?", "A10-002"),
]
FOUND = [
    ("how old to get a license", "B01-001"),
    ("can tourists drive in China", "B10-002"),
    ("temporary plates for new car", "A02-001"),
    ("Theory test in English?", "B02-059"),
]


@pytest.mark.parametrize(("words", "key"), CLEAR, ids=[words for words, _ in CLEAR])
def test_a_clear_question_is_answered_in_english(release: Release, words: str, key: str) -> None:
    told = Citizen(release).says(words)
    entry = release.entries[EntryId(key)]
    assert told.why.answer == f"entry:{key}"
    assert shown(told) == english_text(release, entry, NOON.date())
    assert shown(told).endswith(IN_CHINESE)
    assert entry.question in [one.label for one in offers(told)]


@pytest.mark.parametrize(("words", "key"), FOUND, ids=[words for words, _ in FOUND])
def test_other_words_find_it_as_well(release: Release, words: str, key: str) -> None:
    assert key in [fit.entry.id for fit in fitting(release, words)]


def test_what_is_less_clear_is_offered_in_english_and_opens_in_english(release: Release) -> None:
    citizen = Citizen(release)
    told = citizen.says("I lost my driver's license")
    assert shown(told) == DID_YOU_MEAN
    assert offers(told)[0].target == "english:B05-030"
    assert shown(citizen.says("1")).endswith(IN_CHINESE)


def test_an_entry_about_something_narrower_is_not_sure(release: Release) -> None:
    assert not is_clear(fitting(release, "what papers for a car"))
    assert not is_clear(fitting(release, "what do I do after a car accident"))


def test_every_english_question_finds_its_entry(release: Release) -> None:
    asked = [(entry.id, entry.en.question) for entry in release.entries.values() if entry.en]
    missed = [key for key, words in asked if key not in [fit.entry.id for fit in fitting(release, words)]]
    assert asked and missed == []


@pytest.mark.parametrize("words", ["what is the weather today", "banana bread recipe please", "wo de jia zhao diu le"])
def test_what_has_no_english_words_is_declined(release: Release, words: str) -> None:
    assert shown(Citizen(release).says(words)) == ONLY_CHINESE


@pytest.mark.parametrize("words", ["ETC", "C1 B2", "12123 app", "我的license丢了", "驾照 lost", ""])
def test_names_and_mixtures_are_no_english(words: str) -> None:
    assert not is_english(words)


def test_what_is_not_in_force_is_told_as_in_chinese(release: Release) -> None:
    entry = release.entries[EntryId("B10-001")]
    early = entry.effective_from.replace(year=entry.effective_from.year - 1)
    assert IN_CHINESE not in english_text(release, entry, early)
