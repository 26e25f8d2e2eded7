"""What need not be read again of a source's last document."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add it, empty: each document is read whole once more."""
    op.add_column("source_state", sa.Column("outline", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
