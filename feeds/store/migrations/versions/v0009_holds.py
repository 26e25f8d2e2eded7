"""What channels showed last is kept, and what is held."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the tables of contents and of holds; a channel's first build from now on fills the one."""
    op.create_table(
        "contents",
        sa.Column("channel_id", Words, nullable=False),
        sa.Column("stories", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("channel_id"),
    )
    op.create_table(
        "holds",
        sa.Column("channel_id", Words, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "format"),
    )
