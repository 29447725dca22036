"""The closed language of conditions in procedures: what a reply must be for a consequence to follow.

    {is: yes}                     the value itself
    {in: [C1, C2]}                one of several
    {gt: 90}  {lt: 18}            a number above, below (not equal)
    {days_until: {gt: 90}}        days from today to a date
    {days_since: {lt: 30}}        days from a date to today
    {age_at: {gt: 69}}            whole years from a birth date to today
    {before: 2025-01-01}          a date before, after (not equal)
    {all: [...]} {any: [...]} {not: {...}}

`check` proves a condition when content is built; `holds` tries it against a reply. Nothing else can be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

Value = str | int | float | bool | date
NESTED = ("days_until", "days_since", "age_at")


class BadWhen(ValueError):
    """A condition that is not of the language; the text says what is wrong."""


def check(when: object) -> None:
    """Raise BadWhen unless `when` is a condition of the language."""
    if not isinstance(when, Mapping) or not when:
        raise BadWhen(f"a condition is a mapping of operators, not {when!r}")
    for operator, operand in when.items():
        shape = _SHAPES.get(str(operator))
        if shape is None:
            raise BadWhen(f"no such operator: {operator}")
        shape(str(operator), operand)


def holds(when: Mapping[str, object], value: Value, today: date) -> bool:
    """Whether a reply meets a condition; several operators must all hold.

    value: yes or no (a bool will do), a number, a date, or a choice. A value of another kind than the operator asks
    for does not meet it. Raises BadWhen for what `check` refuses.
    """
    check(when)
    return all(_TESTS[operator](operand, _plain(value), today) for operator, operand in when.items())


# ── shapes ────────────────────────────────────────────────────────────────────────────────────────────────


def _scalar(operator: str, operand: object) -> None:
    if not isinstance(operand, str | int | float | date):
        raise BadWhen(f"{operator} takes one value, not {operand!r}")


def _several(operator: str, operand: object) -> None:
    if not isinstance(operand, list | tuple) or not operand:
        raise BadWhen(f"{operator} takes a list of values, not {operand!r}")
    for one in operand:
        _scalar(operator, one)


def _number(operator: str, operand: object) -> None:
    if isinstance(operand, bool) or not isinstance(operand, int | float):
        raise BadWhen(f"{operator} takes a number, not {operand!r}")


def _day(operator: str, operand: object) -> None:
    if _as_day(operand) is None:
        raise BadWhen(f"{operator} takes a date, not {operand!r}")


def _inner(operator: str, operand: object) -> None:
    check(operand)
    assert isinstance(operand, Mapping)
    if not set(operand) <= {"gt", "lt", "is", "in", "all", "any", "not"}:
        raise BadWhen(f"{operator} gives a number; {', '.join(map(str, operand))} cannot compare it")


def _conditions(operator: str, operand: object) -> None:
    if not isinstance(operand, list | tuple) or not operand:
        raise BadWhen(f"{operator} takes a list of conditions, not {operand!r}")
    for one in operand:
        check(one)


def _condition(operator: str, operand: object) -> None:
    check(operand)


_SHAPES: Mapping[str, Callable[[str, object], None]] = {
    "is": _scalar,
    "in": _several,
    "gt": _number,
    "lt": _number,
    **dict.fromkeys(NESTED, _inner),
    "before": _day,
    "after": _day,
    "all": _conditions,
    "any": _conditions,
    "not": _condition,
}


# ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────


def age(born: date, today: date) -> int:
    """Whole years; someone born on 29 February is a year older on 1 March of a common year."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _plain(value: Value) -> Value:
    """yes and no as the files write them; a moment as its day."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.date() if isinstance(value, datetime) else value


def _same(operand: object, value: Value) -> bool:
    if isinstance(value, date):
        return _as_day(operand) == value
    return operand == value and (type(operand) is type(value) or _numbers(operand, value))


def _numbers(*values: object) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _compare(operand: object, value: Value, sign: int) -> bool:
    if not (isinstance(operand, int | float) and isinstance(value, int | float)):
        return False
    return (value - operand) * sign > 0


def _span(operand: object, value: Value, count: Callable[[date], int], today: date) -> bool:
    return isinstance(value, date) and isinstance(operand, Mapping) and holds(operand, count(value), today)


def _as_day(operand: object) -> date | None:
    """A date, also as the compiled form writes it: 2025-01-01."""
    if isinstance(operand, str):
        try:
            return date.fromisoformat(operand)
        except ValueError:
            return None
    return operand if isinstance(operand, date) else None


def _is_before(operand: object, value: Value) -> bool:
    day = _as_day(operand)
    return day is not None and isinstance(value, date) and value < day


def _is_after(operand: object, value: Value) -> bool:
    day = _as_day(operand)
    return day is not None and isinstance(value, date) and value > day


def _each(operand: object, value: Value, today: date) -> list[bool]:
    assert isinstance(operand, list | tuple)
    return [holds(one, value, today) for one in operand]


def _in(operand: object, value: Value) -> bool:
    assert isinstance(operand, list | tuple)
    return any(_same(one, value) for one in operand)


def _not(operand: object, value: Value, today: date) -> bool:
    assert isinstance(operand, Mapping)
    return not holds(operand, value, today)


_TESTS: Mapping[str, Callable[[object, Value, date], bool]] = {
    "is": lambda operand, value, today: _same(operand, value),
    "in": lambda operand, value, today: _in(operand, value),
    "gt": lambda operand, value, today: _compare(operand, value, 1),
    "lt": lambda operand, value, today: _compare(operand, value, -1),
    "days_until": lambda operand, value, today: _span(operand, value, lambda day: (day - today).days, today),
    "days_since": lambda operand, value, today: _span(operand, value, lambda day: (today - day).days, today),
    "age_at": lambda operand, value, today: _span(operand, value, lambda day: age(day, today), today),
    "before": lambda operand, value, today: _is_before(operand, value),
    "after": lambda operand, value, today: _is_after(operand, value),
    "all": lambda operand, value, today: all(_each(operand, value, today)),
    "any": lambda operand, value, today: any(_each(operand, value, today)),
    "not": _not,
}
