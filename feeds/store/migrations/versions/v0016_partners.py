"""Partners: tokens, what reached whom, what is owed to whom, and how often they ask."""

import sqlalchemy as sa
from alembic import op

from feeds.store.database.db import DateTime, Number, Words

revision = "0016"
down_revision = "0015"


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Words, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Add eight tables; all begin empty."""
    op.create_table(
        "editions", sa.Column("channel_id", Words, primary_key=True), sa.Column("number", Number, nullable=False)
    )
    op.create_table(
        "partner_tokens",
        sa.Column("id", Words, primary_key=True),
        *_words("partner_id"),
        *_texts("kind", "digest"),
        sa.Column("made", DateTime, nullable=False),
        sa.Column("ends", DateTime),
    )
    op.create_index("partner_tokens_partner", "partner_tokens", ["partner_id"])
    op.create_table(
        "holdings",
        *_words("partner_id", "channel_id", "story_id"),
        sa.Column("revision", DateTime, nullable=False),
        *_texts("told"),
        sa.PrimaryKeyConstraint("partner_id", "channel_id", "story_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("holdings_story", "holdings", ["story_id"])
    op.create_table(
        "ledger",
        sa.Column("id", Number, primary_key=True),
        *_words("partner_id", "channel_id", "story_id"),
        sa.Column("revision", DateTime, nullable=False),
        *_texts("told", "how"),
        sa.Column("at", DateTime, nullable=False),
        *_texts("etag"),
    )
    op.create_index("ledger_partner", "ledger", ["partner_id", "at"])
    op.create_index("ledger_story", "ledger", ["story_id"])
    op.create_table(
        "owed",
        *_words("partner_id", "channel_id", "story_id"),
        *_texts("told", "cause"),
        sa.Column("since", DateTime, nullable=False),
        sa.Column("settled", DateTime),
        *_texts("how"),
        sa.Column("warned", sa.Boolean, nullable=False),
        *_texts("story"),
        sa.PrimaryKeyConstraint("partner_id", "channel_id", "story_id", "told"),
        sqlite_with_rowid=False,
    )
    op.create_index("owed_open", "owed", ["settled", "since"])
    op.create_table(
        "pickups",
        *_words("partner_id", "channel_id"),
        sa.Column("at", DateTime, nullable=False),
        *_texts("etag"),
        sa.Column("updated", DateTime, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "channel_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "traffic",
        *_words("partner_id", "channel_id"),
        *_texts("day"),
        *(sa.Column(name, Number, nullable=False) for name in ("requests", "full", "unchanged", "refused", "sent")),
        sa.Column("last", DateTime),
        sa.Column("newest", DateTime),
        sa.PrimaryKeyConstraint("partner_id", "channel_id", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "readers",
        *_words("channel_id"),
        *_texts("day", "client"),
        sa.Column("subscribers", Number, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "day", "client"),
        sqlite_with_rowid=False,
    )
