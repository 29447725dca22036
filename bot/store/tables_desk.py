"""The tables of the desk: conversations with officers, their lines, duty hours. What was said is sealed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.tables import Instant, Serial, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("citizen", String(32), ForeignKey("citizens.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("reason", String, nullable=False),
    Column("context", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    Column("word_at", Instant),
    Column("promised_at", Instant),
    Column("touched", Integer, nullable=False),
    Column("draft", LargeBinary),
    Index(None, "state", "since"),
    Index(
        "uq_conversations_open",
        "citizen",
        unique=True,
        postgresql_where=text("state IN ('waiting', 'request', 'served')"),
        sqlite_where=text("state IN ('waiting', 'request', 'served')"),
    ),
)
"""See core/desk.Conversation; this row is the floor. context holds masked words. The last index is the promise that a
citizen has one open conversation at most."""

desk_lines = Table(
    "desk_lines",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("key", String, nullable=False),
    Column("who", String(16), nullable=False),
    Column("text", LargeBinary),
    Column("at", Instant, nullable=False),
    UniqueConstraint("key"),
    Index(None, "conversation"),
)
"""text is sealed. A line that goes out has an outbox row «desk:<id>», written in the same transaction."""

duty_hours = Table(
    "duty_hours",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("weekday", Integer),
    Column("day", Date),
    Column("opens", Integer, nullable=False),
    Column("closes", Integer, nullable=False),
)
"""See core/desk.Hours."""
