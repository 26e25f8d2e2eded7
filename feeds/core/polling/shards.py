"""Which shard a source belongs to, so that one worker knows all requests that go to one site.

The shard is a hash of the registered domain: `a.blog.example.co.kr` and `b.example.co.kr` share one; a domain that was
guessed wrongly moves a site to another shard and does no harm. Of a domain with very many sources each host stands for
itself. A host that alone has so many has shards of its own, lest it holds up its neighbours: as many as it may be asked
by at a time, each with its share of the host's rate.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from feeds.model.buckets import number_of
from feeds.model.domains import host_of, registered_domain
from feeds.model.quick import replace
from feeds.model.source import Source, SourceState

# Sources of one domain, or one host, from which on it is divided: in a set of a million one host made a shard of
# 24,302 where the mean was 977 (measured for the design of clusters).
MANY = 2_000
_OWN = 1 << 16  # shards from this number on are those of single hosts
_MOST = 16  # of one host


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """How sources are dealt to *shards*. *crowded*: domains of which each host stands for itself.

    *parts*: into how many shards of its own a host is divided; a host that is not named has none.
    """

    shards: int
    crowded: frozenset[str] = frozenset()
    parts: Mapping[str, int]

    @property
    def stamp(self) -> str:
        """Return what differs, on every machine alike, where another deal may put a source elsewhere."""
        return sha256(repr((self.shards, sorted(self.crowded), sorted(self.parts.items()))).encode()).hexdigest()[:16]

    def shard_of(self, source: Source) -> int:
        """Return the shard of *source*: equal on every machine and from run to run.

        Folders and files are in shard 0: they cost no host anything, and one worker reads them in one go.
        """
        if source.kind != "feed" or self.shards <= 1:
            return 0
        host = host_of(source.location)
        if parts := self.parts.get(host):
            return _OWN + number_of(host) % _OWN * _MOST + number_of(source.id) % parts
        domain = registered_domain(host)
        return number_of(host if domain in self.crowded else domain) % self.shards


def moved(source: Source, before: SourceState, after: SourceState, shard_of: Callable[[Source], int]) -> int | None:
    """Return the shard of a source that is asked elsewhere from now on; None where it is asked where it was."""
    if before.lives_at == after.lives_at:
        return None
    return shard_of(asked_at(source, after.lives_at))


def asked_at(source: Source, lives_at: str) -> Source:
    """Return a source with the address at which it is asked: another one where it moved for good."""
    return replace(source, location=lives_at) if lives_at else source


def deal(sources: Iterable[Source], shards: int, per_host: int, many: int = MANY) -> Deal:
    """Return how *sources* are dealt, where *per_host* requests to one host may be under way at a time.

    A host is divided into no more parts than that, and each may have its share of them (`fetch.lanes`): so it is never
    asked by more at a time, nor more often, than one worker alone would.
    """
    if shards <= 1:
        return Deal(shards=1, parts={})
    hosts = Counter(host_of(source.location) for source in sources if source.kind == "feed")
    domains: Counter[str] = Counter()
    for host, number in hosts.items():
        domains[registered_domain(host)] += number
    most = max(min(per_host, _MOST), 1)
    return Deal(
        shards=shards,
        crowded=frozenset(domain for domain, number in domains.items() if number > many),
        parts={host: min(-(-number // many), most) for host, number in hosts.items() if number > many},
    )
