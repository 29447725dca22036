"""Days as people say them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogs.days import Found, Maybe, NoSuchDay, find_day, plus_months, plus_years

TODAY = date(2026, 11, 25)
SAID: dict[str, Found] = {
    "2027年3月5日": date(2027, 3, 5),
    "2027-3-5": date(2027, 3, 5),
    "2027.03.05到期": date(2027, 3, 5),
    "20270305": date(2027, 3, 5),
    "27年3月5号": date(2027, 3, 5),
    "二〇二七年三月五日": date(2027, 3, 5),
    "明年3月5号": date(2027, 3, 5),
    "明年三月二十九号": date(2027, 3, 29),
    "去年12月31日": date(2025, 12, 31),
    "下个月五号": date(2026, 12, 5),
    "上个月31号": date(2026, 10, 31),
    "今天": date(2026, 11, 25),
    "大后天": date(2026, 11, 28),
    "十天后": date(2026, 12, 5),
    "两周前": date(2026, 11, 11),
    "明年三月": Maybe(month=(2027, 3)),
    "2027年3月": Maybe(month=(2027, 3)),
    "下个月": Maybe(month=(2026, 12)),
    "三月": Maybe(month=(2027, 3)),
    "明年二月底": Maybe(date(2027, 2, 28)),
    "这个月底": Maybe(date(2026, 11, 30)),
    "3月5日": Maybe(date(2027, 3, 5)),
    "二十九号": Maybe(date(2026, 11, 29)),
    "五年前": Maybe(date(2021, 11, 25)),
    "半年后": Maybe(date(2027, 5, 25)),
    "2027年2月29日": NoSuchDay("2027年2月29日"),
    "2028年2月29日": date(2028, 2, 29),
    "13月": NoSuchDay("13月1日"),
    "九千年后": None,
    "9999年后": NoSuchDay("9999年后"),
    "不知道": None,
    "": None,
}


@pytest.mark.parametrize(("said", "found"), SAID.items(), ids=list(SAID))
def test_a_day_is_found_or_doubted(said: str, found: Found) -> None:
    assert find_day(said, TODAY) == found


def test_the_day_alone_completes_the_month_that_was_asked() -> None:
    assert find_day("二十九号", TODAY, (2027, 3)) == date(2027, 3, 29)
    assert find_day("15", TODAY, (2027, 3)) == date(2027, 3, 15)
    assert find_day("30号", TODAY, (2027, 2)) == NoSuchDay("2027年2月30日")


def test_years_and_months_end_on_a_day_that_exists() -> None:
    assert plus_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert plus_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert plus_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
