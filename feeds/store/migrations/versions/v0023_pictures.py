"""Which pictures of our own posts each channel points at; every channel is brought out once to say so."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import Words

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the table `pictures`."""
    op.create_table(
        "pictures",
        sa.Column("channel_id", Words, nullable=False),
        sa.Column("path", Words, nullable=False),
        sa.Column("source_id", Words, nullable=False),
        sa.Column("beside", Words, nullable=False),
        sa.Column("place", Words, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "path"),
    )
    op.create_index("pictures_path", "pictures", ["path"])
