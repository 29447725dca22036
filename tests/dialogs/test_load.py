"""A form file is refused with its line and a reason, before anybody is asked a question that leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogs.forms import FORMS
from bot.dialogs.load import BadForm, load_form
from kb.release import Release

HEAD = "id: x\ntitle: 题\ntopic: 题\nlabel: 开始\nopening: 好\nslots:\n"
SLOT = "  - {name: a, kind: date, label: 日, prompt: 哪天, hint: 写日期, example: 2027年3月5日}\n"
BAD = {
    "no slots": (HEAD + "  []\n", 7, "without a slot"),
    "no hint": (HEAD + "  - {name: a, kind: date, label: 日, prompt: 哪天, example: 三月}\n", 7, "missing: hint"),
    "empty prompt": (HEAD + '  - {name: a, kind: date, label: 日, prompt: "", hint: 写, example: 三月}\n', 7, "empty"),
    "unknown kind": (HEAD + SLOT.replace("date", "colour"), 7, "no such kind"),
    "twice": (HEAD + SLOT + SLOT, 8, "stands twice"),
    "dead end": (HEAD + SLOT.replace("date", "choice"), 7, "dead end"),
    "never reached": (
        HEAD + SLOT + SLOT.replace("name: a", "name: b").replace("}", ", when: [{slot: c, meets: {is: yes}}]}"),
        8,
        "never reached",
    ),
    "bad condition": (
        HEAD + SLOT + SLOT.replace("name: a", "name: b").replace("}", ", when: [{slot: a, meets: {near: 3}}]}"),
        8,
        "no such operator",
    ),
    "first not always": (HEAD + SLOT.replace("}", ", when: [{slot: a, meets: {is: yes}}]}"), 7, "never reached"),
    "unknown field": (HEAD + SLOT.replace("}", ", colour: red}"), 7, "unknown: colour"),
    "bad pattern": (HEAD.replace("slots:", 'says: ["("]\nslots:') + SLOT, 6, "no pattern"),
    "no mapping": ("- 1\n", 1, "a mapping is missing"),
    "no yaml": ("a: [\n", 2, "no YAML"),
}


@pytest.mark.parametrize(("text", "line", "why"), BAD.values(), ids=list(BAD))
def test_a_bad_form_is_refused(tmp_path: Path, text: str, line: int, why: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(BadForm) as refused:
        load_form(path)
    assert (refused.value.line, refused.value.file) == (line, path) and why in refused.value.why


def test_every_form_is_offered_by_something_that_exists(release: Release) -> None:
    for form in FORMS.values():
        assert form.offered_by
        for target in form.offered_by:
            kind, _, key = target.partition(":")
            held = {"entry": release.entries, "procedure": release.procedures}.get(kind)
            assert key in held if held is not None else release.subcategory(key)


def test_every_example_answers_its_own_question() -> None:
    from datetime import date

    from bot.dialogs.slots import Value, read

    for form in FORMS.values():
        for slot in form.slots:
            assert isinstance(read(slot, slot.example, date(2026, 11, 25)), Value), slot.name
