"""What the desk decided lasts, and channels tell what is gone."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table of tombstones, and to stories whether the desk decided over them."""
    op.add_column("stories", sa.Column("ruled", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "tombstones",
        sa.Column("channel_id", Words, nullable=False),
        sa.Column("story_id", Words, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "story_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("tombstones_story", "tombstones", ["story_id"])
