"""The desk's pages: who may sign in, what they did, and how sources answered lately."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Number, Words

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add five tables; all begin empty."""
    op.create_table(
        "fetches",
        sa.Column("id", Number, nullable=False),
        sa.Column("source_id", Words, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("ms", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("fetches_source", "fetches", ["source_id", "at"])
    op.create_table(
        "users",
        sa.Column("name", Words, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("made", DateTime, nullable=False),
        sa.Column("changed", DateTime, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("user_name", Words, nullable=False),
        sa.Column("started", DateTime, nullable=False),
        sa.Column("seen", DateTime, nullable=False),
        sa.Column("client", Words, nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("sessions_user", "sessions", ["user_name"])
    op.create_table(
        "attempts",
        sa.Column("key", Words, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", DateTime, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "audit",
        sa.Column("id", Number, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.Column("who", Words, nullable=False),
        sa.Column("client", Words, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("what", Words, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("detail", Words, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_at", "audit", ["at"])
