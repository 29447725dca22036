"""The table of reminders."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.store.tables import Instant, Serial, metadata

reminders = Table(
    "reminders",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("push_key", String, nullable=False),
    Column("citizen", String(32), ForeignKey("citizens.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("due", Date, nullable=False),
    Column("days_before", Integer, nullable=False),
    Column("ring_at", Instant, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    UniqueConstraint("push_key"),
    Index(None, "state", "ring_at"),
    Index(None, "citizen", "state"),
)
"""See core.reminders.Reminder. push_key: the push that asked for it; a repeated push makes one. text: sealed."""
