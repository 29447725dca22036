"""Form files ⇒ Form, or BadForm with file, line and reason: whole, reachable, no dead end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml

from bot.core.reply import Target
from bot.dialogs.schema import Form, If, Kind, Option, Slot
from kb.when import BadWhen, check

FORM = {"id", "title", "topic", "label", "opening", "slots"}
FORM_MAY = {"offered_by", "says"}
SLOT = {"name", "kind", "label", "prompt", "hint", "example"}
SLOT_MAY = {"options", "when", "optional", "least", "most"}
FIGURE = "fact:"


class BadForm(Exception):
    """A form file that is not a form. file: as given. line: from 1. why: one sentence."""

    def __init__(self, file: Path, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file, self.line, self.why = file, line, why


def load_forms(folder: Path) -> dict[str, Form]:
    """Every form of a folder by its id. Raises BadForm."""
    forms = [load_form(path) for path in sorted(folder.glob("*.yaml"))]
    return {form.id: form for form in forms}


def load_form(path: Path) -> Form:
    """The form of a file. Raises BadForm."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadForm(path, mark.line + 1 if mark else 1, "no YAML") from None
    return _Reader(path).form(node)


class _Reader:
    """Reads one file; knows where things stand in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def form(self, node: yaml.Node | None) -> Form:
        doc, at = self._fields(node, FORM, FORM_MAY)
        slots: list[Slot] = []
        for child in at["slots"].value:
            slots.append(self._slot(child, slots))
        if not slots:
            raise self._bad(at["slots"], "a form without a slot")
        if slots[0].when:
            raise self._bad(at["slots"], f"the first slot, {slots[0].name}, must always be asked")
        return Form(
            doc["id"],
            doc["title"],
            doc["topic"],
            doc["label"],
            doc["opening"],
            tuple(slots),
            tuple(map(Target, doc.get("offered_by", ()))),
            tuple(self._pattern(at["says"], one) for one in doc.get("says", ())),
        )

    def _slot(self, node: yaml.Node, before: Sequence[Slot]) -> Slot:
        doc, at = self._fields(node, SLOT, SLOT_MAY)
        if doc["kind"] not in get_args(Kind):
            raise self._bad(at["kind"], f"no such kind: {doc['kind']}")
        if any(slot.name == doc["name"] for slot in before):
            raise self._bad(at["name"], f"{doc['name']} stands twice")
        options = tuple(self._option(one) for one in at["options"].value) if "options" in at else ()
        if doc["kind"] == "choice" and len(options) < 2:
            raise self._bad(node, f"{doc['name']} offers no choice: a dead end")
        whens = tuple(self._if(one, before) for one in at["when"].value) if "when" in at else ()
        numbers = {name: doc[name] for name in ("least", "most") if name in doc}
        if doc["kind"] == "number" and numbers.get("least", 0) > numbers.get("most", 999):
            raise self._bad(node, f"no number fits {doc['name']}: a dead end")
        words = {name: doc[name] for name in SLOT}
        return Slot(**words, options=options, when=whens, optional=bool(doc.get("optional", False)), **numbers)

    def _option(self, node: yaml.Node) -> Option:
        doc, _ = self._fields(node, {"say", "value"}, {"also"})
        return Option(doc["say"], doc["value"], tuple(doc.get("also", ())))

    def _if(self, node: yaml.Node, before: Sequence[Slot]) -> If:
        doc, at = self._fields(node, {"slot", "meets"}, set())
        if not any(slot.name == doc["slot"] for slot in before):
            raise self._bad(at["slot"], f"{doc['slot']} is not asked before, so this is never reached")
        try:
            check(placed(doc["meets"], lambda _: 0))
        except BadWhen as error:
            raise self._bad(at["meets"], str(error)) from None
        return If(doc["slot"], doc["meets"])

    def _pattern(self, node: yaml.Node, text: str) -> re.Pattern[str]:
        try:
            return re.compile(text)
        except re.error as error:
            raise self._bad(node, f"no pattern: {text}: {error}") from None

    def _fields(
        self, node: yaml.Node | None, must: set[str], may: set[str]
    ) -> tuple[dict[str, Any], dict[str, yaml.Node]]:
        """The values of a mapping and where each stands; every field is there, known, and not empty."""
        if not isinstance(node, yaml.MappingNode):
            raise BadForm(self._path, node.start_mark.line + 1 if node else 1, "a mapping is missing here")
        at = {str(key.value): value for key, value in node.value}
        if missing := must - at.keys():
            raise self._bad(node, f"missing: {', '.join(sorted(missing))}")
        if unknown := at.keys() - must - may:
            raise self._bad(node, f"unknown: {', '.join(sorted(unknown))}")
        loader = yaml.SafeLoader("")
        doc = {name: loader.construct_document(value) for name, value in at.items()}
        for name in must:
            if doc[name] in ("", None):
                raise self._bad(at[name], f"{name} is empty")
        return doc, at

    def _bad(self, node: yaml.Node, why: str) -> BadForm:
        return BadForm(self._path, node.start_mark.line + 1, why)


def placed(when: object, figure: Any) -> Any:
    """A condition with every fact:ID replaced by figure(ID)."""
    if isinstance(when, Mapping):
        return {key: placed(one, figure) for key, one in when.items()}
    if isinstance(when, list | tuple):
        return [placed(one, figure) for one in when]
    return figure(when.removeprefix(FIGURE)) if isinstance(when, str) and when.startswith(FIGURE) else when
