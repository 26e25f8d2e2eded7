"""When an entry was first seen is told by the entry."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Delete what said so a second time."""
    op.execute("DELETE FROM decisions WHERE kind = 'seen'")
