"""Citizens in SQL, and the effects of their pushes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.core.effect import (
    AskPerson,
    CancelReminder,
    Delivered,
    Effect,
    Followed,
    Forget,
    Learned,
    Overheard,
    Rated,
    Remind,
)
from bot.core.ports import RowState
from bot.core.push import Channel, CitizenId, PushKey
from bot.store import desk_rows
from bot.store.base_sql import BaseSql, storable
from bot.store.engine import Clash
from bot.store.ratings_sql import forget_ratings, keep_rating
from bot.store.reminder_rows import cancel_reminder, forget_reminders, plan_reminder
from bot.store.states import PENDING, followed
from bot.store.tables import answer_log, citizens, effects_done, outbox, proposals, template_fates

SEEN_EVERY = timedelta(hours=1)
"""seen_at need not be more exact; most meetings then only read."""


class CitizensSql(BaseSql):
    """The part of Records about citizens."""

    async def citizen(self, channel: Channel, address: str, now: datetime) -> CitizenId:
        names = self._seal.address_keys(channel, address)

        def find_or_meet(connection: Connection) -> CitizenId:
            known = _find(connection, channel, names, now)
            return known or self._meet(connection, channel, names[0], address, now)

        with suppress(Clash):
            return await self._run(find_or_meet)
        # Another worker met the same citizen at the same moment, so now he is found.
        return await self._run(find_or_meet)

    async def address(self, citizen: CitizenId) -> str | None:
        query = select(citizens.c.address_box).where(citizens.c.id == citizen)
        return self._address(await self._run(lambda connection: connection.scalar(query)))

    async def flags(self, citizen: CitizenId) -> dict[str, str]:
        query = select(citizens.c.flags).where(citizens.c.id == citizen)
        return dict(await self._run(lambda connection: connection.scalar(query)) or {})

    async def perform(self, key: PushKey, citizen: CitizenId, effects: Sequence[Effect], now: datetime) -> None:
        def carry_out(connection: Connection) -> None:
            connection.execute(insert(effects_done).values(push_key=key, at=now))
            for effect in effects:
                if isinstance(effect, Remind):
                    text = self._seal.close(storable(effect.text).encode())
                    plan_reminder(connection, key, citizen, effect, text, now)
                else:
                    _carry_out(connection, citizen, effect, now)
                desk_rows.carry_out(connection, self._seal, citizen, key, effect, now)

        with suppress(Clash):  # done before
            await self._run(carry_out)

    def _meet(self, connection: Connection, channel: Channel, name: str, address: str, now: datetime) -> CitizenId:
        made = CitizenId(uuid.uuid4().hex)
        row = {"id": made, "channel": channel.value, "created_at": now, "seen_at": now}
        kept = {"address_key": name, "address_box": self._seal.close(address.encode()), "flags": {}}
        connection.execute(insert(citizens).values(**row, **kept))
        return made


def _find(connection: Connection, channel: Channel, names: tuple[str, ...], now: datetime) -> CitizenId | None:
    """The citizen of an address, under whichever secret it was named."""
    named = (citizens.c.channel == channel.value) & citizens.c.address_key.in_(names)
    query = select(citizens.c.id, citizens.c.seen_at, citizens.c.address_key).where(named)
    found = connection.execute(query).first()
    if found is None:
        return None
    if found.seen_at + SEEN_EVERY <= now or found.address_key != names[0]:
        seen = {"seen_at": now, "address_key": names[0]}
        connection.execute(update(citizens).where(citizens.c.id == found.id).values(**seen))
    return CitizenId(found.id)


def _carry_out(
    connection: Connection,
    citizen: CitizenId,
    effect: Followed | Forget | Delivered | Learned | Rated | CancelReminder | AskPerson | Overheard,
    now: datetime,
) -> None:
    match effect:
        case Followed(scene=scene):
            _follow(connection, citizen, storable(scene))
        case Forget():
            _forget(connection, citizen, now)
        case Delivered(message_id=message_id, status=status):
            told = {"message_id": storable(message_id), "status": storable(status)}
            connection.execute(insert(template_fates).values(**told, at=now))
        case Learned(said=said, picked=picked):
            learned = {"said": storable(said), "picked": storable(picked)}
            connection.execute(insert(proposals).values(**learned, at=now))
        case Rated():
            keep_rating(connection, citizen, effect, now)
        case CancelReminder(id=number):
            cancel_reminder(connection, citizen, number)
        case AskPerson() | Overheard():
            pass  # desk_rows does these


def _follow(connection: Connection, citizen: CitizenId, scene: str) -> None:
    his = citizens.c.id == citizen
    flags = connection.scalar(select(citizens.c.flags).where(his).with_for_update())
    connection.execute(update(citizens).where(his).values(flags=followed(flags or {}, scene)))


def _forget(connection: Connection, citizen: CitizenId, now: datetime) -> None:
    nothing: dict[str, Any] = {"address_key": None, "address_box": None, "flags": {}, "forgotten_at": now}
    connection.execute(update(citizens).where(citizens.c.id == citizen).values(**nothing))
    desk_rows.forget(connection, citizen, now)
    his = outbox.c.citizen == citizen
    connection.execute(update(outbox).where(his).values(payload=None))
    void = {"state": RowState.VOID.value, "settled_at": now}
    connection.execute(update(outbox).where(his & outbox.c.state.in_(PENDING)).values(**void))
    connection.execute(update(answer_log).where(answer_log.c.citizen == citizen).values(citizen=None))
    forget_ratings(connection, citizen)
    forget_reminders(connection, citizen)
