"""What entries said before they were corrected is kept for a time."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the table `earlier`."""
    op.create_table(
        "earlier",
        sa.Column("source_id", Words, nullable=False),
        sa.Column("guid", Words, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.Column("until", DateTime, nullable=False),
        sa.Column("said", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("guid", "source_id", "at"),
    )
    op.create_index("earlier_until", "earlier", ["until"])
