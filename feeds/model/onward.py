"""Going on from what a channel's page shows to older stories, a stretch at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from feeds.model.story import Story


class Point(NamedTuple):
    """A place in the order of a channel's stories, just behind one that was published then and has that id.

    It stays where it is when that story goes: what lies behind it is what comes later in the order, which is the
    newest `published` first, equal ones by id.
    """

    published: datetime
    story_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The stories next behind a point, in order. *more*: others follow them.

    *newer* is the point behind which as many stories end just where these begin; None where there are no more of them
    than one stretch holds, which the channel's own page shows.
    """

    stories: tuple[Story, ...] = ()
    more: bool = False
    newer: Point | None = None

    @property
    def end(self) -> Point | None:
        """The point behind the last of these stories; None where there are none."""
        return Point(self.stories[-1].published, self.stories[-1].id) if self.stories else None
