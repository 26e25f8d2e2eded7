"""The tables of push: who is told by our hub, who asked to be, what hubs elsewhere promised us and what they sent."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, text

from feeds.store.database.db import DateTime, Number, Words
from feeds.store.tables import metadata

LIVE = "NOT ended"  # of leases: a source has one at most

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Words, primary_key=True),  # of the pair of topic and callback
    Column("topic", Words, nullable=False),
    Column("callback", Words, nullable=False),
    Column("secret", Words, nullable=False),
    Column("lease_until", DateTime, nullable=False),
    Column("since", DateTime, nullable=False),
    Column("delivered", Text, nullable=False),
    Column("bucket", Integer, nullable=False, server_default=text("0")),  # of the callback's host
    Column("by", Text, nullable=False, server_default=text("''")),
    Index("subscriptions_topic", "topic"),
)

intents = Table(  # asked in the name of a callback that was not heard yet: the subscription stays as it is until then
    "intents",
    metadata,
    Column("id", Words, primary_key=True),
    Column("topic", Words, nullable=False),
    Column("callback", Words, nullable=False),
    Column("mode", Text, nullable=False),
    Column("secret", Words, nullable=False),
    Column("lease", Number, nullable=False),  # seconds
    Column("challenge", Words, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("by", Text, nullable=False, server_default=text("''")),
)

leases = Table(
    "leases",
    metadata,
    Column("id", Words, primary_key=True),
    Column("source_id", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("hub", Words, nullable=False),
    Column("secret", Words, nullable=False),
    Column("pending", Text, nullable=False),
    Column("pending_until", DateTime),
    Column("lease_until", DateTime),
    Column("ended", Boolean, nullable=False),
    Column("due", DateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("heard", DateTime),
    Column("waiting", Boolean, nullable=False),
    Column("trusted", Boolean, nullable=False),
    Column("problem", Words, nullable=False),
    Index("leases_source", "source_id"),
    Index("leases_live", "source_id", unique=True, sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
    Index("leases_due", "due"),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source_id", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("body", LargeBinary, nullable=False),  # gzip
    Column("at", DateTime, nullable=False),
    Index("letters_source", "source_id", "id"),
)
