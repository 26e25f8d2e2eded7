"""Which addresses are public, how a name is looked up and how a line is opened.

Only what IANA lists as globally reachable unicast may be reached; a table of our own, because `ipaddress.is_private`
misses 100.64/10, 192.88.99/24 and multicast, and `is_global` changed between Python releases.
Source: IANA special-purpose address registries, IPv4 (RFC 6890) and IPv6, as of 2026.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from feeds.errors import FetchError

ADDRESSES = 4  # tried for one host

Resolve = Callable[[str, int], Sequence[str]]
"""All addresses of a name, in order of preference. Raises `OSError` where there is none."""

Dial = Callable[[str, int, float], socket.socket]
"""A line to an address and port, opened within so many seconds. Raises `OSError`."""

_SPECIAL4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link local, and the metadata service of clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # IETF protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays, withdrawn
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_GLOBAL6 = IPv6Network("2000::/3")  # all that IANA has given out as global unicast
_SPECIAL6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarking
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: leads to any IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address really reached


def is_public(text: str) -> bool:
    """Whether *text* is an address that anybody may reach; IPv4 inside IPv6 is unwrapped first."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if inner is None:
            return address in _GLOBAL6 and not any(address in network for network in _SPECIAL6)
        address = inner
    return not any(address in network for network in _SPECIAL4)


def is_literal(host: str) -> bool:
    """Whether *host* is an address already."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def admitted(found: Sequence[str], host: str, port: int, *, private: bool) -> list[str]:
    """Return the addresses to try of those *found* for a host; *private* says that any will do.

    Raises `FetchError`: one bad address spoils them all, for which is used is left to chance.
    """
    if not found:
        raise FetchError("dns", host)
    if not private and not all(map(is_public, found)):
        raise FetchError("address", f"{host} port {port}")
    return interleaved(found, ADDRESSES)


def interleaved(addresses: Sequence[str], most: int) -> list[str]:
    """Return up to *most* addresses, families taking turns: a dead IPv6 route must not hide a live IPv4 one.

    Source: RFC 8305 §4.
    """
    unique = list(dict.fromkeys(addresses))
    first = [a for a in unique if (":" in a) == (":" in unique[0])]
    other = [a for a in unique if a not in first]
    turns = [pair[i] for i in range(len(unique)) for pair in (first, other) if i < len(pair)]
    return turns[:most]


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses that the system's resolver gives, in its order (RFC 6724)."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def dial(address: str, port: int, seconds: float) -> socket.socket:
    line = socket.create_connection((address, port), seconds)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line
