"""The table of pictures of our own posts: which channel points at them, and where their files may be."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table

from feeds.store.database.db import Words
from feeds.store.tables import metadata

pictures = Table(
    "pictures",
    metadata,
    Column("channel_id", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("source_id", Words, nullable=False),
    Column("beside", Words, nullable=False),
    Column("place", Words, nullable=False),
    PrimaryKeyConstraint("channel_id", "path"),
    Index("pictures_path", "path"),
)
