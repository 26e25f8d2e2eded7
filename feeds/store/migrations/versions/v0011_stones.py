"""Tombstones keep the last form of their story, which partners ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add a column; of what is gone already nothing more is known."""
    op.add_column("tombstones", sa.Column("story", sa.Text, nullable=False, server_default=sa.text("'{}'")))
