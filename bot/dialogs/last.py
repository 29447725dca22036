"""The open question is said last, here and nowhere else: after whatever was answered, a dialog asks again."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.reply import Target, Text
from bot.core.session import Frame
from bot.core.turn import Outcome, Turn
from bot.dialogs.engine import open_question
from bot.dialogs.filling import Scene
from bot.dialogs.forms import FORMS

ANSWERS = frozenset({"entry", "procedure", "courtesy"})
"""Kinds of answers that stand by themselves; what they offer besides can wait until the dialog is over."""
SPEAKS_FOR_ITSELF = ("urgent", "handover", "dialog", "retry")
SHORT = 12
OWN_SUBJECT = re.compile("[车证照本牌号驾违罚扣分限检保]|事故|进京|摇号|投诉|你|您|欣欣|哈|嘿|谢")
LONGEST_TAIL = 180
"""Characters that stand below the choices; of more than that the question itself stays."""
DESK = Target("desk")
UNSETTLED = (Target("close:"), Target("none:"))
"""Exchanges in which a question was asked and not yet answered."""


def scene_of(turn: Turn) -> Scene:
    """What a dialog may know of a turn."""
    return Scene(FORMS, turn.release, turn.now)


def in_context(turn: Turn, text: str) -> str:
    """A question that names nothing of its own, with what it is about before it.

    While a dialog is open, what the dialog is about; after a question that only got choices, that question.
    """
    frame = next((one for one in reversed(turn.session.frames) if one.form in FORMS), None)
    if frame is None:
        return _after_choices(turn, text)
    if len(text) > SHORT or OWN_SUBJECT.search(text):
        return text
    return f"{FORMS[frame.form].topic} {text}"


def _after_choices(turn: Turn, text: str) -> str:
    last = turn.session.recent[-1] if turn.session.recent else None
    if last is None or last.target not in UNSETTLED or not turn.release.context.bare(text):
        return text
    return f"{last.said} {text}"


def question_last(turn: Turn, outcome: Outcome) -> Outcome:
    """The outcome with the open question below it. Danger and the wish for a person are not followed by one."""
    if outcome.need:
        return outcome
    outcome = _without_ended(turn, outcome)
    why, frames = outcome.why, outcome.session.frames
    if not frames or why.handler in SPEAKS_FOR_ITSELF or why.answer == DESK or why.answer.startswith("dialog:"):
        return outcome
    asked = open_question(frames, scene_of(turn))
    if asked is None or not outcome.replies or not all(isinstance(reply, Text) for reply in outcome.replies):
        return outcome
    question, touched = asked
    *before, last = (reply for reply in outcome.replies if isinstance(reply, Text))
    is_answer = not last.choices or why.answer.partition(":")[0] in ANSWERS
    last = _then(last, question) if is_answer else _besides(last, question)
    offers = tuple(choice for text in (*before, last) for choice in text.choices)
    return replace(outcome, replies=(*before, last), session=replace(outcome.session, frames=touched, offers=offers))


def _then(answer: Text, question: Text) -> Text:
    """An answer with its last line, then the question with its choices: the numbers are the question's."""
    text = "\n\n".join(filter(None, (answer.text, answer.tail, question.text)))
    return replace(answer, text=text, choices=question.choices, tail="")


def _besides(chosen_from: Text, question: Text) -> Text:
    """A list to choose from keeps the numbers; the question stands below it, what may be said to it in words."""
    says = "、".join(choice.say for choice in question.choices)
    asked = f"{question.text}（可以直接说：{says}）" if says else question.text
    tail = "\n\n".join(filter(None, (chosen_from.tail, asked)))
    return replace(chosen_from, tail=tail if len(tail) <= LONGEST_TAIL else asked[-LONGEST_TAIL:])


def _without_ended(turn: Turn, outcome: Outcome) -> Outcome:
    """A dialog at its end may be corrected in the very next turn, and is then forgotten."""
    before = turn.session.frames
    kept: tuple[Frame, ...] = tuple(one for one in outcome.session.frames if one.asked or one not in before)
    if kept == outcome.session.frames:
        return outcome
    return replace(outcome, session=replace(outcome.session, frames=kept))
