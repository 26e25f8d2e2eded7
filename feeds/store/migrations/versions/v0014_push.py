"""Push: subscriptions and intents of our hub, leases of hubs elsewhere, letters; what a delivery is about."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Number, Words

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the tables; deliveries get what they are about and which document they bring."""
    op.add_column("deliveries", sa.Column("about", Words, nullable=False, server_default=sa.text("''")))
    op.add_column("deliveries", sa.Column("etag", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "subscriptions",
        sa.Column("id", Words, primary_key=True),
        *(sa.Column(name, Words, nullable=False) for name in ("topic", "callback", "secret")),
        sa.Column("lease_until", DateTime, nullable=False),
        sa.Column("since", DateTime, nullable=False),
        sa.Column("delivered", sa.Text, nullable=False),
    )
    op.create_index("subscriptions_topic", "subscriptions", ["topic"])
    op.create_table(
        "intents",
        sa.Column("id", Words, primary_key=True),
        *(sa.Column(name, Words, nullable=False) for name in ("topic", "callback")),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("secret", Words, nullable=False),
        sa.Column("lease", Number, nullable=False),
        sa.Column("challenge", Words, nullable=False),
        sa.Column("at", DateTime, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("id", Words, primary_key=True),
        *(sa.Column(name, Words, nullable=False) for name in ("source_id", "topic", "hub", "secret")),
        sa.Column("pending", sa.Text, nullable=False),
        sa.Column("pending_until", DateTime),
        sa.Column("lease_until", DateTime),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("due", DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("heard", DateTime),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.Column("trusted", sa.Boolean, nullable=False),
        sa.Column("problem", Words, nullable=False),
    )
    op.create_index("leases_source", "leases", ["source_id"])
    op.create_index("leases_due", "leases", ["due"])
    op.create_table(
        "letters",
        sa.Column("id", Number, primary_key=True),
        *(sa.Column(name, Words, nullable=False) for name in ("source_id", "url", "media_type")),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", DateTime, nullable=False),
    )
    op.create_index("letters_source", "letters", ["source_id", "id"])
