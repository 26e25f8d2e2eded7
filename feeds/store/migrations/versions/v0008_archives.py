"""Channels have archives."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table of closed periods, and find stories by when they were first seen."""
    op.create_table(
        "archives",
        sa.Column("channel_id", Words, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "period"),
        sqlite_with_rowid=False,
    )
    op.create_index("stories_age", "stories", ["first_seen"])
