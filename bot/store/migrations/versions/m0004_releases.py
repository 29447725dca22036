"""Releases, drafts of entries and what was decided about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _releases()
    _blobs()
    _in_force()
    _drafts()


def _releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("proposer", sa.String(64), nullable=False),
        sa.Column("approver", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("procedures", sa.Integer, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("ix_releases_at", "releases", ["at"])


def _blobs() -> None:
    op.create_table(
        "release_sources",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_release_sources"),
    )
    op.create_table(
        "release_compiled",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_release_compiled"),
    )
    op.create_index("ix_release_compiled_at", "release_compiled", ["at"])


def _in_force() -> None:
    op.create_table(
        "release_current",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_current"),
    )
    op.create_table(
        "release_acts",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("staff", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_acts"),
        sa.UniqueConstraint("sequence", name="uq_release_acts_sequence"),
    )


def _drafts() -> None:
    op.create_table(
        "entry_drafts",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("entry", sa.String(16), nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_drafts"),
    )
    op.create_index("ix_entry_drafts_entry_state", "entry_drafts", ["entry", "state"])
    op.create_index("ix_entry_drafts_release", "entry_drafts", ["release"])
