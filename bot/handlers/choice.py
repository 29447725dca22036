"""choice: a number or a label that our last reply offered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.core.effect import Effect, Learned
from bot.core.reply import Choice, Text
from bot.core.turn import Outcome, Turn
from bot.targets import MORE, NONE_OF_THESE, ROOT, Opened, open_target, told
from kb.text import folded

NUMBER = re.compile(
    r"(?:选|第)?\s*(\d{1,2}|十[一二三四五六七八九]?|[一二三四五六七八九])\s*(?:个|项|条|号)?\s*[.、)）。]?"
)
DIGITS = {word: number for number, word in enumerate("一二三四五六七八九十", 1)}
DID_YOU_MEAN = "close:"
OFFERED_FOR = timedelta(days=1)
WHICH = "您说的数字是指什么？之前的选项隔得久了，怕弄错。请直接打字告诉我要办的事，或者从分类里选："


def handle(turn: Turn) -> Outcome | None:
    offers = turn.session.offers
    word = folded(turn.said)
    if not word or not offers or _names_a_day(word, turn):
        return None
    if _number(word) is not None and _are_old(turn):
        return _which(turn)
    if picked := _picked(word, offers):
        opened = open_target(picked.target, turn)
        return told(turn, opened, handler="choice", decision="choice", effects=_lesson(turn, picked))
    # While a dialog asks, a number that was not offered may be its answer: an age, a day.
    if (number := _number(word)) is not None and not any(frame.asked for frame in turn.session.frames):
        return _no_such(turn, number)
    return None


def _names_a_day(word: str, turn: Turn) -> bool:
    """«5号» while a dialog asks for a day is the day."""
    return word.endswith(("号", "日")) and any(frame.doubt for frame in turn.session.frames)


def _picked(word: str, offers: tuple[Choice, ...]) -> Choice | None:
    number = _number(word)
    if number is not None:
        return offers[number - 1] if 1 <= number <= len(offers) else None
    return next((offer for offer in offers if _calls(word, offer)), None)


def _calls(word: str, offer: Choice) -> bool:
    """Whether a folded word is an offer's own. Offers are long and many: fold only what begins to look alike."""
    start = word[:2]
    return any(start in own.lower() and word == folded(own) for own in (offer.say, offer.label))


def _number(word: str) -> int | None:
    found = NUMBER.fullmatch(word)
    if not found:
        return None
    text = found.group(1)
    if text.isdigit():
        return int(text)
    return sum(DIGITS[letter] for letter in text)


def _are_old(turn: Turn) -> bool:
    """Whether the offers are of another day: who writes a number then may well mean something else."""
    recent = turn.session.recent
    return bool(recent) and turn.now - recent[-1].at > OFFERED_FOR


def _which(turn: Turn) -> Outcome:
    root = open_target(ROOT, turn)
    opened = replace(root, reply=replace(root.reply, text=WHICH))
    return told(turn, opened, handler="choice", decision="old_choice")


def _no_such(turn: Turn, number: int) -> Outcome:
    offers = turn.session.offers
    text = f"刚才的选项里没有第{number}项，请在1到{len(offers)}里选，或者直接打字告诉我："
    # Pages not shown yet keep waiting; the door adds «更多» for them again.
    rest = turn.session.rest
    again = tuple(offer for offer in offers if not (rest and offer.target == MORE))
    return told(turn, Opened(Text(text, again), rest=rest), handler="choice", decision="no_such_choice")


def _lesson(turn: Turn, picked: Choice) -> tuple[Effect, ...]:
    """A pick after «您是不是想问» is a proposal for the editors, never learned silently."""
    last = turn.session.recent[-1] if turn.session.recent else None
    if last is None or last.target != DID_YOU_MEAN:
        return ()
    return (Learned(last.said, "" if picked.target == NONE_OF_THESE else picked.target),)
