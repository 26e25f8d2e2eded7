"""What jobs and pages ask of the world. `app/` holds the answers; tests bring small ones of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feeds.model.job import Job
from feeds.ports.library import Archive, Library
from feeds.ports.mirror import Mirror
from feeds.ports.outbox import Outbox
from feeds.ports.partners import Errands, Office
from feeds.ports.resting import Resting
from feeds.ports.showing import Gallery, Index, Onward
from feeds.ports.wire import Fetch, Post, Read, Remove, Write

Clock = Callable[[], datetime]
"""The time, aware UTC."""


Enqueue = Callable[[Job], None]
"""Ask for a job: at most one of a lock runs and one waits; asking twice is asking once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One of each, as a job receives them."""

    library: Library
    archive: Archive
    outbox: Outbox
    fetch: Fetch
    read: Read
    write: Write
    remove: Remove
    post: Callable[[], Post]
    clock: Clock
    gallery: Gallery | None = None  # None: nobody serves pictures
    index: Index | None = None  # None: nobody looks for stories by their words
    onward: Onward | None = None  # None: nobody goes on to older stories
    office: Office | None = None  # None: there are no partners
    errands: Errands | None = None  # what partners are sent
    mirror: Mirror | None = None  # None: documents are copied nowhere
    resting: Resting | None = None  # None: all is brought out at once
