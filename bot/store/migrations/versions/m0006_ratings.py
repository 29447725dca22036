"""Ratings of answers, and indexes to find what is too old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("push_key", sa.String, nullable=False),
        sa.Column("citizen", sa.String(32)),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
        sa.UniqueConstraint("push_key", name="uq_ratings_push_key"),
    )
    op.create_index("ix_ratings_citizen", "ratings", ["citizen"])
    op.create_index("ix_ratings_at", "ratings", ["at"])
    op.create_index("ix_ratings_answer_at", "ratings", ["answer", "at"])
    op.create_index("ix_effects_done_at", "effects_done", ["at"])
    op.create_index("ix_template_fates_at", "template_fates", ["at"])
    op.create_index("ix_outbox_state_created_at", "outbox", ["state", "created_at"])
