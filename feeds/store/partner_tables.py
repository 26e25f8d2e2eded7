"""The tables of partners and of readers: what was handed out, to whom, and what is owed."""

from typing import Any

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table, Text

from feeds.store.db import DateTime, Number, Words
from feeds.store.tables import metadata


def required(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)


partner_tokens = Table(
    "partner_tokens",
    metadata,
    Column("id", Words, primary_key=True),
    required("partner_id", Words),
    required("kind", Text),
    required("digest", Text),  # sha256 of the token, which nobody keeps
    required("made", DateTime),
    Column("ends", DateTime),
    Index("partner_tokens_partner", "partner_id"),
)

holdings = Table(  # what partners have: of each story the last version that they got
    "holdings",
    metadata,
    required("partner_id", Words),
    required("channel_id", Words),
    required("story_id", Words),
    required("revision", DateTime),
    required("told", Text),
    PrimaryKeyConstraint("partner_id", "channel_id", "story_id"),
    Index("holdings_story", "story_id"),
    sqlite_with_rowid=False,
)

ledger = Table(  # every version that reached a partner; rows are added and never changed
    "ledger",
    metadata,
    Column("id", Number, primary_key=True),
    required("partner_id", Words),
    required("channel_id", Words),
    required("story_id", Words),
    required("revision", DateTime),
    required("told", Text),
    required("how", Text),
    required("at", DateTime),
    required("etag", Text),
    Index("ledger_partner", "partner_id", "at"),
    Index("ledger_story", "story_id"),
)

owed = Table(  # what was taken back or corrected after a partner got it
    "owed",
    metadata,
    required("partner_id", Words),
    required("channel_id", Words),
    required("story_id", Words),
    required("told", Text),
    required("cause", Text),
    required("since", DateTime),
    Column("settled", DateTime),
    required("how", Text),
    required("warned", Boolean),
    required("story", Text),  # JSON: its last form, without content
    PrimaryKeyConstraint("partner_id", "channel_id", "story_id", "told"),
    Index("owed_open", "settled", "since"),
    sqlite_with_rowid=False,
)

pickups = Table(  # the document that a partner got last of a channel
    "pickups",
    metadata,
    required("partner_id", Words),
    required("channel_id", Words),
    required("at", DateTime),
    required("etag", Text),
    required("updated", DateTime),
    PrimaryKeyConstraint("partner_id", "channel_id"),
    sqlite_with_rowid=False,
)

traffic = Table(  # requests by day; the public is the partner ''
    "traffic",
    metadata,
    required("partner_id", Words),
    required("channel_id", Words),
    required("day", Text),
    *(required(name, Number) for name in ("requests", "full", "unchanged", "refused", "sent")),
    Column("last", DateTime),
    Column("newest", DateTime),
    PrimaryKeyConstraint("partner_id", "channel_id", "day"),
    sqlite_with_rowid=False,
)

readers = Table(  # who asked for a public channel on a day: hashes under a salt of that day
    "readers",
    metadata,
    required("channel_id", Words),
    required("day", Text),
    required("client", Text),
    required("subscribers", Number),  # that the client speaks for
    PrimaryKeyConstraint("channel_id", "day", "client"),
    sqlite_with_rowid=False,
)
