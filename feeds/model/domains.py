"""Hosts and the domains that were registered for them.

The domain is a guess from a short table, not the public suffix list: who goes by it must bear a wrong guess.
"""

import re
from urllib.parse import urlsplit

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


def host_of(url: str) -> str:
    """Return the host of *url*; where it has none, or is one that no request will accept, all of it."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _ascii(label: str) -> str:
    try:
        return label.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return label.lower()
