"""What serving needs to know of renditions: when they changed, which revisions were before; and where paths moved."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Words

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("renditions", sa.Column("modified", DateTime))
    op.add_column("renditions", sa.Column("parts", sa.LargeBinary, nullable=False, server_default=sa.text("''")))
    op.add_column("renditions", sa.Column("past", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("renditions", sa.Column("link", Words, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "redirects",
        sa.Column("old", Words, nullable=False),
        sa.Column("new", Words, nullable=False),
        sa.PrimaryKeyConstraint("old"),
        sqlite_with_rowid=False,
    )
    op.create_index("redirects_new", "redirects", ["new"])
