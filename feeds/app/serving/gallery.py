"""Pictures of our own posts: what the store knows of them, and their files in the folders of posts.

The port `Gallery`, and the album of `store/outgoing/mirror_pictures.py`.
"""

from collections.abc import Callable, Sequence

from feeds.fetch.pictures import digest_picture, look_at, read_picture
from feeds.model.picture import Hanging, Hung, Picture
from feeds.model.settings import Settings
from feeds.model.source import Source
from feeds.render.static import STATIC
from feeds.store.outgoing.pictures import Pictures


class Gallery:
    """Which pictures are shown is in the store, and each is read from its folder when it is asked for.

    Without *reads* they are only noted: by who keeps no output folder, as the workers of a cluster.
    """

    def __init__(self, settings: Callable[[], Settings], pictures: Pictures, *, reads: bool = True) -> None:
        self._settings, self._pictures, self._reads = settings, pictures, reads

    def of(self, channel_id: str) -> tuple[Picture, ...]:
        return self._pictures.of(channel_id)

    def others(self, channel_id: str, paths: Sequence[str]) -> frozenset[str]:
        return self._pictures.others(channel_id, paths)

    def hang(self, channel_id: str, pictures: Sequence[Picture]) -> None:
        self._pictures.hang(channel_id, pictures)

    def read(self, picture: Picture) -> Hung | None:
        source = self._source(picture)
        return read_picture(source, picture) if source else None

    def digest(self, picture: Picture) -> str:
        source = self._source(picture)
        return digest_picture(source, picture) if source else ""

    def look(self, path: str) -> Hanging | None:
        """Return the picture that posts point at by *path*, as it is now; None where none does, or it is missing."""
        shown = ((source, each) for each in self._pictures.at(path) if (source := self._source(each)))
        return next((found for source, each in shown if (found := look_at(source, each))), None)

    def _source(self, picture: Picture) -> Source | None:
        if not self._reads or picture.path in STATIC:
            return None
        return next((s for s in self._settings().sources if s.id == picture.source_id and s.kind == "content"), None)
