"""Partners are sent documents, and what reached them is told from what they may have."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Number, Words

revision = "0020"
down_revision = "0019"


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Words, nullable=False) for name in names]


def upgrade() -> None:
    """What the ledger has was written whole, as far as is known: each document of it gets a row that says so."""
    op.create_table(
        "handed",
        *_words("partner_id", "channel_id"),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("at", DateTime, nullable=False),
        sa.Column("received", DateTime),
        sa.Column("acknowledged", DateTime),
        sa.PrimaryKeyConstraint("partner_id", "channel_id", "etag"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO handed (partner_id, channel_id, etag, at, received) "
        "SELECT partner_id, channel_id, etag, max(at), max(at) FROM ledger WHERE etag <> '' "
        "GROUP BY partner_id, channel_id, etag"
    )
    op.create_table(
        "errands",
        *_words("partner_id", "channel_id"),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("edition", Number, nullable=False),
        sa.Column("answered", DateTime),
        sa.Column("due", DateTime),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "channel_id"),
        sqlite_with_rowid=False,
    )
    op.add_column("holdings", sa.Column("sure", sa.Boolean, nullable=False, server_default=sa.true()))
    for name in ("cut", "pushed"):
        op.add_column("traffic", sa.Column(name, Number, nullable=False, server_default="0"))
    for table in ("subscriptions", "intents"):
        op.add_column(table, sa.Column("by", sa.Text, nullable=False, server_default=sa.text("''")))
