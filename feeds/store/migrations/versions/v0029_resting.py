"""Channels may rest until somebody asks for them: marks tell what only adds; none rests yet, and none was asked for."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add a column and two tables: processes of the version before go on, and what they mark is brought out at once."""
    op.add_column("marks", sa.Column("adds", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "resting",
        sa.Column("channel_id", Words, primary_key=True),
        sa.Column("since", DateTime, nullable=False),
        sa.Column("woken", sa.Boolean, nullable=False),
        sa.Column("stories", sa.Text, nullable=False),
    )
    op.create_table(
        "asked_for",
        sa.Column("channel_id", Words, primary_key=True),
        sa.Column("at", DateTime, nullable=False),
    )
