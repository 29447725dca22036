"""What the tests of Records do all the time."""

from __future__ import annotations

from datetime import timedelta

from bot.core.ports import OutboxRow, RowState
from bot.core.push import Channel, CitizenId
from bot.core.reply import Text
from tests.store.conftest import RecordsBench
from tests.store.samples import NOW, OPENID

SECOND = timedelta(seconds=1)
WECHAT = Channel.WECHAT


async def meet(shelf: RecordsBench, address: str = OPENID) -> CitizenId:
    return await shelf.records.citizen(WECHAT, address, NOW)


async def put(shelf: RecordsBench, key: str, citizen: CitizenId, text: str = "") -> None:
    await shelf.records.put(key, citizen, WECHAT, [Text(text or key)], NOW)


async def take(shelf: RecordsBench, limit: int = 20, after: timedelta = timedelta()) -> list[OutboxRow]:
    return list(await shelf.records.take(NOW + after, 30.0, limit))


async def held(shelf: RecordsBench, key: str, citizen: CitizenId) -> OutboxRow:
    """A row that could not be sent."""
    await put(shelf, key, citizen)
    (row,) = await take(shelf)
    await shelf.records.settle(row.id, RowState.HELD, NOW, reason="no window")
    return row
