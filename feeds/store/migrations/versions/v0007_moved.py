"""Where sources moved to is looked up by the address."""

import json

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import Words

revision = "0007"
down_revision = "0006"

MOVED = sa.text("lives_at <> ''")


def upgrade() -> None:
    """Give it a column and an index; it was within the JSON text."""
    op.add_column("source_state", sa.Column("lives_at", Words, nullable=False, server_default=sa.text("''")))
    bind = op.get_bind()
    rows = bind.execute(sa.text("""SELECT source_id, state FROM source_state WHERE state LIKE '%"lives_at":%'""")).all()
    for source_id, state in rows:
        address = json.loads(state).get("lives_at", "")
        change = sa.text("UPDATE source_state SET lives_at = :address WHERE source_id = :id")
        bind.execute(change, {"address": address, "id": source_id})
    op.create_index("source_state_moved", "source_state", ["lives_at"], sqlite_where=MOVED, postgresql_where=MOVED)
