"""The tables.

Keys, dates and standing are columns, for queries; the rest of a value is one JSON text, which is read and written
whole. Narrow rows that change often stand apart from wide ones: members and channels of a story from its entries.
"""

from typing import Any

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
    text,
)

from feeds.store.database.db import INDEX, DateTime, Number, Words

HEAD = "0031"  # the revision that these tables are; `migrations/versions` leads to it

MOVED = "lives_at <> ''"  # few rows; a query has to say it too, for the index to serve

metadata = MetaData()


def _required(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)


sources = Table(
    "sources",
    metadata,
    Column("id", Words, primary_key=True),
    _required("shard", Integer),
    _required("removed", Boolean),  # no longer configured; what it told stays
    _required("enabled", Boolean),
    _required("local", Boolean),
    _required("place", Integer),
    _required("keep", Number),  # seconds
    _required("definition", Text),
)

source_state = Table(
    "source_state",
    metadata,
    Column("source_id", Words, primary_key=True),
    _required("due", DateTime),  # the fence
    _required("paused", Boolean),
    _required("strikes", Integer),
    Column("present", DateTime),  # entries seen before this were not in the last document
    _required("state", Text),
    _required("info", Text),
    Column("outline", LargeBinary, nullable=False, server_default=text("''")),
    Column("lives_at", Words, nullable=False, server_default=text("''")),  # where it moved for good
    Column("shard", Integer, nullable=False, server_default=text("-1")),  # that of its source; -1: it is not asked
    Index("source_state_due", "due"),
    Index("source_state_turn", "shard", "due"),  # what a shard has to do, without a look at any other one's sources
    Index("source_state_moved", "lives_at", sqlite_where=text(MOVED), postgresql_where=text(MOVED)),
)

entries = Table(
    "entries",
    metadata,
    _required("source_id", Words),
    _required("guid", Words),
    _required("story_id", Words),
    _required("url_key", Words),
    _required("status", Text),
    _required("fingerprint", Text),
    Column("published", DateTime),
    _required("first_seen", DateTime),
    _required("last_seen", DateTime),  # to the day only: `seen` of library.apply
    _required("entry", Text),  # its text, or '' where that stands apart
    Column("body", Number),  # where it does: see bodies.py
    PrimaryKeyConstraint("guid", "source_id"),  # so that a guid alone is found too
    Index("entries_story", "story_id"),
    Index("entries_page", "url_key", "source_id"),
    Index("entries_age", "source_id", "first_seen"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Words, primary_key=True),
    _required("published", DateTime),
    _required("updated", DateTime),
    _required("first_seen", DateTime),
    Column("release", DateTime),
    _required("status", Text),
    _required("version", Number),
    _required("lists", Text),  # keys, categories, channels, stories apart, whether bound
    Column("ruled", Boolean, nullable=False, server_default=false()),  # the desk decided over it: it is kept
    Index("stories_age", "first_seen"),
    Index("stories_published", "published", "id"),  # for pages of all stories, the newest first
)

story_keys = Table(
    "story_keys",
    metadata,
    Column("key", Words, primary_key=True),  # one key, one story: two polls that found it at once cannot both win
    _required("story_id", Words),
    sqlite_with_rowid=False,
)

members = Table(
    "members",
    metadata,
    _required("guid", Words),
    _required("source_id", Words),
    _required("story_id", Words),
    _required("rank", Integer),
    _required("categories", Text),
    PrimaryKeyConstraint("guid", "source_id"),
    ForeignKeyConstraint(["guid", "source_id"], ["entries.guid", "entries.source_id"]),
    Index("members_story", "story_id", "rank"),
    sqlite_with_rowid=False,
)

story_channels = Table(  # shown stories only
    "story_channels",
    metadata,
    _required("story_id", Words),
    _required("channel_id", Words),
    _required("published", DateTime),
    Column("release", DateTime),
    PrimaryKeyConstraint("story_id", "channel_id"),
    # Covers "the latest of a channel": 77 µs among 1M stories, where walking all of them takes 9 ms.
    Index("story_channels_latest", "channel_id", "published", "story_id", "release"),
    sqlite_with_rowid=False,
)

story_categories = Table(  # shown stories only
    "story_categories",
    metadata,
    _required("story_id", Words),
    _required("slug", Words),
    PrimaryKeyConstraint("story_id", "slug"),
    sqlite_with_rowid=False,
)

hinted = Table(  # stories that may be found by what they say, for as long as `dedupe.near` may look back
    "hinted",
    metadata,
    Column("number", Number, primary_key=True),
    _required("week", Integer),  # since 1970, of when it was first seen
    _required("story_id", Words),
)

hints = Table(
    "hints",
    metadata,
    # `week << 32 | hash`, the week first: a look-up is one search for each week and hash, and a week that is over goes
    # in one piece. One number for both: 16 bytes a row that two took 19 for.
    Column("key", Number, primary_key=True),
    Column("number", Number, primary_key=True),
    sqlite_with_rowid=False,
)

habits = Table("habits", metadata, Column("source_id", Words, primary_key=True), _required("counts", LargeBinary))

story_moves = Table(  # ids of stories that ended, and where their members are
    "story_moves",
    metadata,
    Column("old", Words, primary_key=True),
    _required("new", Words),
    Index("story_moves_new", "new"),
)

categories = Table(
    "categories",
    metadata,
    Column("slug", Words, primary_key=True),
    _required("name", Words),
    Column("opens", DateTime),  # when a story of it may first be seen; empty: it is open
    Index("categories_opens", "opens"),
)

searched = Table(  # what stories can be found by
    "searched",
    metadata,
    Column("number", Number, primary_key=True),
    _required("story_id", Words),
    _required("text", Words),
    UniqueConstraint("story_id", name="searched_story"),
)
for _dialect, _statements in INDEX.items():
    for _statement in _statements:
        event.listen(searched, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy's

unsearched = Table(  # stories that were written, or ended, since the index was told of them
    "unsearched",
    metadata,
    Column("story_id", Words, primary_key=True),
    _required("version", Number),  # 0: it ended
    sqlite_with_rowid=False,
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Number, primary_key=True),
    _required("at", DateTime),
    _required("kind", Text),
    _required("source_id", Words),
    _required("guid", Words),
    _required("story_id", Words),
    _required("rule", Words),
    _required("text", Words),
    _required("facts", Text),
    Index("decisions_at", "at"),
    Index("decisions_entry", "guid", "source_id"),
    Index("decisions_story", "story_id"),
)

marks = Table(
    "marks",
    metadata,
    Column("channel_id", Words, primary_key=True),
    Column("due", DateTime, primary_key=True),
    _required("token", DateTime),  # `due`, or later where the channel's marks need telling apart: see marking.py
    Column("bucket", Integer, nullable=False, server_default=text("0")),  # of the channel: see model/buckets.py
    Column("adds", Boolean, nullable=False, server_default=false()),  # what changed only adds: see resting.py
    Index("marks_bucket", "bucket", "due"),
)

answered = Table(  # the last mark of each channel that a build answered: no later mark has its token
    "answered", metadata, Column("channel_id", Words, primary_key=True), _required("token", DateTime)
)

renditions = Table(
    "renditions",
    metadata,
    Column("channel_id", Words, primary_key=True),
    Column("format", Text, primary_key=True),
    _required("path", Words),
    _required("media_type", Text),
    _required("etag", Text),
    _required("updated", DateTime),
    _required("size", Number),  # of the body, inflated
    _required("version", Number),  # how often it changed
    _required("body", LargeBinary),  # gzip
    Column("modified", DateTime),  # when these bytes were first published
    Column("parts", LargeBinary, nullable=False, server_default=text("''")),  # see revisions.py
    Column("past", Text, nullable=False, server_default=text("''")),  # etags of versions before, the oldest first
    Column("link", Words, nullable=False, server_default=text("''")),
    UniqueConstraint("path", name="renditions_path"),
)

redirects = Table(  # paths where something was published once, and where it is now; kept for ever
    "redirects",
    metadata,
    Column("old", Words, primary_key=True),
    _required("new", Words),
    Index("redirects_new", "new"),
    sqlite_with_rowid=False,
)

tombstones = Table(  # stories that channels showed and do not show any more
    "tombstones",
    metadata,
    _required("channel_id", Words),
    _required("story_id", Words),
    _required("at", DateTime),
    Column("story", Text, nullable=False, server_default=text("'{}'")),  # JSON: its last form, without content
    PrimaryKeyConstraint("channel_id", "story_id"),
    Index("tombstones_story", "story_id"),
    sqlite_with_rowid=False,
)

archives = Table(  # periods that are closed, by channel; the period '' stands for when they began
    "archives",
    metadata,
    _required("channel_id", Words),
    _required("period", Text),
    _required("at", DateTime),
    PrimaryKeyConstraint("channel_id", "period"),
    sqlite_with_rowid=False,
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("channel_id", Words, primary_key=True),
    Column("story_id", Words, primary_key=True),
    Column("format", Text, primary_key=True),
    _required("reason", Words),
    _required("at", DateTime),
)

contents = Table(  # what channels showed when they were last brought out
    "contents",
    metadata,
    Column("channel_id", Words, primary_key=True),
    _required("stories", Text),  # JSON: date of publication by id
)

holds = Table(  # what is not brought out: builds (their format is '') and single documents
    "holds",
    metadata,
    Column("channel_id", Words, primary_key=True),
    Column("format", Text, primary_key=True),
    _required("reason", Words),
    _required("at", DateTime),
    _required("allowed", Boolean),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Words, primary_key=True),
    _required("kind", Text),
    _required("target", Words),
    _required("topic", Words),
    _required("due", DateTime),
    _required("attempts", Integer),
    _required("problem", Words),
    _required("state", Text),
    Column("about", Words, nullable=False, server_default=text("''")),
    Column("etag", Text, nullable=False, server_default=text("''")),
    Column("bucket", Integer, nullable=False, server_default=text("0")),  # of whom it goes to: see model/buckets.py
    Index("deliveries_due", "state", "due"),
    Index("deliveries_bucket", "state", "bucket", "due"),
)

fetches = Table(  # the latest answers of sources; see fetches.py for how many
    "fetches",
    metadata,
    Column("id", Number, primary_key=True),
    _required("source_id", Words),
    _required("at", DateTime),
    _required("outcome", Text),
    _required("status", Integer),
    _required("size", Number),  # bytes
    _required("ms", Integer),
    _required("new", Integer),  # entries
    _required("problem", Text),  # its code
    Index("fetches_source", "source_id", "at"),
)

users = Table(
    "users",
    metadata,
    Column("name", Words, primary_key=True),
    _required("password", Text),  # a hash
    _required("made", DateTime),
    _required("changed", DateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),  # a hash
    _required("user_name", Words),
    _required("started", DateTime),
    _required("seen", DateTime),
    _required("client", Words),
    Index("sessions_user", "user_name"),
)

attempts = Table(  # sign-ins that failed in a row
    "attempts",
    metadata,
    Column("key", Words, primary_key=True),
    _required("failures", Integer),
    _required("last", DateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True),
    _required("at", DateTime),
    _required("who", Words),
    _required("client", Words),
    _required("action", Text),
    _required("what", Words),
    _required("done", Boolean),
    _required("detail", Words),
    Index("audit_at", "at"),
)

editions = Table(  # how often what a channel could tell has changed
    "editions",
    metadata,
    Column("channel_id", Words, primary_key=True),
    _required("number", Number),
    Column("owed", Number, nullable=False, server_default="0"),  # that at which partners came to be owed something
)

meta = Table("meta", metadata, Column("key", Words, primary_key=True), _required("value", Words))
