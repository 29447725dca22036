"""The engine: open, feed, back, cancel, restart, correct, resume — pure steps from frames and words to the same.

What the citizen said before each step is kept, so that «返回» undoes it. A frame whose form changed keeps what still
fits. Nothing here knows what a form is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.reply import Choice, Target, Text
from bot.core.session import Frame, Values
from bot.dialogs import slots
from bot.dialogs.filling import Scene, first_empty, pruned, spotted, with_value
from bot.dialogs.finish import finish
from bot.dialogs.schema import Form, Slot
from bot.dialogs.slots import Doubt, No, Value

RESUME_AFTER = timedelta(hours=6)
"""Who comes back later than this is asked whether to go on."""
MOST_PAST = 10
MOST_FRAMES = 3
CORRECTS = re.compile(
    r"^(?:不对|错了|说错了|写错了|更正|改一下|改成|不是)[，,。！ ]*(?:应该|是|应该是|改成|改为)?[，,： ]*(.+)$"
)
TAIL = "回复“返回”改上一题，“取消”退出；中途可以随时问别的。"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What comes of a step. answer: for the answer log. decision: asked, told, left …"""

    text: Text
    frames: tuple[Frame, ...]
    answer: Target
    decision: str = "asked"


def top(frames: tuple[Frame, ...], scene: Scene) -> Frame | None:
    """The dialog that is open or just came to its end, as its form is today; None when there is none."""
    known = [frame for frame in frames if frame.form in scene.forms]
    return _fitting(known[-1], scene) if known else None


def is_stale(frame: Frame, now: datetime) -> bool:
    return now - frame.at > RESUME_AFTER


def open_form(name: str, frames: tuple[Frame, ...], scene: Scene, said: str = "") -> Spoken:
    """Begin a form, or go on with it where it was left. said: the words that opened it may hold values already."""
    form = scene.forms[name]
    below = tuple(frame for frame in frames if frame.form != name)[-MOST_FRAMES + 1 :]
    left = next((frame for frame in frames if frame.form == name and frame.asked), None)
    if left is not None and left.values and (again := resume((*below, left), scene)):
        return again
    fresh = Frame(name, form.fingerprint, "", scene.now)
    frame = replace(fresh, values=spotted(form, (), said, scene)) if said else fresh
    if half := _half_said(form, frame, below, said, scene):
        return half
    heard = _heard(form, replace(frame, past=((),)))
    return _next(frame, below, scene, "\n".join(filter(None, (form.opening, heard))))


def feed(frames: tuple[Frame, ...], text: str, scene: Scene) -> Spoken | None:
    """The words as a reply to the open slot, or as a correction; None when they are neither."""
    frame = top(frames, scene)
    if frame is None:
        return None
    if corrected := _corrected(frame, frames, text, scene):
        return corrected
    slot = _open_slot(frame, scene)
    if slot is None:
        return None
    got = slots.read(slot, text, scene.today, frame.doubt)
    if is_stale(frame, scene.now) and slot.kind == "yesno":
        return None
    if isinstance(got, Value):
        values = (*frame.values, (slot.name, got.value))
        values = spotted(scene.forms[frame.form], values, text, scene)
    else:
        values = frame.values if slots.asks(text) else spotted(scene.forms[frame.form], frame.values, text, scene)
        if values == frame.values:
            return None
    return _next(_stepped(frame, values), frames[:-1], scene)


def miss(frames: tuple[Frame, ...], text: str, scene: Scene) -> Spoken | None:
    """Nobody understood the words: the doubt they left, then the hint, then the example and a person."""
    frame = top(frames, scene)
    slot = _open_slot(frame, scene) if frame else None
    if frame is None or slot is None:
        return None
    if is_stale(frame, scene.now):
        return resume(frames, scene)
    got = slots.read(slot, text, scene.today, frame.doubt)
    tried = replace(frame, failures=frame.failures + 1, at=scene.now)
    answer = Target(f"dialog:{frame.form}/{slot.name}")
    if isinstance(got, Doubt):
        kept = (*frames[:-1], replace(frame, doubt=got.pending, at=scene.now))
        return Spoken(Text(got.ask, _yes(frame, slot, got.pending)), kept, answer, "doubt")
    reason = got.reason if isinstance(got, No) else ""
    said = slot.hint if tried.failures == 1 else f"{slot.hint}\n例如：{slot.example}"
    asked = question(slot, frame.form)
    if tried.failures > 1:
        asked = replace(asked, choices=(*asked.choices, Choice("人工", "人工", Target("desk"))))
    text_ = replace(asked, text=f"{reason or '这一项我没有听明白。'}{said}")
    return Spoken(text_, (*frames[:-1], replace(tried, doubt="")), answer, "retry")


def fill(frames: tuple[Frame, ...], path: str, scene: Scene) -> Spoken | None:
    """A tapped reply, FORM/SLOT/VALUE; None when it fits nothing any more."""
    name, _, rest = path.partition("/")
    slot_name, _, value = rest.partition("/")
    form = scene.forms.get(name)
    slot = form.slot(slot_name) if form else None
    frame = top(frames, scene)
    if frame is None or slot is None or frame.form != name or not slots.still_fits(slot, value):
        return None
    return _next(_stepped(frame, with_value(frame.values, slot_name, value)), frames[:-1], scene)


def back(frames: tuple[Frame, ...], scene: Scene) -> Spoken | None:
    """Undo the last step; at the first question leave the dialog. None when no dialog is open."""
    frame = top(frames, scene)
    if frame is None:
        return None
    if not frame.past:
        return cancel(frames, scene)
    undone = replace(frame, values=frame.past[-1], past=frame.past[:-1], asked="", doubt="", failures=0)
    return _next(undone, frames[:-1], scene, "好的，回到上一题。")


def cancel(frames: tuple[Frame, ...], scene: Scene) -> Spoken | None:
    """Leave the dialog; the one below it, if any, is asked again. None when no dialog is open."""
    frame = top(frames, scene)
    if frame is None or not frame.asked:
        return None
    form = scene.forms[frame.form]
    again = Choice(form.label, form.label, Target(f"dialog:{form.id}"))
    text = Text(
        f"好的，{form.title}先到这里，刚才填的不保留。", (again, Choice("业务分类", "菜单", Target("category:")))
    )
    return Spoken(text, frames[:-1], Target(f"dialog:{form.id}"), "left")


def restart(frames: tuple[Frame, ...], scene: Scene) -> Spoken | None:
    """From the first question; None when no dialog is open."""
    frame = top(frames, scene)
    if frame is None:
        return None
    form = scene.forms[frame.form]
    return _next(Frame(form.id, form.fingerprint, "", scene.now), frames[:-1], scene, "好的，从头来。")


def resume(frames: tuple[Frame, ...], scene: Scene) -> Spoken | None:
    """Where we were, and the open question again. None when no dialog is open."""
    frame = top(frames, scene)
    slot = _open_slot(frame, scene) if frame else None
    if frame is None or slot is None:
        return None
    text = question(slot, frame.form)
    words = f"{where(frame, scene)}\n{text.text}"
    touched = (*frames[:-1], replace(frame, at=scene.now, doubt=""))
    return Spoken(replace(text, text=words), touched, Target(f"dialog:{frame.form}/{slot.name}"), "resumed")


def where(frame: Frame, scene: Scene) -> str:
    """What was told already, in one line."""
    form = scene.forms[frame.form]
    told = [f"{slot.label}：{slots.shown(slot, value)}" for name, value in frame.values if (slot := form.slot(name))]
    return f"{form.title}上次办到：{'；'.join(told)}。继续吗？" if told else f"{form.title}刚开了头，继续吗？"


def question(slot: Slot, form: str) -> Text:
    """A slot as it is asked."""
    choices = tuple(
        Choice(option.say, option.say, Target(f"slot:{form}/{slot.name}/{option.value}")) for option in slot.options
    )
    if slot.kind == "yesno":
        told = (("是", "yes"), ("否", "no"))
        choices = tuple(Choice(say, say, Target(f"slot:{form}/{slot.name}/{value}")) for say, value in told) + choices
    return Text(slot.prompt, choices, tail=TAIL)


def open_question(frames: tuple[Frame, ...], scene: Scene) -> tuple[Text, tuple[Frame, ...]] | None:
    """The open question as it is said again after something else, and the frames that were touched by it."""
    frame = top(frames, scene)
    slot = _open_slot(frame, scene) if frame else None
    if frame is None or slot is None:
        return None
    asked = question(slot, frame.form)
    form = scene.forms[frame.form]
    lead = where(frame, scene) if is_stale(frame, scene.now) else f"回到{form.title}："
    touched = (*frames[:-1], replace(frame, at=scene.now))
    if frame.doubt and not is_stale(frame, scene.now):
        return Text(f"{lead}\n{slots.settling(frame.doubt)}", _yes(frame, slot, frame.doubt), tail=TAIL), touched
    return replace(asked, text=f"{lead}\n{asked.text}"), touched


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────


def _next(frame: Frame, below: tuple[Frame, ...], scene: Scene, lead: str = "") -> Spoken:
    """Ask the next slot, or come to the end."""
    form = scene.forms[frame.form]
    values = pruned(form, frame.values, scene)
    frame = replace(frame, values=values, at=scene.now, doubt="", failures=0)
    slot = first_empty(form, dict(values), scene)
    if slot is None:
        text = finish(form, dict(values), scene.release, scene.today)
        return Spoken(text, (*below, replace(frame, asked="")), Target(f"dialog:{form.id}"), "told")
    asked = question(slot, form.id)
    heard = lead or _heard(form, frame)
    text = replace(asked, text="\n".join(filter(None, (heard, asked.text))))
    return Spoken(text, (*below, replace(frame, asked=slot.name)), Target(f"dialog:{form.id}/{slot.name}"))


def _yes(frame: Frame, slot: Slot, pending: str) -> tuple[Choice, ...]:
    """The tap that confirms a day; a month alone cannot be confirmed."""
    whole = pending.count("-") > 1
    return (Choice("是", "是", Target(f"slot:{frame.form}/{slot.name}/{pending}")),) if whole else ()


def _half_said(form: Form, frame: Frame, below: tuple[Frame, ...], said: str, scene: Scene) -> Spoken | None:
    """The words that opened a form told its first day by half: 我驾照明年三月到期."""
    slot = first_empty(form, dict(frame.values), scene)
    got = slots.read(slot, said, scene.today) if slot and slots.tells_end(said) else None
    if slot is None or not isinstance(got, Doubt):
        return None
    opened = replace(frame, asked=slot.name, doubt=got.pending)
    return Spoken(
        Text(f"{form.opening}\n{got.ask}", tail=TAIL), (*below, opened), Target(f"dialog:{form.id}/{slot.name}")
    )


def _heard(form: Form, frame: Frame) -> str:
    """What the last step understood, said back so that it can be corrected."""
    before = dict(frame.past[-1]) if frame.past else {}
    new = [(form.slot(name), value) for name, value in frame.values if before.get(name) != value]
    told = [f"{slot.label}：{slots.shown(slot, value)}" for slot, value in new if slot]
    return f"【记下了】{'；'.join(told)}。" if told else ""


def _corrected(frame: Frame, frames: tuple[Frame, ...], text: str, scene: Scene) -> Spoken | None:
    found = CORRECTS.match(text.strip())
    if found is None:
        return None
    form = scene.forms[frame.form]
    names = [frame.asked if frame.doubt else "", *(name for name, _ in reversed(frame.values))]
    for slot in filter(None, map(form.slot, names)):
        got = slots.read(slot, found[1], scene.today)
        if isinstance(got, Value):
            return _next(_stepped(frame, with_value(frame.values, slot.name, got.value)), frames[:-1], scene)
    return None


def _stepped(frame: Frame, values: Values) -> Frame:
    return replace(frame, values=values, past=(*frame.past, frame.values)[-MOST_PAST:])


def _open_slot(frame: Frame, scene: Scene) -> Slot | None:
    return scene.forms[frame.form].slot(frame.asked) if frame.asked else None


def _fitting(frame: Frame, scene: Scene) -> Frame:
    """The frame as its form is today: what still fits is kept, and the first question without an answer is asked."""
    form = scene.forms[frame.form]
    if frame.fingerprint == form.fingerprint:
        return frame
    fits = [(name, value) for name, value in frame.values if (one := form.slot(name)) and slots.still_fits(one, value)]
    values = pruned(form, tuple(fits), scene)
    slot = first_empty(form, dict(values), scene)
    asked = slot.name if slot else form.slots[-1].name
    return replace(frame, fingerprint=form.fingerprint, values=values, asked=asked, doubt="", failures=0, past=())
