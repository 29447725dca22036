"""Reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("push_key", sa.String, nullable=False),
        sa.Column("citizen", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("days_before", sa.Integer, nullable=False),
        sa.Column("ring_at", INSTANT, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint("push_key", name="uq_reminders_push_key"),
        sa.ForeignKeyConstraint(["citizen"], ["citizens.id"], name="fk_reminders_citizen"),
    )
    op.create_index("ix_reminders_state_ring_at", "reminders", ["state", "ring_at"])
    op.create_index("ix_reminders_citizen_state", "reminders", ["citizen", "state"])
