"""Many publish at once, and the engine of a cluster keeps its jobs in the same PostgreSQL."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Remember which marks were answered; in PostgreSQL add Procrastinate's tables as its version 3.10 has them."""
    op.create_table(
        "answered",
        sa.Column("channel_id", Words, primary_key=True),
        sa.Column("token", DateTime, nullable=False),
    )
    if op.get_bind().dialect.name != "postgresql":
        return
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - only clusters need it

    cursor = op.get_bind().connection.cursor()
    cursor.execute(SchemaManager.get_schema())
    op.create_index("sources_shard", "sources", ["shard"])
