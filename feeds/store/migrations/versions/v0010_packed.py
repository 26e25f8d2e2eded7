"""A hint's week and hash are one number."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import Number

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Write the hints anew, in the order of the key."""
    op.rename_table("hints", "hints_before")
    op.create_table(
        "hints",
        sa.Column("key", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.PrimaryKeyConstraint("key", "number"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO hints SELECT week * 4294967296 + hash, number FROM hints_before ORDER BY 1, 2")
    op.drop_table("hints_before")
