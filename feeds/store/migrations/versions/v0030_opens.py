"""Categories are known from the time on at which a story of theirs may be seen; those that are there are known."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add an empty column: processes of the version before go on, and what they add is known at once."""
    op.add_column("categories", sa.Column("opens", DateTime))
    op.create_index("categories_opens", "categories", ["opens"])
