"""Editions of channels say since which of them partners are owed something: who was owed nothing is not asked anew."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import Number

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add a column: processes of the version before go on, and do not count there (`jobs/editions.py`, `TRUSTED`)."""
    op.add_column("editions", sa.Column("owed", Number, nullable=False, server_default="0"))
