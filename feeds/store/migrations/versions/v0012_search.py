"""Words of stories, and an index of them."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import INDEX, Number, Words

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "searched",
        sa.Column("number", Number, primary_key=True),
        sa.Column("story_id", Words, nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.UniqueConstraint("story_id", name="searched_story"),
    )
    op.create_table(
        "unsearched",
        sa.Column("story_id", Words, primary_key=True),
        sa.Column("version", Number, nullable=False),
        sqlite_with_rowid=False,
    )
    for statement in INDEX.get(op.get_bind().dialect.name, ()):
        op.execute(statement)
    op.execute("INSERT INTO unsearched SELECT id, version FROM stories")
