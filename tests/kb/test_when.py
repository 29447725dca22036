"""The closed language of conditions: every operator at its edge, and everything else refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kb.when import BadWhen, Value, age, check, holds

TODAY = date(2026, 8, 1)


@pytest.mark.parametrize(
    ("when", "value", "met"),
    [
        ({"is": "yes"}, "yes", True),
        ({"is": "yes"}, True, True),
        ({"is": "no"}, True, False),
        ({"is": 3}, 3.0, True),
        ({"is": "3"}, 3, False),
        ({"is": "2026-08-01"}, TODAY, True),
        ({"in": ["C1", "C2"]}, "C2", True),
        ({"in": ["C1", "C2"]}, "A1", False),
        ({"gt": 90}, 90, False),
        ({"gt": 90}, 91, True),
        ({"lt": 18}, 18, False),
        ({"lt": 18}, 17.5, True),
        ({"gt": 1}, "2", False),
        ({"days_until": {"gt": 90}}, date(2026, 10, 30), False),
        ({"days_until": {"gt": 90}}, date(2026, 10, 31), True),
        ({"days_until": {"lt": 0}}, date(2026, 7, 31), True),
        ({"days_since": {"lt": 30}}, date(2026, 7, 3), True),
        ({"days_since": {"lt": 30}}, date(2026, 7, 2), False),
        ({"age_at": {"gt": 69}}, date(1956, 8, 1), True),
        ({"age_at": {"gt": 69}}, date(1956, 8, 2), False),
        ({"age_at": {"gt": 69}}, "1956-08-01", False),
        ({"before": date(2025, 1, 1)}, date(2024, 12, 31), True),
        ({"before": "2025-01-01"}, date(2025, 1, 1), False),
        ({"after": date(2025, 1, 1)}, datetime(2025, 1, 2, 8), True),
        ({"after": date(2025, 1, 1)}, "明天", False),
        ({"all": [{"gt": 1}, {"lt": 5}]}, 3, True),
        ({"all": [{"gt": 1}, {"lt": 5}]}, 5, False),
        ({"any": [{"is": 1}, {"is": 2}]}, 2, True),
        ({"not": {"is": "yes"}}, "no", True),
        ({"gt": 1, "lt": 5}, 6, False),
    ],
)
def test_holds(when: dict[str, object], value: Value, met: bool) -> None:
    assert holds(when, value, TODAY) is met


@pytest.mark.parametrize(
    "when",
    [
        {},
        "yes",
        {"ge": 3},
        {"gt": "3"},
        {"gt": True},
        {"in": "C1"},
        {"in": []},
        {"is": ["yes"]},
        {"days_until": 90},
        {"days_until": {"before": date(2025, 1, 1)}},
        {"before": 2025},
        {"before": "明年"},
        {"all": {"gt": 1}},
        {"all": []},
        {"not": "yes"},
        {"any": [{"gtt": 1}]},
    ],
)
def test_anything_else_is_refused_with_a_reason(when: object) -> None:
    with pytest.raises(BadWhen, match=r".+"):
        check(when)


def test_born_on_a_leap_day() -> None:
    born = date(2008, 2, 29)
    assert [age(born, day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [17, 18]
