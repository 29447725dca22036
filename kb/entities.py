"""Identifiers in a citizen's words, wherever and however they are written; also dates and licence classes.

What must never be logged: identity numbers, plates, phone numbers, licence and file numbers, bank cards, passports,
frame numbers. They come spaced, dashed, full width, in Chinese digits (一二三, 壹贰叁, 幺 两), with pictures inside.
Recall comes before precision; but article numbers, hotlines, years and amounts stay readable.

A text is first read into *cells*: one per character that is a digit or a letter, with its place in the original; what
separates them is kept aside. Patterns then look at the cells alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

Kind = Literal["id", "plate", "phone", "file", "card", "passport", "frame"]


@dataclass(frozen=True, slots=True)
class Span:
    """kind: what it is. start, end: place in the original text, end exclusive."""

    kind: Kind
    start: int
    end: int


_DIGITS = {
    **dict(zip("零〇一二三四五六七八九", "00123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖弌弍弎", "123456789123", strict=True)),
    **dict(zip("貳參陸兩两幺么叄", "23622113", strict=True)),
    **dict(zip("洞拐勾", "079", strict=True)),
}
_WEAK = set("点杠横")
"""Read aloud between the parts of a plate or number."""
_COMMAS = set(",，、\n")
_SPOKEN = {(3, 4, 4), (3, 3, 5), (4, 4, 3), (3, 8), (4, 7), (6, 8, 4), (6, 4, 4, 4)}
_BREAKS = set("，。；！？：、,;!?:\n\r()（）“”\"'《》<>=+%％￥$¥~～")
"""Ends a number for good, unless a strong pattern goes across a comma."""

_WORDS = re.compile("[\u4e00-\u9fff，。？！、；：\\s]+")
_WORD_DIGITS = re.compile(f"[{''.join(_DIGITS)}]")
_SHORTEST = 5
"""A plate has a letter and four more before 警, 学 or 挂; nothing else is shorter."""

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_KNOWN = frozenset(
    [
        "110",
        "119",
        "120",
        "122",
        "999",
        "12123",
        "12345",
        "12389",
        "12328",
        "12329",
        "12315",
        "12122",
        "12306",
        "12348",
        "12378",
        "12337",
        "12368",
        "96011",
        "95119",
        "10086",
        "10010",
    ]
)
"""Numbers everybody may know: in a list of these nothing is personal."""
_AFTER_AMOUNT = re.compile(
    r"\s*(?:多)?\s*(?:元|块|万|亿|公里|千米|米|公斤|千克|吨|毫升|毫克|辆|人|条|款|分|%|％|km|kg)"
)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s*[-./年]\s*(?:1[0-2]|0?[1-9])(?:\s*[-./月]\s*(?:3[01]|[12]\d|0?[1-9])(?!\d)(?:\s*日)?)?"
    r"(?:\s+(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?"
)
_CLASSES = re.compile(r"(?<![a-z0-9])(?:[abc][123]|c[456]|[defmnp])(?:[照证本]|驾驶证|驾照)?(?![a-z0-9])", re.I)


@lru_cache(maxsize=64)
def identifiers(text: str) -> tuple[Span, ...]:
    """Every identifier, in order, none overlapping; places are those of the original text. Remembered for a moment."""
    # Most of what people write holds too few digits and letters for any, and this is asked for every message.
    if len(_WORDS.sub("", text)) + len(_WORD_DIGITS.findall(text)) < _SHORTEST:
        return ()
    found = [*_plates(text), *_frames_and_passports(text), *_numbers(text)]
    found.sort(key=lambda span: (span.start, -span.end))
    merged: list[Span] = []
    for span in found:
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.kind, last.start, max(last.end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def dates(text: str) -> tuple[tuple[int, int], ...]:
    """Places of dates with a year: 2026-07-17, 2026年7月, 2026/7/17 08:30."""
    return tuple(found.span() for found in _DATE.finditer(text))


def licence_classes(text: str) -> tuple[str, ...]:
    """准驾车型 named in a text, upper case, in order: C1, A2. A lone letter counts only before 照, 证 or 本."""
    plain = unicodedata.normalize("NFKC", text)
    classes = (found.group().upper() for found in _CLASSES.finditer(plain))
    return tuple(name.rstrip("照证本驾驶") for name in classes if len(name) > 1)


# ── cells ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Cell:
    """sign: 0-9, A-Z or a province. place: in the original. chinese: a digit written as a word."""

    sign: str
    place: int
    chinese: bool = False


@lru_cache(maxsize=4096)
def _sign(letter: str) -> tuple[str, bool]:
    """What a character stands for, and whether it is a digit written as a word; empty when it stands for nothing."""
    if letter in _DIGITS:
        return _DIGITS[letter], True
    plain = unicodedata.normalize("NFKC", letter)
    if len(plain) == 1 and plain.isascii() and plain.isalnum():
        return plain.upper(), False
    if len(plain) == 1 and plain.isdecimal():
        return str(unicodedata.decimal(plain)), False
    return ("X", False) if plain in ("×", "✕") else ("", False)


def _is_gap(letter: str) -> bool:
    """May stand inside a number: spaces, dashes, dots, pictures, marks without width."""
    if letter in _BREAKS or (letter.isalpha() and letter not in _WEAK):
        return False
    return letter in _WEAK or not letter.isalnum()


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────

_IDENTITY = re.compile(r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_OLD_IDENTITY = re.compile(r"[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_MOBILE = re.compile(r"(?:0?86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0?86)?0?(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}|[48]00\d{7}|[2-8]\d{7}(?:\d{1,4})?")


def _numbers(text: str) -> Iterator[Span]:
    covered = [span for span in dates(text) if not _inside_a_number(text, *span)]
    for run in _runs(text, covered):
        for part in (run,) if _looks_dictated(text, run) else _at_commas(text, run):
            if kind := _kind(text, part):
                yield Span(kind, part[0].place, part[-1].place + 1)


def _runs(text: str, covered: list[tuple[int, int]]) -> Iterator[list[_Cell]]:
    """Digits (and a last X) that belong together: at most three gaps or one comma between two of them."""
    run: list[_Cell] = []
    gaps = commas = 0
    hidden = {place for start, end in covered for place in range(start, end)}
    for place, letter in enumerate(text):
        sign, chinese = ("", False) if place in hidden else _sign(letter)
        if sign.isdigit() or (sign == "X" and len(run) in (17, 14)):
            run.append(_Cell(sign, place, chinese))
            gaps = commas = 0
            continue
        if run and letter in _COMMAS and commas == 0:
            commas += 1
            continue
        gaps += 1
        if place in hidden or sign or not _is_gap(letter) or gaps > 3:
            yield run
            run, gaps, commas = [], 0, 0
    yield run


def _kind(text: str, run: list[_Cell]) -> Kind | None:
    """What a run of digits is; None when it is an amount, a list of hotlines, years, or too short."""
    digits = "".join(cell.sign for cell in run)
    if len(digits) < 8:
        return None
    if _IDENTITY.search(digits) and len(digits) != 19:
        return "id"
    groups = _groups(text, run)
    if all(group in _KNOWN or _is_year(group) for group in groups):
        return None
    if _MOBILE.fullmatch(digits):
        return "phone"
    if _AFTER_AMOUNT.match(text, run[-1].place + 1) and (len(digits) < 11 or max(map(len, groups)) <= 5):
        return None
    return _by_length(digits, groups)


def _by_length(digits: str, groups: list[str]) -> Kind | None:
    length = len(digits)
    if length >= 16:
        return "id" if length in (17, 18) else "card"
    if length == 15:
        return "id" if _OLD_IDENTITY.fullmatch(digits) else "card"
    if _LANDLINE.fullmatch(digits) and not _is_day(digits):
        return "phone"
    if length in (11, 12, 13, 14):
        return "file" if length == 12 else "phone" if length == 11 else "card"
    return "phone" if (length == 10 and len(groups) > 1) or (length in (9, 10) and digits[0] == "0") else None


def _groups(text: str, run: list[_Cell]) -> list[str]:
    groups = [run[0].sign]
    for before, cell in pairwise(run):
        if cell.place == before.place + 1:
            groups[-1] += cell.sign
        else:
            groups.append(cell.sign)
    return groups


def _at_commas(text: str, run: list[_Cell]) -> Iterator[list[_Cell]]:
    part: list[_Cell] = []
    for cell in run:
        if part and any(letter in _COMMAS for letter in text[part[-1].place : cell.place]):
            yield part
            part = []
        part.append(cell)
    if part:
        yield part


def _looks_dictated(text: str, run: list[_Cell]) -> bool:
    """Commas inside one number: digit by digit, or in the blocks in which people say phones and cards."""
    if not run:
        return False
    sizes = tuple(map(len, _groups(text, run)))
    return max(sizes) == 1 or sizes in _SPOKEN or (len(sizes) >= 4 and set(sizes[:-1]) == {4} and sizes[-1] <= 4)


def _is_year(group: str) -> bool:
    return len(group) == 4 and group[:2] in ("19", "20")


def _is_day(digits: str) -> bool:
    """20260717 is a day, not a phone."""
    return (
        len(digits) == 8 and digits[:2] in ("19", "20") and "01" <= digits[4:6] <= "12" and "01" <= digits[6:] <= "31"
    )


def _inside_a_number(text: str, start: int, end: int) -> bool:
    """110101-1990-01-01-1234: the date is part of an identity number when digits stand close on either side."""
    before, after = text[max(0, start - 3) : start], text[end : end + 3]
    near = [letter for letter in (before[-2:], after[:2]) if any(_sign(one)[0].isdigit() for one in letter)]
    return bool(near) and not re.match(r"\s*(?:到|至|~|～|—|-)?\s*(?:19|20)\d\d\s*[-./年]", text[end:])


# ── plates, passports, frames ─────────────────────────────────────────────────────────────────────────────

_TAIL = "挂学警港澳试超领使应急"
_GAP = r"(?:[^\w，。；！？：、,;!?:()（）]|[_牌照点杠]){0,3}"
_CHINESE = "".join(_DIGITS)
_ANY = rf"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ{_CHINESE}]"
_LETTER = "[A-Za-zＡ-Ｚａ-ｚ]"
_PLATE = re.compile(
    rf"(?:[{PROVINCES}]{_GAP}{_LETTER}(?:{_GAP}{_ANY}){{4,6}}(?:{_GAP}[{_TAIL}])?"
    rf"|[使领]{_GAP}(?:{_ANY}{_GAP}){{5}}{_ANY}"
    rf"|[WwＷｗ]{_GAP}[JjＪｊ]{_GAP}[{PROVINCES}]?(?:{_GAP}{_ANY}){{5,7}}"
    rf"|(?:车牌|牌照|号牌|车号|牌号|挂着)[是为号：:\s]{{0,4}}{_LETTER}(?:{_GAP}{_ANY}){{5,6}}"
    rf"|(?:民航|[军空海北沈兰济南广成])[{PROVINCES}]?{_GAP}{_LETTER}(?:{_GAP}{_ANY}){{5}})"
)
_FRAME = re.compile(r"(?i)(?<![0-9A-Z])(?=[0-9A-Z]*\d)(?=[0-9A-Z]*[A-Z])[0-9A-HJ-NPR-Z]{17}(?![0-9A-Z])")
_PASSPORT = re.compile(r"(?<![0-9A-Za-z])(?:[EGDSPHMCKTegdsphmckt][A-Za-z]?\d{7,10})(?![0-9A-Za-z])")


def _plates(text: str) -> Iterator[Span]:
    start = 0
    while found := _PLATE.search(text, start):
        body = re.sub(rf"[{PROVINCES}]", "", found.group())
        if sum(_sign(letter)[0].isdigit() for letter in body) >= 3:
            yield Span("plate", *found.span())
            start = found.end()
        else:
            start = found.start() + 1


def _frames_and_passports(text: str) -> Iterator[Span]:
    plain = "".join(sign if len(sign := unicodedata.normalize("NFKC", letter)) == 1 else letter for letter in text)
    for found in _FRAME.finditer(plain):
        yield Span("frame", *found.span())
    for found in _PASSPORT.finditer(plain):
        yield Span("passport", *found.span())
