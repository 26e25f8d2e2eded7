"""Texts of entries may stand apart from them; none does before `feeds migrate --partition`."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import Number

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add a column and a table, both empty: processes of the version before go on, and no text is moved."""
    op.add_column("entries", sa.Column("body", Number))
    op.create_table(
        "entry_bodies",
        sa.Column("number", Number, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.Text, nullable=False),
    )
