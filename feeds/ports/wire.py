"""The world beyond the machine, and documents on their way in and out."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from feeds.model.channel import Rendition
from feeds.model.delivery import Delivery, Message, Sent
from feeds.model.entry import Parsed
from feeds.model.picture import Hung
from feeds.model.source import Document, Fetched, Haste, Source, SourceState

Hurry = Callable[[int], Haste]
"""How much haste there is, given how many answers are under way or wait to be taken. Asked by another thread."""


Fetch = Callable[[Sequence[tuple[Source, SourceState]], Hurry], Iterator[Fetched | None]]
"""Ask sources, many at a time; the answers come in the order of the sources. Never raises for a source's sake.

Once there is haste no one else is asked, and None stands for whoever was not. Every other answer is given: to drop one
is to ask its source twice.
"""


Read = Callable[[Document, Source], Parsed]
"""Read one document, however hostile, within bounds of time and memory. Raises `ParseError`, `PostError`."""


Write = Callable[[Sequence[Rendition | Hung]], tuple[str, ...]]
"""Put documents in place, each whole or not at all, and give the paths that were written:
a file that holds the same bytes already is left alone. Raises `OutputError`."""


Remove = Callable[[Sequence[str]], None]
"""Take away files of channels that ended, by their paths below the output folder."""


Plan = Callable[[Delivery], Message | Sent]
"""The message of a delivery, made just before it is sent; or what comes of it where there is nothing to send."""


class Post(Protocol):
    """Messages on their way, many at a time, so that who hangs delays nobody else. Belongs to one thread."""

    def send(self, delivery: Delivery, plan: Plan) -> None:
        """Take a delivery; it is sent as soon as its host has room. *plan* is asked in another thread."""

    def sent(self, seconds: float) -> Sequence[tuple[Delivery, Sent]]:
        """Return what came of some, waiting for the first at most so long. Failing is an answer."""

    def recall(self) -> None:
        """Take back what is not being sent yet: it stays owed."""

    def __len__(self) -> int:
        """How many are on their way."""
