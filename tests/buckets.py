"""A bucket in the test's hand: things by path, as S3 keeps them."""

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from feeds.errors import OutputError
from feeds.model.mirror import Thing


@dataclass
class Bucket:
    """*refuses* tells why a path is not taken, '' where it is; *before* is called with each path before it is put."""

    name: str = "s3://test"
    things: dict[str, tuple[Thing, str]] = field(default_factory=dict)
    refuses: Callable[[str], str] = lambda _: ""
    before: Callable[[str], None] = lambda _: None
    puts: list[str] = field(default_factory=list)
    _tags: Iterator[int] = field(default_factory=itertools.count)
    _turn: threading.RLock = field(default_factory=threading.RLock)

    def put(self, thing: Thing, tag: str) -> str | None:
        self.before(thing.path)
        with self._turn:
            self._take(thing.path)
            if self.things.get(thing.path, (None, ""))[1] != tag:
                return None
            self.puts.append(thing.path)
            self.things[thing.path] = (thing, f"tag{next(self._tags)}")
            return self.things[thing.path][1]

    def tag(self, path: str) -> str:
        return self.things[path][1] if path in self.things else ""

    def remove(self, path: str) -> None:
        self.before(path)
        with self._turn:
            self._take(path)
            self.things.pop(path, None)

    def tags(self) -> Iterator[tuple[str, str]]:
        yield from [(path, tag) for path, (_, tag) in self.things.items()]

    def bodies(self) -> dict[str, bytes]:
        return {path: thing.body for path, (thing, _) in self.things.items()}

    def _take(self, path: str) -> None:
        if said := self.refuses(path):
            raise OutputError(path, said)
