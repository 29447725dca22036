"""What stands behind the targets of dialogs: dialog:FORM, slot:FORM/SLOT/VALUE, frame:back|cancel|restart|resume."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.reply import Choice, Target
from bot.core.session import Frame
from bot.core.turn import Turn
from bot.dialogs import engine
from bot.dialogs.engine import Spoken
from bot.dialogs.forms import FORMS
from bot.dialogs.last import scene_of
from kb.text import folded

STEPS = {"back": engine.back, "cancel": engine.cancel, "restart": engine.restart, "resume": engine.resume}


def open_dialog(kind: str, rest: str, turn: Turn) -> Spoken | None:
    """The step a target means; None when its dialog or slot is gone."""
    frames, scene = turn.session.frames, scene_of(turn)
    match kind:
        case "dialog":
            return engine.open_form(rest, frames, scene) if rest in FORMS else None
        case "slot":
            form = rest.partition("/")[0]
            return engine.fill(frames, rest, scene) or (open_dialog("dialog", form, turn) if form in FORMS else None)
        case _:
            step = STEPS.get(rest)
            return step(frames, scene) if step else None


def called(turn: Turn) -> Spoken | None:
    """The dialog whose opening words these are."""
    word = folded(turn.said)
    for form in FORMS.values():
        if word and (word == folded(form.label) or any(one.search(word) for one in form.says)):
            return engine.open_form(form.id, turn.session.frames, scene_of(turn), turn.said)
    return None


def offered_at(target: Target, frames: tuple[Frame, ...]) -> Iterator[Choice]:
    """The dialogs that are offered below a target, without those that are open."""
    is_open = {frame.form for frame in frames if frame.asked}
    for form in FORMS.values():
        if target in form.offered_by and form.id not in is_open:
            yield Choice(form.label, form.label, Target(f"dialog:{form.id}"))


def to_go_on(frames: tuple[Frame, ...]) -> Iterator[Choice]:
    """The way back to the dialog that is open."""
    frame = next((one for one in reversed(frames) if one.asked and one.form in FORMS), None)
    if frame is not None:
        yield Choice(f"继续{FORMS[frame.form].title}", "继续", Target("frame:resume"))
