"""The tables of the long memory. Portable constructs only; the migrations build the same, and a test compares them.

What citizens said unmasked, and where to write to them, is sealed (seal.py): it stands in no column in plain.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from bot.core.clock import SHANGHAI

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """A moment: an aware datetime in, one in Asia/Shanghai out. Stored as UTC; SQLite keeps no zone and needs none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI)


Serial = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only what is called INTEGER."""

citizens = Table(
    "citizens",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("address_key", String(64)),
    Column("address_box", LargeBinary),
    Column("flags", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("forgotten_at", Instant),
    UniqueConstraint("channel", "address_key"),
)
"""One row a citizen. address_key: a keyed hash, to find the row by. address_box: the address, sealed. Both are empty
once the citizen is forgotten; the row stays, so that his old id is nobody's."""

effects_done = Table(
    "effects_done",
    metadata,
    Column("push_key", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)
"""Pushes whose effects were carried out, in the same transaction."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("citizen", String(32), ForeignKey("citizens.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("payload", LargeBinary),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("said_by", String),
    Column("reason", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    UniqueConstraint("key"),
    Index(None, "state", "next_try_at"),
    Index(None, "citizen", "state"),
    Index(None, "state", "created_at"),
    Index(
        "uq_outbox_going",
        "citizen",
        unique=True,
        postgresql_where=text("state = 'going'"),
        sqlite_where=text("state = 'going'"),
    ),
)
"""See ports.OutboxRow. payload: replies and push, sealed; empty once nobody needs them. said_by: the push in whose
answer the row was said. The last index is the promise that no citizen is written to twice at once."""

answer_log = Table(
    "answer_log",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("push_key", String, nullable=False),
    Column("citizen", String(32)),
    Column("channel", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("said", String, nullable=False),
    Column("handler", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("version", String, nullable=False),
    Column("category", String, nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("release", String, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("rating", Integer),
    UniqueConstraint("push_key"),
    Index(None, "citizen"),
    Index(None, "at"),
    Index(None, "channel", "at"),
    Index(None, "decision", "at"),
    Index(None, "category", "at"),
    Index(None, "answer", "at"),
)
"""See ports.LogLine; said is masked. citizen is empty while SQL could not give one, and after the citizen was
forgotten; no foreign key, because a line must never be lost for the sake of one."""

proposals = Table(
    "proposals",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("said", String, nullable=False),
    Column("picked", String, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)
"""What citizens picked when they were offered several questions; said is masked, and nobody's name stands beside it."""

template_fates = Table(
    "template_fates",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("message_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "message_id"),
    Index(None, "at"),
)
"""What the platform told about template messages."""
