"""Figures written in a text: every number that is no reference, in digits or in Chinese numerals."""

from __future__ import annotations

import re

FACT = re.compile(r"\{fact:([^}|]+)(\|value)?\}")
"""A figure placed in a text: {fact:ID} with its unit, {fact:ID|value} without."""
HOTLINES = frozenset({"12123", "120", "122", "110", "119", "12345"})
_CLASS = re.compile(r"[A-EM-P]\d(?:/?[A-EM-P]?\d)*")
_SUBJECTS = re.compile(r"[Ss]ubjects? \d(?:(?:, | and | or )\d)*")
"""科目一 … 科目四 in English."""
_LIST_NUMBER = re.compile(r"(?m)^\d[.、]")
_UNIT = r"个?(?:日|天|年|月|小时|分钟|分(?!别|开|析|行|清|类)|元|周岁|岁|公里|米|倍|%|次(?!性)|工作日|星期)"
_NUMERAL = "(?<![第哪这那上下每某任同再另头])[零一二三四五六七八九十百千两半]+"
_FIGURE = re.compile(rf"(?<![A-Za-z0-9第])\d+(?:\.\d+)?|{_NUMERAL}(?={_UNIT})")
AROUND = 8


def written_figures(text: str) -> list[str]:
    """Each figure with a few characters around it; hotlines, list numbers, class codes and {fact:…} are none."""
    plain = _SUBJECTS.sub("", _LIST_NUMBER.sub("", _CLASS.sub("", FACT.sub("", text))))
    found = (one for one in _FIGURE.finditer(plain) if one.group() not in HOTLINES)
    return [plain[max(0, one.start() - AROUND) : one.end() + AROUND].replace("\n", " ") for one in found]
