"""The one way of writing content files: the same items always give the same bytes.

Fields stand in a fixed order, defaults are left out, short things stand on one line, long text in a block. Comments do
not survive; what is worth saying has a field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from typing import Any

from kb.model import Entry, Fact, Golden, Procedure

Item = Entry | Fact | Golden | Procedure

_ORDER = {
    "Precondition": "slot ask kind choices when then",
    "Entry": "id kind question similar answer online proxy appointment basis effective_from effective_to review_by "
    "audience related en",
    "Fact": "id value unit of applies_from applies_to law article checked_on verified note",
    "Golden": "question gold half note",
    "Procedure": "id title taxonomy version status effective_from effective_to review_by audience basis preconditions "
    "materials steps channels time_limit fee result next mistakes rejections unit escalation relations",
}
_BLOCKS = frozenset({"Basis", "Relations", "Precondition", "Material", "Wording", "Then"})
"""Written over several lines; every other small thing stands on one."""
_ALWAYS = {"Basis": "cites"}
"""Written even when empty: practice says that it cites nothing."""
_TIGHT = frozenset({"Golden"})
"""Items with no empty line between them."""
_PLAIN = re.compile(r"[\w（《“·…【][^\n:#,\[\]{}\"']*", re.UNICODE)
_PLAIN_LINE = re.compile(r"[\w（《“·…【][^\n]*", re.UNICODE)
_OTHER = re.compile(r"~|null|-?(?:0|[1-9]\d*)|-?\d+\.\d+|\d{4}-\d\d-\d\d|y|n|yes|no|true|false|on|off", re.IGNORECASE)
_WORDS = frozenset({"yes", "no"})


def canonical(items: Iterable[Item]) -> str:
    """A whole file of items of one kind."""
    texts = []
    tight = False
    for item in items:
        lines = _mapping(_given(item), "  ")
        tight = type(item).__name__ in _TIGHT
        texts.append("- " + "\n".join(lines)[2:] + "\n")
    return ("" if tight else "\n").join(texts)


def _given(item: Any) -> dict[str, Any]:
    """Field ⇒ value, in the written order, without defaults."""
    defaults = {field.name: _default(field) for field in fields(item)}
    order = _ORDER.get(type(item).__name__, " ".join(defaults)).split()
    values = {name: getattr(item, name) for name in order}
    keep = _ALWAYS.get(type(item).__name__)
    return {
        name: value
        for name, value in values.items()
        if defaults[name] is MISSING or value != defaults[name] or name == keep
    }


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _mapping(values: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for name, value in values.items():
        if name == "answer":
            lines += [f"{indent}{name}: |", *_literal(value, indent + "  ")]
        elif is_dataclass(value) and type(value).__name__ in _BLOCKS:
            lines += [f"{indent}{name}:", *_mapping(_given(value), indent + "  ")]
        elif name == "similar" or (isinstance(value, tuple) and value and is_dataclass(value[0])):
            lines += [f"{indent}{name}:", *_list(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {_flow(value, inside=False)}")
    return lines


def _list(values: Iterable[Any], indent: str) -> list[str]:
    lines: list[str] = []
    for value in values:
        if is_dataclass(value) and type(value).__name__ in _BLOCKS:
            inner = _mapping(_given(value), indent + "  ")
            lines += [f"{indent}- {inner[0].lstrip()}", *inner[1:]]
        else:
            lines.append(f"{indent}- {_flow(value, inside=False)}")
    return lines


def _literal(text: str, indent: str) -> list[str]:
    return [f"{indent}{line}".rstrip() for line in text.strip().splitlines()]


def _flow(value: Any, *, inside: bool) -> str:
    """A value on one line; inside brackets more must be quoted."""
    if isinstance(value, str):
        return _scalar(value, inside=inside)
    if is_dataclass(value):
        value = _given(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(one, inside=True)}" for name, one in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_flow(one, inside=True) for one in value) + "]"
    return value.isoformat() if isinstance(value, date) else str(value)


def _scalar(text: str, *, inside: bool) -> str:
    plain = _PLAIN.fullmatch(text) if inside else _PLAIN_LINE.fullmatch(text)
    unsafe = text != text.strip() or ": " in text or " #" in text or text.endswith(":")
    if not plain or unsafe or (_OTHER.fullmatch(text) and text not in _WORDS):
        return json.dumps(text, ensure_ascii=False)
    return text
