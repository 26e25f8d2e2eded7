"""A bucket in the test's hand: replicas by path, as S3 keeps them."""

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from feeds.errors import OutputError
from feeds.model.mirror import Replica


@dataclass
class Bucket:
    """*refuses* tells why a path is not taken, '' where it is; *before* is called with each path before it is put."""

    name: str = "s3://test"
    replicas: dict[str, tuple[Replica, str]] = field(default_factory=dict)
    refuses: Callable[[str], str] = lambda _: ""
    before: Callable[[str], None] = lambda _: None
    puts: list[str] = field(default_factory=list)
    _tags: Iterator[int] = field(default_factory=itertools.count)
    _turn: threading.RLock = field(default_factory=threading.RLock)

    def put(self, replica: Replica, tag: str) -> str | None:
        self.before(replica.path)
        with self._turn:
            self._take(replica.path)
            if self.replicas.get(replica.path, (None, ""))[1] != tag:
                return None
            self.puts.append(replica.path)
            self.replicas[replica.path] = (replica, f"tag{next(self._tags)}")
            return self.replicas[replica.path][1]

    def tag(self, path: str) -> str:
        return self.replicas[path][1] if path in self.replicas else ""

    def remove(self, path: str) -> None:
        self.before(path)
        with self._turn:
            self._take(path)
            self.replicas.pop(path, None)

    def tags(self) -> Iterator[tuple[str, str]]:
        yield from [(path, tag) for path, (_, tag) in self.replicas.items()]

    def bodies(self) -> dict[str, bytes]:
        return {path: replica.body for path, (replica, _) in self.replicas.items()}

    def _take(self, path: str) -> None:
        if said := self.refuses(path):
            raise OutputError(path, said)
