"""表单: a dialog as a value — its slots in the order they are asked, and who offers it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.reply import Target

Kind = Literal["date", "number", "choice", "yesno"]


@dataclass(frozen=True, slots=True)
class Option:
    """One reply a slot offers. say: shown, and what a tap says. also: other words for it."""

    say: str
    value: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    """A slot is asked only if another one has a value that meets a condition of kb.when.

    A figure in it is written fact:F-E04-05; the row in force takes its place.
    """

    slot: str
    meets: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Slot:
    """空: one thing to be asked.

    prompt: the question. hint: for the second try. example: for the third. label: its name where it is repeated.
    optional: «跳过» leaves it empty. least, most: bounds of a number.
    """

    name: str
    kind: Kind
    label: str
    prompt: str
    hint: str
    example: str
    options: tuple[Option, ...] = ()
    when: tuple[If, ...] = ()
    optional: bool = False
    least: int = 0
    most: int = 999

    def option(self, value: str) -> Option | None:
        return next((option for option in self.options if option.value == value), None)


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog.

    title: what it is called in a sentence. topic: what questions asked on the way are about, unless they say so. label:
    the offer that opens it. offered_by: targets below which it is offered. says: patterns of words that open it.
    opening: said before the first question.
    """

    id: str
    title: str
    topic: str
    label: str
    opening: str
    slots: tuple[Slot, ...]
    offered_by: tuple[Target, ...] = ()
    says: tuple[re.Pattern[str], ...] = ()

    def slot(self, name: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.name == name), None)

    @property
    def fingerprint(self) -> str:
        """Changes when a value given before may mean something else."""
        asked = [(slot.name, slot.kind, [option.value for option in slot.options]) for slot in self.slots]
        return hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
