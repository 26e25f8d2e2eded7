"""Which shard a source belongs to, so that one worker knows all requests that go to one site.

The shard is a hash of the registered domain: `a.blog.example.co.kr` and `b.example.co.kr` share one. The domain is a
guess from a short table, not the public suffix list: a wrong guess moves a site to another shard and does no harm.
"""

import re
from hashlib import sha256
from urllib.parse import urlsplit

from feeds.model.source import Source

# Labels that registries use below a country's two letters (`co.kr`, `com.au`, `ac.uk`).
# Source: the commonest second levels of publicsuffix.org's ICANN section.
_SECOND_LEVELS = frozenset({
    "ac", "asso", "co", "com", "edu", "go", "gob", "gov", "govt", "gouv", "gr", "id", "ltd", "me", "mil", "ne", "net",
    "nom", "or", "org", "plc", "sch", "school",
})  # fmt: skip

# Korea's own: schools, research, persons, companies' groups and the regions.
# Source: KISA, second-level domains of .kr.
_KOREAN = frozenset({
    "es", "hs", "kg", "ms", "pe", "re", "sc", "busan", "chungbuk", "chungnam", "daegu", "daejeon", "gangwon", "gwangju",
    "gyeongbuk", "gyeonggi", "gyeongnam", "incheon", "jeju", "jeonbuk", "jeonnam", "seoul", "ulsan",
})  # fmt: skip

_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # RFC 3490 §3.1


def registered_domain(host: str) -> str:
    """Return the part of *host* that was registered, lower-case, in ASCII; an address or a single label as it is."""
    labels = [_ascii(label) for label in _DOTS.split(host) if label]
    if len(labels) <= 2 or ":" in host or labels[-1].isdecimal():
        return ".".join(labels)
    last, second = labels[-1], labels[-2]
    deep = len(last) == 2 and (second in _SECOND_LEVELS or (last == "kr" and second in _KOREAN))
    return ".".join(labels[-3:] if deep else labels[-2:])


def shard_of(source: Source, shards: int) -> int:
    """Return the shard of *source*, from 0 to *shards* - 1: equal on every machine and from run to run.

    Folders and files are in shard 0: they cost no host anything, and one worker reads them in one go.
    """
    if source.kind != "feed" or shards <= 1:
        return 0
    domain = registered_domain(_host(source.location)).encode("utf-8", "surrogatepass")
    # Not crc32: its lower bits are equal for example0.com to example5.com.
    return int.from_bytes(sha256(domain).digest()[:8], "big") % shards


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:  # a URL that no request will accept: any shard will do
        return url


def _ascii(label: str) -> str:
    try:
        return label.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return label.lower()
