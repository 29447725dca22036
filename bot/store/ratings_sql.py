"""Votes on answers in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from bot.core.effect import Rated
from bot.core.push import CitizenId
from bot.store.base_sql import storable
from bot.store.tables_ratings import ratings


def keep_rating(connection: Connection, citizen: CitizenId, rated: Rated, now: datetime) -> None:
    """One vote an answer: the last one. Votes of a citizen come one after the other, as all his turns do."""
    values = {"value": rated.value, "at": now, "citizen": citizen}
    known = ratings.c.push_key == rated.push_key
    if connection.execute(update(ratings).where(known).values(**values)).rowcount:
        return
    about = {"push_key": rated.push_key, "answer": storable(rated.answer), "version": storable(rated.version)}
    connection.execute(insert(ratings).values(**about, **values))


def forget_ratings(connection: Connection, citizen: CitizenId) -> None:
    """What was voted stays; by whom does not."""
    connection.execute(update(ratings).where(ratings.c.citizen == citizen).values(citizen=None))
