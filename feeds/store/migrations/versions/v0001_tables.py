"""All tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def _required(name: str, kind: Any) -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    """Create them in an empty database."""
    op.create_table(
        "categories", _required("slug", sa.Text()), _required("name", sa.Text()), sa.PrimaryKeyConstraint("slug")
    )
    op.create_table(
        "decisions",
        _required("id", NUMBER),
        _required("at", TIME),
        _required("kind", sa.Text()),
        _required("source_id", sa.Text()),
        _required("guid", sa.Text()),
        _required("story_id", sa.Text()),
        _required("rule", sa.Text()),
        _required("text", sa.Text()),
        _required("facts", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("decisions_at", "decisions", ["at"])
    op.create_index("decisions_entry", "decisions", ["guid", "source_id"])
    op.create_index("decisions_story", "decisions", ["story_id"])
    op.create_table(
        "deliveries",
        _required("id", sa.Text()),
        _required("kind", sa.Text()),
        _required("target", sa.Text()),
        _required("topic", sa.Text()),
        _required("due", TIME),
        _required("attempts", sa.Integer()),
        _required("problem", sa.Text()),
        _required("state", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("deliveries_due", "deliveries", ["state", "due"])
    op.create_table(
        "entries",
        _required("source_id", sa.Text()),
        _required("guid", sa.Text()),
        _required("story_id", sa.Text()),
        _required("url_key", sa.Text()),
        _required("status", sa.Text()),
        _required("fingerprint", sa.Text()),
        sa.Column("published", TIME),
        _required("first_seen", TIME),
        _required("last_seen", TIME),
        _required("entry", sa.Text()),
        sa.PrimaryKeyConstraint("guid", "source_id"),
    )
    op.create_index("entries_age", "entries", ["source_id", "first_seen"])
    op.create_index("entries_page", "entries", ["url_key", "source_id"])
    op.create_index("entries_story", "entries", ["story_id"])
    op.create_table(
        "marks",
        _required("channel_id", sa.Text()),
        _required("due", TIME),
        _required("token", TIME),
        sa.PrimaryKeyConstraint("channel_id", "due"),
    )
    op.create_table("meta", _required("key", sa.Text()), _required("value", sa.Text()), sa.PrimaryKeyConstraint("key"))
    op.create_table(
        "renditions",
        _required("channel_id", sa.Text()),
        _required("format", sa.Text()),
        _required("path", sa.Text()),
        _required("media_type", sa.Text()),
        _required("etag", sa.Text()),
        _required("updated", TIME),
        _required("size", NUMBER),
        _required("version", NUMBER),
        _required("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("channel_id", "format"),
        sa.UniqueConstraint("path", name="renditions_path"),
    )
    op.create_table(
        "set_aside",
        _required("channel_id", sa.Text()),
        _required("story_id", sa.Text()),
        _required("format", sa.Text()),
        _required("reason", sa.Text()),
        _required("at", TIME),
        sa.PrimaryKeyConstraint("channel_id", "story_id", "format"),
    )
    op.create_table(
        "source_state",
        _required("source_id", sa.Text()),
        _required("due", TIME),
        _required("paused", sa.Boolean()),
        _required("strikes", sa.Integer()),
        sa.Column("present", TIME),
        _required("state", sa.Text()),
        _required("info", sa.Text()),
        sa.PrimaryKeyConstraint("source_id"),
    )
    op.create_index("source_state_due", "source_state", ["due"])
    op.create_table(
        "sources",
        _required("id", sa.Text()),
        _required("shard", sa.Integer()),
        _required("removed", sa.Boolean()),
        _required("enabled", sa.Boolean()),
        _required("local", sa.Boolean()),
        _required("place", sa.Integer()),
        _required("keep", NUMBER),
        _required("definition", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "stories",
        _required("id", sa.Text()),
        _required("published", TIME),
        _required("updated", TIME),
        _required("first_seen", TIME),
        sa.Column("release", TIME),
        _required("status", sa.Text()),
        _required("version", NUMBER),
        _required("lists", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "story_categories",
        _required("story_id", sa.Text()),
        _required("slug", sa.Text()),
        sa.PrimaryKeyConstraint("story_id", "slug"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "story_channels",
        _required("story_id", sa.Text()),
        _required("channel_id", sa.Text()),
        _required("published", TIME),
        sa.Column("release", TIME),
        sa.PrimaryKeyConstraint("story_id", "channel_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("story_channels_latest", "story_channels", ["channel_id", "published", "story_id", "release"])
    op.create_table(
        "story_keys",
        _required("key", sa.Text()),
        _required("story_id", sa.Text()),
        sa.PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
    )
    op.create_index("story_keys_story", "story_keys", ["story_id"])
    op.create_table(
        "story_moves", _required("old", sa.Text()), _required("new", sa.Text()), sa.PrimaryKeyConstraint("old")
    )
    op.create_index("story_moves_new", "story_moves", ["new"])
    op.create_table(
        "members",
        _required("guid", sa.Text()),
        _required("source_id", sa.Text()),
        _required("story_id", sa.Text()),
        _required("rank", sa.Integer()),
        _required("categories", sa.Text()),
        sa.ForeignKeyConstraint(
            ["guid", "source_id"],
            ["entries.guid", "entries.source_id"],
        ),
        sa.PrimaryKeyConstraint("guid", "source_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("members_story", "members", ["story_id", "rank"])
