"""Buckets: into which channels and deliveries fall, and of which a worker gets a run.

Rows name their bucket; a shard is a run of buckets. So the number of shards may change without a row being written.
"""

from hashlib import sha256

from feeds.model.domains import host_of, registered_domain
from feeds.model.names import ChannelName

BUCKETS = 4096  # as many as there may be shards
ALL = range(BUCKETS)


def bucket_of(name: str) -> int:
    """Return the bucket of what is called so."""
    return number_of(name) % BUCKETS


def bucket_of_channel(id: str) -> int:
    """Return the bucket of a channel; archives are in that of the channel that they are of."""
    return bucket_of(ChannelName.of(id).channel)


def bucket_of_url(url: str) -> int:
    """Return the bucket of what is sent to *url*: that of its domain, so that one worker sends all."""
    return bucket_of(registered_domain(host_of(url)))


def shard_in(bucket: int, shards: int) -> int:
    """Return which of *shards* a bucket belongs to."""
    return bucket * shards // BUCKETS


def part(shard: int, shards: int) -> range:
    """Return the buckets of a shard; none of a shard that is not one of *shards*."""
    first, end = (-(-n * BUCKETS // shards) for n in (shard, shard + 1))
    return ALL[first:end] if 0 <= shard < shards else ALL[:0]


def number_of(name: str) -> int:
    """Return a number that stands for *name*, on every machine and from run to run."""
    # Not crc32: its lower bits are equal for example0.com to example5.com.
    return int.from_bytes(sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big")
