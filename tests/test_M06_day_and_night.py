"""M06: answered at any hour; the crash half of the row stands in tests/faults."""

from __future__ import annotations

from datetime import datetime

from bot.core.clock import SHANGHAI
from tests.house import House


async def test_M06_three_in_the_morning_of_national_day(house: House) -> None:
    night = datetime(2027, 10, 1, 3, 0, tzinfo=SHANGHAI)
    house.clock.offset = night - datetime.now(SHANGHAI)
    phone = await house.phone()
    delivery = await phone.says("驾驶证丢了怎么补办")
    assert delivery.succeeded
    assert house.last.line.answer == "entry:B05-001"
    assert house.last.line.at.hour == 3
