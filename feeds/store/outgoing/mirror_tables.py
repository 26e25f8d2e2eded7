"""The table of the bucket that mirrors us: what is in it, as far as we know. See mirroring.py."""

from sqlalchemy import Column, Index, Integer, Table, Text

from feeds.store.database.db import DateTime, Words
from feeds.store.tables import metadata

mirrored = Table(
    "mirrored",
    metadata,
    Column("path", Words, primary_key=True),
    Column("what", Text, nullable=False),  # etag and media type of what was put there, '' where that is not known
    Column("tag", Text, nullable=False),  # the bucket's own
    Column("attempts", Integer, nullable=False),
    Column("due", DateTime),  # when it is tried again; none: when something else is published there
    Column("problem", Words, nullable=False),
    Index("mirrored_due", "due"),
    sqlite_with_rowid=False,
)
