"""When a category comes to be known: with the first of its stories that may be seen.

A category that only stories under embargo are in is theirs alone: its name, its feed and its place in lists would tell
what they are about before their time. Once it is open it stays so, whatever becomes of its stories: a feed that was
there does not go away.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update

from feeds.model.story import Story
from feeds.store import tables as t
from feeds.store.database.db import Database, DateTime
from feeds.store.database.prepared import changing, listed, one_of, selecting

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # no story of it was ever to be seen
_C, _K, _S = t.categories.c, t.story_categories.c, t.stories.c
_EARLIEST = (
    select(func.min(func.coalesce(_S.release, _S.first_seen)))
    .join_from(t.story_categories, t.stories, _S.id == _K.story_id)
    .where(_K.slug == _C.slug)
    .correlate(t.categories)
    .scalar_subquery()
)
_LATER = selecting(
    select(_C.slug, _C.opens, _EARLIEST.label("earliest"))
    .where(
        _C.opens > bindparam("now", type_=DateTime),
        (_C.opens < bindparam("never", type_=DateTime)) | one_of(_C.slug, "slugs"),
    )
    .order_by(_C.slug)
)
_OPEN = changing(
    update(t.categories)
    .where(_C.slug == bindparam("b_slug"), _C.opens == bindparam("b_was", type_=DateTime))
    .values(opens=bindparam("b_opens", type_=DateTime))
)


def first(stories: Sequence[Story]) -> dict[str, datetime]:
    """Return when the first of *stories* may be seen, by the slugs of their categories."""
    found: dict[str, datetime] = {}
    for story in stories:
        if story.status == "shown":
            at = story.release or story.first_seen
            found.update((c.slug, min(at, found.get(c.slug, at))) for c in story.categories)
    return found


def reckon(db: Database, connection: Connection, stories: Sequence[Story], now: datetime | None = None) -> None:
    """Say anew when each category opens that is not open at *now*; *stories* were written.

    Without *now* only of those that had no story yet. As new categories are, ahead of the rest.
    """
    if not stories:
        return
    slugs = listed(sorted({category.slug for story in stories for category in story.categories}))
    rows = _LATER.rows(connection, now=now or NEVER - timedelta(days=1), never=NEVER, slugs=slugs)
    moved = [
        {"b_slug": row.slug, "b_was": row.opens, "b_opens": row.earliest or NEVER}
        for row in rows
        if row.opens != (row.earliest or NEVER)
    ]
    if moved:
        with db.ahead(connection) as own:
            _OPEN.each(own, moved)
