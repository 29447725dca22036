"""Days as people say them: 2027年3月5日, 明年三月, 二十九号, 下个月五号, 五年前. What is not exact is a doubt."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Maybe:
    """Half understood: a day that must be confirmed, or a month without its day."""

    day: date | None = None
    month: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class NoSuchDay:
    """The calendar has no such day. text: as it was said, in digits."""

    text: str


Found = date | Maybe | NoSuchDay | None

DIGITS = dict(zip("零〇一二三四五六七八九两", "001234567892", strict=True))
TENS = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")
ONE = re.compile("[零〇一二三四五六七八九两](?=[年月号日个天周岁零〇一二三四五六七八九\\d]|星期|$)")
YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2, "大后年": 3}
MONTHS = {
    "上个月": -1,
    "上月": -1,
    "这个月": 0,
    "本月": 0,
    "当月": 0,
    "下个月": 1,
    "下月": 1,
    "下下个月": 2,
    "下下月": 2,
}
DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2, "大后天": 3}

FULL = re.compile(r"(?<!\d)(\d{4}|\d{2}(?=年))\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?!\d)")
COMPACT = re.compile(r"(?<!\d)(20\d\d|19\d\d)(\d\d)(\d\d)(?!\d)")
NEAR_YEAR = re.compile(r"(大后年|前年|去年|今年|明年|后年)的?(\d{1,2})月份?的?(?:(\d{1,2})[日号]?|(底|末))?")
YEAR_MONTH = re.compile(r"(?<!\d)(\d{4}|\d{2})年(\d{1,2})月份?(底|末)?")
NEAR_MONTH = re.compile(f"({'|'.join(sorted(MONTHS, key=len, reverse=True))})的?(?:(\\d{{1,2}})[日号]|(底|末))?")
MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})[月./](\d{1,2})[日号]?")
MONTH = re.compile(r"(?<![\d个])(\d{1,2})月份?(底|末)?")
DAY = re.compile(r"(?<!\d)(\d{1,2})[日号]")
AGO = re.compile(r"(\d{1,4})\s*个?(天|日|周|星期|礼拜|月|年)(?:之|以)?(后|前)")
SPOKEN_DAY = re.compile("|".join(sorted(DAYS, key=len, reverse=True)))


def find_day(text: str, today: date, month: tuple[int, int] | None = None) -> Found:
    """The first day a text names. text: folded. month: the one we just asked the day of."""
    plain = arabic(text)
    if found := FULL.search(plain) or COMPACT.search(plain):
        return _day(_year(found[1]), int(found[2]), int(found[3]))
    if found := NEAR_YEAR.search(plain):
        return _in_month(today.year + YEARS[found[1]], int(found[2]), found[3], found[4])
    if found := YEAR_MONTH.search(plain):
        return _in_month(_year(found[1]), int(found[2]), None, found[3])
    if found := NEAR_MONTH.search(plain):
        return _in_month(*_month_from(today, MONTHS[found[1]]), found[2], found[3])
    if found := AGO.search(plain):
        return _ago(int(found[1]), found[2], 1 if found[3] == "后" else -1, today)
    return _without_year(plain, today, month)


def arabic(text: str) -> str:
    """Numbers that were written as words, in digits, as far as days and ages need it."""
    text = text.replace("半年", "6个月").replace("半个月", "15天")
    text = TENS.sub(lambda found: str(int(DIGITS.get(found[1], "1")) * 10 + int(DIGITS.get(found[2], "0"))), text)
    return ONE.sub(lambda found: DIGITS[found[0]], text)


def plus_months(day: date, months: int) -> date:
    """So many months later; the last day of the month where that has no such day."""
    year, month = _month_from(day, months)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def plus_years(day: date, years: int) -> date:
    """The same day so many years later; 28 February for a 29th that the year has not."""
    return plus_months(day, 12 * years)


def said_day(day: date) -> str:
    """2027年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────


def _without_year(plain: str, today: date, month: tuple[int, int] | None) -> Found:
    if found := MONTH_DAY.search(plain):
        return _nearest(int(found[1]), int(found[2]), today)
    if found := MONTH.search(plain):
        near = _nearest(int(found[1]), 1, today)
        return (
            _in_month(near.day.year, near.day.month, None, found[2]) if isinstance(near, Maybe) and near.day else near
        )
    if month and (bare := re.fullmatch(r"(\d{1,2})[日号]?", plain)):
        return _day(*month, int(bare[1]))
    if found := DAY.search(plain):
        named = _day(*(month or (today.year, today.month)), int(found[1]))
        return named if month or not isinstance(named, date) else Maybe(named)
    if found := SPOKEN_DAY.search(plain):
        return today + timedelta(days=DAYS[found[0]])
    return None


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else 2000 + int(text)


def _day(year: int, month: int, day: int) -> date | NoSuchDay:
    try:
        return date(year, month, day)
    except ValueError:
        return NoSuchDay(f"{year}年{month}月{day}日")


def _in_month(year: int, month: int, day: str | None, end: str | None) -> Found:
    if day:
        return _day(year, month, int(day))
    first = _day(year, month, 1)
    if isinstance(first, NoSuchDay):
        return NoSuchDay(f"{year}年{month}月")
    return Maybe(first.replace(day=calendar.monthrange(year, month)[1])) if end else Maybe(month=(year, month))


def _month_from(day: date, months: int) -> tuple[int, int]:
    count = day.year * 12 + day.month - 1 + months
    return count // 12, count % 12 + 1


def _nearest(month: int, day: int, today: date) -> Found:
    """The day of that name that is least far away, to be confirmed."""
    near = [_day(year, month, day) for year in (today.year - 1, today.year, today.year + 1)]
    days = [one for one in near if isinstance(one, date)]
    if not days:
        return NoSuchDay(f"{month}月{day}日")
    return Maybe(min(days, key=lambda one: abs((one - today).days)))


def _ago(count: int, unit: str, sign: int, today: date) -> Found:
    try:
        match unit:
            case "天" | "日":
                return today + timedelta(days=sign * count)
            case "周" | "星期" | "礼拜":
                return today + timedelta(weeks=sign * count)
            case "月":
                return Maybe(plus_months(today, sign * count))
            case _:
                return Maybe(plus_years(today, sign * count))
    except (ValueError, OverflowError):
        return NoSuchDay(f"{count}{unit}{'后' if sign > 0 else '前'}")
