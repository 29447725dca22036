"""The first tables: citizens, effects, outbox, answer log, proposals, fates of template messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _citizens()
    _outbox()
    _answer_log()
    _small_tables()


def _citizens() -> None:
    op.create_table(
        "citizens",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address_key", sa.String(64)),
        sa.Column("address_box", sa.LargeBinary),
        sa.Column("flags", sa.JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("forgotten_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_citizens"),
        sa.UniqueConstraint("channel", "address_key", name="uq_citizens_channel_address_key"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("citizen", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("payload", sa.LargeBinary),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("said_by", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.ForeignKeyConstraint(["citizen"], ["citizens.id"], name="fk_outbox_citizen"),
    )
    op.create_index("ix_outbox_state_next_try_at", "outbox", ["state", "next_try_at"])
    op.create_index("ix_outbox_citizen_state", "outbox", ["citizen", "state"])
    going = sa.text("state = 'going'")
    op.create_index("uq_outbox_going", "outbox", ["citizen"], unique=True, postgresql_where=going, sqlite_where=going)


def _answer_log() -> None:
    op.create_table(
        "answer_log",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("push_key", sa.String, nullable=False),
        sa.Column("citizen", sa.String(32)),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("said", sa.String, nullable=False),
        sa.Column("handler", sa.String, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("candidates", sa.JSON, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("release", sa.String, nullable=False),
        sa.Column("latency_ms", sa.Float, nullable=False),
        sa.Column("rating", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_answer_log"),
        sa.UniqueConstraint("push_key", name="uq_answer_log_push_key"),
    )
    for name in ("citizen", "at"):
        op.create_index(f"ix_answer_log_{name}", "answer_log", [name])
    for name in ("channel", "decision", "category", "answer"):
        op.create_index(f"ix_answer_log_{name}_at", "answer_log", [name, "at"])


def _small_tables() -> None:
    op.create_table(
        "effects_done",
        sa.Column("push_key", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("push_key", name="pk_effects_done"),
    )
    op.create_table(
        "proposals",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("said", sa.String, nullable=False),
        sa.Column("picked", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_at", "proposals", ["at"])
    op.create_table(
        "template_fates",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_template_fates"),
    )
    op.create_index("ix_template_fates_message_id", "template_fates", ["message_id"])
