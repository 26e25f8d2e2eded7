"""What is shown to whoever asks: documents, pictures, pages behind pages, and the index of words."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.channel import Rendition
from feeds.model.onward import Point, Stretch
from feeds.model.picture import Hung, Picture
from feeds.model.search import Hits, Unsearched


class Shelf(Protocol):
    """Renditions by their path below the output folder."""

    @property
    def generation(self) -> int:
        """Rises when anything published has changed. Costs nothing: asked at each request."""

    def moved(self, path: str) -> str | None:
        """Return where what was published at *path* once is now, None where nothing was."""

    def stamp(self, path: str) -> str | None:
        """Return the etag of what is published at *path*, or None. Asked once a path and generation."""

    def rendition(self, path: str) -> Rendition | None:
        """Return what is published at *path*, or None."""


class Index(Protocol):
    """What stories can be found by."""

    def waits(self) -> bool:
        """Tell whether any story was written since the index was told of it. Cheap: asked at each tick."""

    def unsearched(self, limit: int) -> tuple[Unsearched, ...]:
        """Return such stories, and those that ended, at most so many."""

    def index(self, texts: Sequence[tuple[Unsearched, str]]) -> None:
        """Note the folded words of each, '' for what is not to be found."""


class Search(Protocol):
    """Finds stories."""

    def find(self, words: Sequence[str], channels: Collection[str], at: datetime, limit: int, offset: int) -> Hits:
        """Return the stories that have all of *words* (folded) and that one of *channels* shows, the newest first.

        What is to be released after *at* is left out. The first *offset* are skipped.
        """


Searched = Callable[[str, int], bytes]
"""Give the page of results, from 1, for a query as it was typed: HTML."""


Turned = Callable[[str, str], bytes | None]
"""Give the page of what lies behind a point, by the file of a channel's page and the point's name: HTML, b"" where it
names no point, None where no channel has its page there."""


class Onward(Protocol):
    """Leads on behind what channels show. What is to be released after *at* is not there yet."""

    def follows(self, channel_id: str, point: Point, at: datetime) -> bool:
        """Tell whether a story of the channel lies behind *point*."""

    def stretch(self, channel_id: str, point: Point, at: datetime, limit: int) -> Stretch:
        """Return the stories of the channel next behind *point*, at most so many."""


class Gallery(Protocol):
    """Pictures of our own posts: which of them each channel points at, and their files."""

    def of(self, channel_id: str) -> tuple[Picture, ...]:
        """Return what a channel pointed at when it was brought out last, by path."""

    def others(self, channel_id: str, paths: Sequence[str]) -> frozenset[str]:
        """Return those of *paths* that other channels point at, too."""

    def hang(self, channel_id: str, pictures: Sequence[Picture]) -> None:
        """Note what a channel points at; it counts as news of what is published."""

    def read(self, picture: Picture) -> Hung | None:
        """Return the file, None where there is none that may be shown."""
