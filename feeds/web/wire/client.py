"""Who asks, and by which name: addresses behind proxies, and the hosts that we answer for.

What a request says of its client, its scheme or its host by `X-Forwarded-*` is believed of peers that
`server.trusted_proxies` names, and of nobody else.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# RFC 3986 §3.2.2, as far as hosts of the web go: a name, or an address in brackets where it is one of IPv6.
_HOST = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?")
_NEAR = ("localhost",)


class Client(NamedTuple):
    """*address* is the nearest one that nobody untrusted told us, '' where the peer has none.

    *scheme* and *host* are what a trusted proxy says, '' where none does. *local*: on this machine, and no proxy spoke
    for another one.
    """

    address: str
    scheme: str = ""
    host: str = ""
    local: bool = False


class Peers:
    """Which peers are proxies of ours. Raises `ValueError` for what is neither an address nor a network."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted: tuple[Network, ...] = tuple(ip_network(each, strict=False) for each in trusted)
        self._is_proxy = lru_cache(maxsize=4096)(self._among)

    def trusts(self, peer: str) -> bool:
        return bool(self._trusted) and self._is_proxy(peer)

    def _among(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self._trusted)

    def client(self, peer: str, headers: Mapping[str, str]) -> Client:
        """Return who asks: of a chain of proxies the last address that is no trusted one. The rest is hearsay."""
        if not self.trusts(peer):
            return Client(address=peer, local=is_local(peer))
        chain = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
        found = peer
        for told in reversed(chain[-32:]):
            address = _address(told)
            if address is None:
                break
            found = str(address)
            if not self._is_proxy(found):
                break
        scheme = _last(headers.get("x-forwarded-proto", "")).lower()
        return Client(
            address=found,
            scheme=scheme if scheme in ("http", "https") else "",
            host=_last(headers.get("x-forwarded-host", "")),
            local=found == peer and is_local(peer),
        )


def _last(value: str) -> str:
    """What the nearest proxy says."""
    return value.rpartition(",")[2].strip()


def _address(text: str) -> Address | None:
    """An address, with or without a port."""
    bare = text.strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


@lru_cache(maxsize=4096)
def is_local(peer: str) -> bool:
    address = _address(peer)
    return address is not None and address.is_loopback


@lru_cache(maxsize=65_536)
def household(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 one, which is one customer's."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False).network_address)
    return str(found) if found else address


class Hosts:
    """The names that requests may call us by (SRV-09). Without *names* any well-formed one will do.

    An address will do too: no name can be made to lead to it that a browser takes for ours.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower().rstrip(".") for name in names if name)
        self._good = lru_cache(maxsize=256)(self._check)

    def good(self, host: str) -> bool:
        return len(host) <= 300 and self._good(host)

    def _check(self, host: str) -> bool:
        found = _HOST.fullmatch(host.lower())
        if found is None or not 0 < int(found["port"] or 80) <= 65_535:
            return False
        name = found["name"].rstrip(".")
        return not self._names or name in self._names or name in _NEAR or _address(name) is not None
