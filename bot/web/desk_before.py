"""What an officer sees of what went before: what it is about, what the bot said, which answers come near."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.core.desk import Asked
from bot.dialogs.forms import FORMS
from bot.dialogs.last import OWN_SUBJECT, SHORT
from kb.answer import entry_text, procedure_text
from kb.decide import Sure
from kb.model import EntryId, ProcedureId
from kb.release import Release
from kb.search import search

SUGGESTED = 5
LEAST = 0.2
"""What is less likely is noise to an officer."""
ITEMS = frozenset({"entry", "procedure"})
QUESTIONS = ITEMS | {"close", "none", "urgent"}
VALUES = re.compile(r"[\d一二三四五六七八九十年月日号岁周个项条第选.、。，,/\-\s]+")
"""A number, a day or an age: the reply to something."""
DID = {
    "category": "打开了菜单",
    "close": "给了几个相近的问题",
    "none": "没有答上",
    "urgent": "提示了求助电话",
    "desk": "转人工",
    "remind": "设了提醒",
    "unremind": "取消了提醒",
    "reminders": "列出了提醒",
}
"""What the bot did, where no answer was opened."""


def headline(context: Sequence[Asked]) -> str:
    """What it is about: the question that led here; a dialog by its name; else the last words."""
    told = [asked for asked in context if _kind(asked.answer) != "desk" and asked.said]
    for asked in reversed(told):
        if _kind(asked.answer) == "dialog" and (form := FORMS.get(_form(asked.answer))):
            return form.title
        if _kind(asked.answer) in QUESTIONS and _names_something(asked.said):
            return asked.said
    questions = [asked.said for asked in told if _kind(asked.answer) in QUESTIONS and not is_value(asked.said)]
    return next(iter((*questions[-1:], *(asked.said for asked in told[-1:]))), "")


def before_doc(asked: Asked, release: Release, day: date) -> dict[str, Any]:
    """One earlier turn: what was said, what the bot did, its answer whole, and what came near where it was not sure."""
    kind, _, key = asked.answer.partition(":")
    near = [(one, score) for one, score in asked.found[:3] if score >= LEAST] if kind in {"close", "none"} else []
    return {
        "said": asked.said,
        "answer": _did(asked.answer, release),
        "text": _text(key, release, day) if kind in ITEMS else "",
        "found": [{"id": one, "question": release.title(one), "score": score} for one, score in near],
    }


def suggestions(said: str, context: Sequence[Asked], release: Release, day: date) -> list[dict[str, Any]]:
    """The bot's own last answer, and the best answers to these words; a sure one to them comes first."""
    found = search(release, said, day, SUGGESTED) if said else None
    near = [(one.id, one.score) for one in found.candidates if one.score >= LEAST] if found else []
    own = next((asked.answer.partition(":")[2] for asked in reversed(context) if _kind(asked.answer) in ITEMS), "")
    scores = dict(near)
    first = [key for key, _ in near[:1]] if found and isinstance(found.decision, Sure) else []
    texts = {key: text for key in dict.fromkeys((*first, own, *scores)) if (text := _text(key, release, day))}
    made = [
        {
            "id": key,
            "question": release.title(key),
            "score": round(scores.get(key, 0.0), 3),
            "own": key == own,
            "text": text,
        }
        for key, text in texts.items()
    ]
    return made[:SUGGESTED]


def is_value(said: str) -> bool:
    """Whether words only reply to something: a number, a day, an age."""
    return len(VALUES.sub("", said)) < 2


def _names_something(said: str) -> bool:
    return not is_value(said) and (len(said) > SHORT or OWN_SUBJECT.search(said) is not None)


def _kind(target: str) -> str:
    return target.partition(":")[0]


def _form(target: str) -> str:
    return target.partition(":")[2].partition("/")[0]


def _did(target: str, release: Release) -> str:
    kind, _, rest = target.partition(":")
    if kind in ITEMS:
        return release.title(rest)
    if kind == "dialog" and (form := FORMS.get(_form(target))):
        slot = form.slot(rest.partition("/")[2])
        return f"{form.title}：{slot.prompt}" if slot else f"{form.title}：算好并告诉了对方"
    return DID.get(kind, "寒暄或帮助")


def _text(key: str, release: Release, day: date) -> str:
    if entry := release.entries.get(EntryId(key)):
        return entry_text(release, entry, day)
    if procedure := release.procedures.get(ProcedureId(key)):
        return procedure_text(release, procedure, day)
    return ""
