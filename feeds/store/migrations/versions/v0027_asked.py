"""Jobs that ask the hosts of a shard leave to the next one when each may be asked again."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Number, Words

revision = "0027"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("turn", Number, nullable=False),
        sa.Column("ended", Number, nullable=False),
        sa.Column("deal", Words, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.Column("rests", sa.Text, nullable=False),
    )
