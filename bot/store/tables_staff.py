"""The tables of those who work here: accounts, sign-ins, and the trail of acts."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.store.tables import Instant, Serial, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("password", String(255), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("name"),
)
"""See core.staff. password: an argon2 hash. failed: attempts since the last that was right."""

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("staff", String(32), ForeignKey("staff.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "staff"),
    Index(None, "expires_at"),
)
"""Sign-ins. key: the hash of the cookie, so that who reads this table cannot use it."""

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("staff", String(32), nullable=False),
    Column("act", String(64), nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", String, nullable=False),
    Index(None, "at"),
    Index(None, "staff", "at"),
)
"""Who did what. It only grows; no foreign key, because the shell acts, too."""
