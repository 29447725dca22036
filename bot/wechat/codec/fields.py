"""The fields of a parsed push, read with their types checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from xml.parsers.expat import ExpatError

from wechatpy import parse_message

from bot.core.errors import BadPush

BROKEN_XML = (ExpatError, KeyError, TypeError, AttributeError, ValueError)
"""What parse_message throws at XML that is no push (§11.2). ValueError includes «entities are disabled»."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters XML forbids; they occur raw inside citizens' words (§2)."""

SECONDS = re.compile(r"[0-9]{1,11}")
"""A Unix time; eleven digits reach the year 5138, so that it is always a date."""


class Fields:
    """A branch of a push: tag ⇒ text, None, a nested branch, or a list where a tag repeats."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self._raw = raw

    def text(self, tag: str) -> str:
        """The text of a field, empty when it is missing. Raises BadPush when it repeats or nests."""
        value = self._raw.get(tag)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise BadPush(400, "shape")
        return value

    def degrees(self, tag: str, most: float) -> float:
        """A coordinate between -most and most. Raises BadPush."""
        try:
            value = float(self.text(tag))
        except ValueError:
            raise BadPush(400, "shape") from None
        if not math.isfinite(value) or abs(value) > most:
            raise BadPush(400, "shape")
        return value

    def branch(self, tag: str) -> Fields:
        """A nested branch, empty when it is missing. Raises BadPush when it is text or repeats."""
        value = self._raw.get(tag)
        if value is None:
            return Fields({})
        if not isinstance(value, dict):
            raise BadPush(400, "shape")
        return Fields(value)

    def branches(self, tag: str) -> Iterator[Fields]:
        """A nested branch that may stand once or several times. Raises BadPush when one of them is text."""
        value = self._raw.get(tag)
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            if not isinstance(one, dict):
                raise BadPush(400, "shape")
            yield Fields(one)


def parse(xml: str) -> Fields:
    """Read the XML of a push. Raises BadPush.

    Nothing may stand before <xml>: that leaves no place for a document type and so none for entities, while a citizen
    may still write «<!DOCTYPE» as words.
    """
    xml = CONTROL.sub("", xml).lstrip()
    if not xml.startswith("<xml>"):
        raise BadPush(400, "not xml")
    try:
        return Fields(parse_message(xml)._data)
    except BROKEN_XML:
        raise BadPush(400, "not xml") from None


def seconds(text: str) -> int:
    """A Unix time. Raises BadPush."""
    if not SECONDS.fullmatch(text):
        raise BadPush(400, "time")
    return int(text)
