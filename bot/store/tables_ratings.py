"""The table of votes on answers."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from bot.store.tables import Instant, Serial, metadata

ratings = Table(
    "ratings",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("push_key", String, nullable=False),
    Column("citizen", String(32)),
    Column("answer", String, nullable=False),
    Column("version", String, nullable=False),
    Column("value", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("push_key"),
    Index(None, "citizen"),
    Index(None, "at"),
    Index(None, "answer", "at"),
)
"""push_key: of the push that was answered, as in answer_log, whose line is written later and joined by it. value: 1
useful, -1 not; a later vote replaces it. citizen is empty after the citizen was forgotten."""
