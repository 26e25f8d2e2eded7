"""What the job that mirrors asks of the world: the bucket, and our notes of what is in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from feeds.model.mirror import Closed, Gap, Replica


class Bucket(Protocol):
    """Things by path, each with a tag that changes with its bytes. Used by many threads at a time.

    All raise `OutputError`, with the path and the reason.
    """

    @property
    def name(self) -> str:
        """Which one: another name is another bucket."""

    def put(self, replica: Replica, tag: str) -> str | None:
        """Put a replica where now is what bears *tag* ('': nothing); return its own tag. None: there is another one."""

    def tag(self, path: str) -> str:
        """Return the tag of what is at *path*, '' where nothing is."""

    def remove(self, path: str) -> None:
        """Take away what is at *path*; where nothing is, nothing happens."""

    def tags(self) -> Iterator[tuple[str, str]]:
        """Give every path with its tag."""


class Notes(Protocol):
    """What is in the bucket, as far as we know."""

    def waits(self, now: datetime) -> bool:
        """Tell whether anything was published since the last pass, or is to be tried again. Cheap: asked each tick."""

    def begin(self, bucket: str) -> str:
        """Return how much was published until now; of another bucket than before forget everything."""

    def gaps(self, now: datetime, limit: int) -> tuple[Gap, ...]:
        """Return paths of which the copy is not what is published, those to be tried later left out, by path."""

    def wanted(self, path: str) -> str:
        """Return what stands for that which is published at *path* now, '' where nothing is."""

    def document(self, gap: Gap) -> Replica | None:
        """Return what is published at a path, None where that is not what the gap *wants*.

        Raises `OutputError` where it is a picture that cannot be read here.
        """

    def leave(self, gaps: Sequence[Gap]) -> None:
        """Note that it is not known what is at these paths: they are about to be emptied."""

    def intend(self, gaps: Sequence[Gap]) -> None:
        """Note that something may be at these paths soon: who is stopped between a put and its note leaves no copy
        that nobody knows of. Paths that are noted stay as they are."""

    def close(self, closed: Iterable[Closed], now: datetime) -> None:
        """Note what came of gaps: those with a problem are tried again later, less and less often."""

    def reached(self, until: str) -> None:
        """Note that all that was published *until* then is there, but for what is tried again."""

    def failed(self, problem: str, now: datetime) -> None:
        """Note that the bucket takes nothing: it is tried again in a while."""

    def compared(self, found: Mapping[str, str], now: datetime) -> int:
        """Hold our notes to what was *found* in the bucket (tags by path); return how many were wrong."""

    def comparing(self, now: datetime) -> bool:
        """Tell whether that was long enough ago to be done again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """The bucket, our notes of it, and the *assets* (replicas by path) that stand beside what is published."""

    bucket: Bucket
    notes: Notes
    assets: Mapping[str, Replica] = field(default_factory=dict)
