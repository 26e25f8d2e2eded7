"""What is in the bucket that mirrors us."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "mirrored",
        sa.Column("path", Words, primary_key=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", DateTime),
        sa.Column("problem", Words, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("mirrored_due", "mirrored", ["due"])
