"""Folders of posts are watched while the service runs: a post that was saved is read at once.

The watch is a hint. Where it cannot be had (too many folders for the kernel, a network drive) or misses something, the
folder is looked at every `content[].every` all the same.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from watchfiles import Change, watch

from feeds.app.build import App
from feeds.errors import FeedsError
from feeds.fetch.folder import is_seen
from feeds.model.picture import picture_type
from feeds.model.settings import Settings

logger = logging.getLogger(__name__)

STEP = 20  # ms of quiet that end a burst of changes: editors write a file in several steps
DEBOUNCE = 200  # ms after which a burst is taken as it is
PULSE = 1000  # ms until a stop is noticed


class Watch:
    """Makes content sources due when files below their folders change, and calls *wake*."""

    def __init__(self, app: App, wake: Callable[[], None]) -> None:
        self._app, self._wake = app, wake
        self._stop = threading.Event()
        self._folders: Mapping[str, str] = {}
        self._thread: threading.Thread | None = None

    def apply(self, settings: Settings) -> None:
        """Watch the folders that *settings* name."""
        folders = {s.id: os.path.realpath(s.location) for s in settings.sources if s.kind == "content" and s.enabled}
        if folders == self._folders:
            return
        self.stop()
        self._folders, self._stop = folders, threading.Event()
        there = sorted({folder for folder in folders.values() if os.path.isdir(folder)})
        if there:
            self._thread = threading.Thread(target=self._run, args=(there, self._stop), name="watch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread = None

    def _run(self, folders: list[str], stop: threading.Event) -> None:
        try:
            for changes in watch(
                *folders,
                stop_event=stop,
                watch_filter=None,
                debounce=DEBOUNCE,
                step=STEP,
                rust_timeout=PULSE,
                raise_interrupt=False,
            ):
                try:
                    self._changed(changes)
                except FeedsError as error:  # the store is held: what changed now waits for the next look
                    logger.warning("a change in a content folder was not noted: %s", error)
        except Exception as error:  # a hint less: the folders are looked at all the same
            logger.warning("content folders cannot be watched, they are looked at as often as `every` says: %s", error)

    def _changed(self, changes: Iterable[tuple[Change, str]]) -> None:
        paths, ours = [path for _, path in changes], _ours(self._app.settings)
        found, store = touched(self._folders, paths, ours), self._app.store
        if found:
            store.library.hasten(found, self._app.clock())
            if shown := touched(self._folders, filter(picture_type, paths), ours):  # their files are written anew
                store.outbox.mark(store.pictures.channels(shown), self._app.clock())
            self._wake()


def touched(folders: Mapping[str, str], paths: Iterable[str], ours: Sequence[str] = ()) -> list[str]:
    """Return the ids of *folders* (path by id) in which any of *paths* may be a post; none that begins as *ours* do."""
    named = [path for path in paths if not path.startswith(tuple(ours))]
    return sorted(
        id
        for id, folder in folders.items()
        if any(path.startswith(folder + "/") and is_seen(path[len(folder) + 1 :]) for path in named)
    )


def _ours(settings: Settings) -> list[str]:
    """Where we write ourselves, the store and the files beside it too: to look at it would never end."""
    return [os.path.realpath(settings.public) + "/", os.path.realpath(settings.store.removeprefix("sqlite:///"))]
