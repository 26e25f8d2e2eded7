"""Stories found by what they say."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, empty: stories told before are not found in other words."""
    op.create_table(
        "hinted",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "hints",
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("hash", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("week", "hash", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "habits",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source_id"),
    )
