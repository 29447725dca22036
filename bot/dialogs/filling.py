"""Which slots a form asks with the values it has, and values read for those nobody asked yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.session import Values
from bot.dialogs import slots
from bot.dialogs.load import placed
from bot.dialogs.schema import Form, Slot
from kb.release import Release
from kb.when import BadWhen, holds


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step may know besides the frames."""

    forms: Mapping[str, Form]
    release: Release
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()


def first_empty(form: Form, values: Mapping[str, str], scene: Scene) -> Slot | None:
    return next((one for one in form.slots if one.name not in values and _is_asked(one, form, values, scene)), None)


def pruned(form: Form, values: Values, scene: Scene) -> Values:
    """Without what was answered only because of an answer that has changed since."""
    kept = dict(values)
    for slot in form.slots:
        if slot.name in kept and not _is_asked(slot, form, kept, scene):
            del kept[slot.name]
    return tuple((name, value) for name, value in values if name in kept)


def spotted(form: Form, values: Values, said: str, scene: Scene) -> Values:
    """The values with what else the words tell."""
    for slot in form.slots:
        if slot.name not in dict(values) and _is_asked(slot, form, dict(values), scene):
            found = slots.spot(slot, said, scene.today)
            values = (*values, (slot.name, found.value)) if found else values
    return values


def with_value(values: Values, name: str, value: str) -> Values:
    """The values with one put in its place."""
    if any(known == name for known, _ in values):
        return tuple((known, value if known == name else old) for known, old in values)
    return (*values, (name, value))


def _is_asked(slot: Slot, form: Form, values: Mapping[str, str], scene: Scene) -> bool:
    return all(_meets(one.meets, form.slot(one.slot), values.get(one.slot), scene) for one in slot.when)


def _meets(meets: Mapping[str, object], slot: Slot | None, value: str | None, scene: Scene) -> bool:
    if slot is None or value is None:
        return False

    def figure(key: str) -> object:
        fact = scene.release.fact(key, scene.today)
        return fact.value if fact else None

    try:
        return holds(placed(meets, figure), slots.plain(slot, value), scene.today)
    except BadWhen:
        return True  # the figure is not in force: ask rather than guess
