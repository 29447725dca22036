"""值班时间: when officers answer, and what is promised when they do not. Duty hours are data; this reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.desk import Hours

USUAL = tuple(Hours(9 * 60, 17 * 60, weekday=day) for day in range(5))
"""In force until somebody enters others."""
ALWAYS = tuple(Hours(0, 24 * 60, weekday=day) for day in range(7))
"""Around the clock: a demonstration begins with these rows, for it is shown in the evening, too."""
FAR = 30
"""Days looked ahead for the next opening."""
NOTED = "您的问题已经记下，"
NOT_SAID = "已经记下您要找工作人员。请现在就把问题发给我，会一并记下；"
WEEKDAYS = "一二三四五六日"


def on_duty(hours: Sequence[Hours], now: datetime) -> bool:
    """Whether an officer is there now."""
    return any(opens <= now < closes for opens, closes in _spans(hours, now))


def next_opening(hours: Sequence[Hours], now: datetime) -> datetime | None:
    """When an officer will be there next; None when no row says so within a month."""
    days = (now + timedelta(days=ahead) for ahead in range(FAR))
    return min((opens for day in days for opens, _ in _spans(hours, day) if opens > now), default=None)


def promise(promised: datetime | None, now: datetime, *, asked: bool = True) -> str:
    """What a citizen is told who asks for a person off duty. asked: whether he said what it is about."""
    when = _when(promised, now) if promised else ""
    noted = NOTED if asked else NOT_SAID
    return f"现在不在人工值班时间，{noted}工作人员{when}上班后会看到并回复您。"


def _when(at: datetime, now: datetime) -> str:
    days = (at.date() - now.date()).days
    if days < 2:
        return f"{'今天' if days == 0 else '明天'}{at:%H:%M}"
    return f"{at.month}月{at.day}日（周{WEEKDAYS[at.weekday()]}）{at:%H:%M}"


def _spans(hours: Sequence[Hours], moment: datetime) -> list[tuple[datetime, datetime]]:
    """The duty hours of a day: those of its date where there are any, else those of its weekday."""
    day = moment.date()
    rows = [row for row in hours if row.day == day] or [
        row for row in hours if row.day is None and row.weekday == day.weekday()
    ]
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    at = [(midnight + timedelta(minutes=row.opens), midnight + timedelta(minutes=row.closes)) for row in rows]
    return [(opens, closes) for opens, closes in at if opens < closes]
