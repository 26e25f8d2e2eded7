"""The tables of partners and of readers: what was handed out, to whom, and what is owed."""

from typing import Any

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table, Text, true

from feeds.store.database.db import DateTime, Number, Words
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
    Column("sure", Boolean, nullable=False, server_default=true()),  # false: they may have it
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

handed = Table(  # documents that went to partners: by which the rows of the ledger with their etags reached them
    "handed",
    metadata,
    required("partner_id", Words),
    required("channel_id", Words),
    required("etag", Text),
    required("at", DateTime),
    Column("received", DateTime),  # when the last byte was written
    Column("acknowledged", DateTime),  # when they proved that they have it
    PrimaryKeyConstraint("partner_id", "channel_id", "etag"),
    sqlite_with_rowid=False,
)

errands = Table(  # channels whose documents partners are sent
    "errands",
    metadata,
    required("partner_id", Words),
    required("channel_id", Words),
    required("about", Text),
    required("edition", Number),
    Column("answered", DateTime),
    Column("due", DateTime),
    required("etag", Text),
    required("number", Number),
    PrimaryKeyConstraint("partner_id", "channel_id"),
    sqlite_with_rowid=False,
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
    *(Column(name, Number, nullable=False, server_default="0") for name in ("cut", "pushed")),
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
