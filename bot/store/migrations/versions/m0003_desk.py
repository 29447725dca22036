"""The floor, the waiting conversations and what was said in them, open requests, duty hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('waiting', 'request', 'served')")


def upgrade() -> None:
    _conversations()
    _lines()
    op.create_table(
        "duty_hours",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("weekday", sa.Integer),
        sa.Column("day", sa.Date),
        sa.Column("opens", sa.Integer, nullable=False),
        sa.Column("closes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_hours"),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("citizen", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("context", sa.JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("word_at", INSTANT),
        sa.Column("promised_at", INSTANT),
        sa.Column("touched", sa.Integer, nullable=False),
        sa.Column("draft", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(["citizen"], ["citizens.id"], name="fk_conversations_citizen"),
    )
    op.create_index("ix_conversations_state_since", "conversations", ["state", "since"])
    op.create_index(
        "uq_conversations_open", "conversations", ["citizen"], unique=True, postgresql_where=OPEN, sqlite_where=OPEN
    )


def _lines() -> None:
    op.create_table(
        "desk_lines",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("who", sa.String(16), nullable=False),
        sa.Column("text", sa.LargeBinary),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_lines"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_desk_lines_conversation"),
        sa.UniqueConstraint("key", name="uq_desk_lines_key"),
    )
    op.create_index("ix_desk_lines_conversation", "desk_lines", ["conversation"])
