"""Tokens of the programs' interface; stories by when they were published, for its pages."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("name", Words, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made", DateTime, nullable=False),
        sa.Column("used", DateTime),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("hash", name="tokens_hash"),
    )
    op.create_index("stories_published", "stories", ["published", "id"])
