"""The tables of releases and drafts."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.store.tables import Instant, Serial, metadata

releases = Table(
    "releases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("base", String(64), nullable=False),
    Column("proposer", String(64), nullable=False),
    Column("approver", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("note", String, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("procedures", Integer, nullable=False),
    Column("report", JSON, nullable=False),
    Column("files", LargeBinary, nullable=False),
    Index(None, "at"),
)
"""See core.releases.ReleaseRow. files: the content files, packed; never changed."""

release_sources = Table(
    "release_sources",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("release", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
"""Hashes of content folders that were imported, so that each is proposed once."""

release_compiled = Table(
    "release_compiled",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("release", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Index(None, "at"),
)
"""Compiled forms, by release and by the code that made them. May be lost at any time."""

release_current = Table(
    "release_current",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("release", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)
"""One row: what is in force."""

release_acts = Table(
    "release_acts",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("sequence", Integer, nullable=False),
    Column("release", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("act", String(16), nullable=False),
    Column("staff", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("sequence"),
)
"""Every change of what is in force. It only grows; the unique number lets only one change win."""

entry_drafts = Table(
    "entry_drafts",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("entry", String(16), nullable=False),
    Column("text", String, nullable=False),
    Column("base", String(64), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("release", String(64), nullable=False),
    Index(None, "entry", "state"),
    Index(None, "release"),
)
"""See core.releases.Draft."""
