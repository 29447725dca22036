"""Drafts of entries in SQL: one open draft an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from bot.core.releases import Draft, DraftState
from bot.store.base_sql import storable
from bot.store.engine import Database
from bot.store.tables_release import entry_drafts

OPEN = entry_drafts.c.state.in_([DraftState.DRAFT.value, DraftState.SUBMITTED.value])


class DraftsSql:
    """The part of Releases about drafts."""

    def __init__(self, database: Database) -> None:
        self._run = database.run

    async def draft(self, entry: str) -> Draft | None:
        query = select(entry_drafts).where(OPEN & (entry_drafts.c.entry == entry)).order_by(entry_drafts.c.id.desc())
        row = await self._run(lambda connection: connection.execute(query.limit(1)).first())
        return _draft(row) if row else None

    async def drafts(self) -> Sequence[Draft]:
        query = select(entry_drafts).where(OPEN).order_by(entry_drafts.c.entry, entry_drafts.c.id)
        rows = await self._run(lambda connection: connection.execute(query).all())
        return list({row.entry: _draft(row) for row in rows}.values())

    async def save_draft(self, draft: Draft) -> None:
        row = {
            "entry": draft.entry,
            "text": storable(draft.text),
            "base": draft.base,
            "author": draft.author,
            "at": draft.at,
            "state": draft.state.value,
            "release": draft.release,
        }

        def save(connection: Connection) -> None:
            connection.execute(delete(entry_drafts).where(OPEN & (entry_drafts.c.entry == draft.entry)))
            connection.execute(insert(entry_drafts).values(**row))

        await self._run(save)

    async def drop_draft(self, entry: str) -> None:
        gone = delete(entry_drafts).where(OPEN & (entry_drafts.c.entry == entry))
        await self._run(lambda connection: connection.execute(gone))


def _draft(row: Row[Any]) -> Draft:
    return Draft(row.entry, row.text, row.base, row.author, row.at, DraftState(row.state), row.release)
