"""A bare number after a day is no choice any more: we ask what it means. A label still is."""

from __future__ import annotations

from datetime import timedelta

from bot.handlers.choice import WHICH
from tests.house import House


async def test_a_number_of_another_day_is_asked_about(house: House) -> None:
    phone = await house.phone()
    await phone.says("驾驶人业务")
    house.clock.offset += timedelta(hours=25)
    await phone.says("1")
    assert house.last.line.decision == "old_choice" and house.last.line.answer == ""
    assert WHICH in house.last.said.replies[0].text
    await phone.says("1")
    assert house.last.line.decision == "choice", "what was offered just now counts"


async def test_a_number_of_the_same_day_and_a_label_of_any_day_are_choices(house: House) -> None:
    phone = await house.phone()
    await phone.says("驾驶人业务")
    label = house.last.said.replies[0].choices[0].label
    house.clock.offset += timedelta(hours=23)
    await phone.says("1")
    assert house.last.line.decision == "choice"
    await phone.says("驾驶人业务")
    house.clock.offset += timedelta(hours=25)
    await phone.says(label)
    assert house.last.line.decision in {"choice", "command"}
