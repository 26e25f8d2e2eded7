"""A state knows its source's shard: what is due there is found without a look at all that is due."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add `source_state.shard`, -1 for sources that are off or were taken out, and an index by it."""
    op.add_column("source_state", sa.Column("shard", sa.Integer, nullable=False, server_default=sa.text("-1")))
    op.execute(
        "UPDATE source_state SET shard = (SELECT shard FROM sources WHERE id = source_id)"
        " WHERE source_id IN (SELECT id FROM sources WHERE enabled AND NOT removed)"
    )
    op.create_index("source_state_turn", "source_state", ["shard", "due"])
