"""How an address names a point in the order of a channel's stories: `2026-11-20T03:04:05Z,ID`.

Each point has one name, so that what lies behind it has one address, for as long as its stories are kept.
"""

from datetime import UTC, datetime

from feeds.model.onward import Point


def written(point: Point) -> str:
    """Return the name of *point*."""
    return f"{point.published.astimezone(UTC).replace(tzinfo=None).isoformat()}Z,{point.story_id}"


def read(name: str) -> Point | None:
    """Return the point of that *name*; None where it is none."""
    date, _, id = name.partition("Z,")
    try:
        point = Point(datetime.fromisoformat(date).replace(tzinfo=UTC), id)
    except ValueError:
        return None
    return point if id and id.isprintable() and written(point) == name else None
