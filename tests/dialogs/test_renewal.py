"""The renewal window day by day: figures and articles are those of the release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.reply import Text
from bot.dialogs.services.renewal import reckon, reminder_text
from kb.answer import UNVERIFIED
from kb.model import FactId
from kb.release import Release

EXPIRY = "2027-03-05"
NOT_YET, NOW, LATE, GONE = "还没到时间", "现在就能办", "已经过期，还能换", "过期太久"
DAYS = [
    ("2027-03-05", "2026-12-04", NOT_YET, "2026年12月5日到2027年3月5日"),
    ("2027-03-05", "2026-12-05", NOW, "还剩90天"),
    ("2027-03-05", "2026-12-06", NOW, "还剩89天"),
    ("2027-03-05", "2027-03-05", NOW, "今天是最后一天"),
    ("2027-03-05", "2027-03-06", LATE, "2028年3月5日之前"),
    ("2027-03-05", "2028-03-04", LATE, "不要开车"),
    ("2027-03-05", "2028-03-05", GONE, "2030年3月5日"),
    ("2027-03-05", "2028-03-06", GONE, "科目一"),
    ("2027-03-05", "2030-03-05", GONE, "可以恢复"),
    ("2027-03-05", "2030-03-06", GONE, "重新申请"),
    ("2028-02-29", "2027-11-30", NOT_YET, "2027年12月1日"),
    ("2028-02-29", "2027-12-01", NOW, "还剩90天"),
    ("2028-02-29", "2028-02-29", NOW, "今天是最后一天"),
    ("2028-02-29", "2028-03-01", LATE, "2029年2月28日之前"),
    ("2028-02-29", "2029-02-28", GONE, "不要开车"),
    ("2027-05-31", "2027-03-01", NOT_YET, "还有1天"),
    ("2027-05-31", "2027-03-02", NOW, "2027年3月2日到2027年5月31日"),
]


def told(release: Release, today: str, **values: str) -> Text:
    whole = {"expiry": EXPIRY, "place": "home", "age": "40", **values}
    return reckon(whole, release, date.fromisoformat(today))


@pytest.mark.parametrize(("expiry", "today", "stage", "piece"), DAYS, ids=[f"{e}@{t}" for e, t, *_ in DAYS])
def test_the_window_on_its_borders(release: Release, expiry: str, today: str, stage: str, piece: str) -> None:
    text = told(release, today, expiry=expiry).text
    assert stage in text and piece in text
    assert ("第七十九条" if stage == GONE else "第六十三条") in text and "2022年4月1日起" in text and "保证" not in text


def test_the_end_is_reckoned_from_the_beginning_and_the_term(release: Release) -> None:
    text = told(release, "2026-11-25", expiry="unsure", issued="2021-03-05", term="F-B04-03").text
    assert "2026年12月5日到2027年3月5日" in text and "第十三条" in text and "推算" in text


def test_a_licence_without_end_needs_no_renewal(release: Release) -> None:
    text = told(release, "2026-11-25", expiry="long").text
    assert "不用期满换证" in text and "70周岁" in text


@pytest.mark.parametrize(
    ("age", "vehicle", "sees", "lacks"),
    [
        ("69", "small", "", "能力测试"),
        ("70", "small", "能力测试", "到龄换证"),
        ("62", "", "", "到龄换证"),
        ("63", "large", "满63周岁", "能力测试"),
        ("69", "light", "", "到龄换证"),
        ("70", "light", "到龄换证", "保证"),
    ],
)
def test_age_adds_what_the_figures_say(release: Release, age: str, vehicle: str, sees: str, lacks: str) -> None:
    given = {"age": age, **({"vehicle": vehicle} if vehicle else {})}
    text = told(release, "2027-01-01", **given).text
    assert sees in text and lacks not in text


def test_elsewhere_means_moving_the_licence_too(release: Release) -> None:
    assert "转入换证" in told(release, "2027-01-01", place="elsewhere").text
    assert "转入换证" not in told(release, "2027-01-01").text


def test_abroad_may_delay_at_the_place_of_issue(release: Release) -> None:
    text = told(release, "2027-04-01", place="away").text
    assert "核发地" in text and "2028年3月5日之前" in text and "最长3年" in text and "第七十五条" in text
    assert GONE in told(release, "2028-03-05", place="away").text


@pytest.mark.parametrize("missing", ["F-B04-01", "F-B04-05"])
def test_without_the_figure_nothing_is_reckoned(release: Release, missing: str) -> None:
    facts = {key: rows for key, rows in release.facts.items() if key != missing}
    text = told(replace(release, facts=facts), "2027-01-01").text
    assert UNVERIFIED in text and "2026年12月5日" not in text


def test_a_changed_figure_changes_the_window(release: Release) -> None:
    (row,) = release.facts[FactId("F-B04-01")]
    later = replace(row, value=60, applies_from=date(2027, 1, 1))
    changed = replace(release, facts={**release.facts, row.id: (row, later)})
    assert "2026年12月5日" in told(changed, "2026-12-31").text
    assert "2027年1月4日" in told(changed, "2027-01-01").text


def test_reminders_are_offered_only_for_what_lies_ahead(release: Release) -> None:
    def offered(today: str) -> list[str]:
        return [one.target for one in told(release, today).choices if one.target.startswith("remind:")]

    assert offered("2026-11-25") == ["remind:renewal/2027-03-05/90", "remind:renewal/2027-03-05/30"]
    assert offered("2026-12-05") == ["remind:renewal/2027-03-05/30"]
    assert offered("2027-03-01") == []
    assert "今天起" in reminder_text(date(2027, 3, 5), 90) and "30天" in reminder_text(date(2027, 3, 5), 30)
