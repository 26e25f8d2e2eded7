"""What every request passes before anything else: by which name it asks, for whom, how often, below which prefix."""

import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote, unquote, urlsplit

from feeds.model.settings import Server
from feeds.web.wire.client import Client, Hosts, Peers, household
from feeds.web.wire.http import HEADERS, Answer, text
from feeds.web.wire.rates import Rates

OPEN = Server(requests_per_minute=0)
NO_HOST = "No site of this name is served here: server.hosts of feeds.yaml may name more than that of site.url.\n"


class Front:
    """The rules of *server* for a site at *base_url*; without one, requests may name any host.

    *clock* gives seconds that never go back.
    """

    def __init__(
        self, base_url: str = "", server: Server = OPEN, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        parts = urlsplit(base_url)
        self.server = server
        self.prefix = quote(unquote(parts.path.rstrip("/")))
        self.peers = Peers(server.trusted_proxies)
        self.hosts = Hosts((_ascii(parts.hostname), *server.hosts) if parts.hostname else ())
        self._rates = Rates(server.requests_per_minute)
        self._clock = clock
        self._depth = self.prefix.count("/")
        self._decoded = unquote(self.prefix)

    def enter(
        self, peer: str, headers: Mapping[str, str], hosts: Sequence[str], *, old: bool = False
    ) -> Client | Answer:
        """Return who asks, or what those are answered who may not.

        *hosts* are the values of Host, of which there must be one; *old*: HTTP/1.0, which needs none.
        """
        client = self.peers.client(peer, headers)
        host = client.host or (hosts[0] if hosts else "")
        if len(hosts) > 1 or not (hosts or old) or not (self.hosts.good(host) or (old and not host)):
            return text(NO_HOST, 400, Connection="close")
        counted = self.counted(client)
        if counted and (wait := self._rates.ask(counted, self._clock())):
            return text("You ask too often.\n", 429, Retry_After=str(wait))
        return client

    def counted(self, client: Client) -> str:
        """Return the name by which a client's requests are counted, '' where they are not."""
        return "" if client.local else household(client.address)

    def allows(self, counted: str) -> bool:
        """Count a request of one that was let in before with the same headers; False where it is one too many."""
        return not counted or not self._rates.ask(counted, self._clock())

    def below(self, raw_path: str) -> str | Answer:
        """Return the path of a request without the site's prefix, where a proxy kept it."""
        if not self.prefix:
            return raw_path
        parts = raw_path.split("/", self._depth + 1)
        if unquote("/".join(parts[: self._depth + 1])) != self._decoded:
            return raw_path
        if len(parts) == self._depth + 1:
            return Answer(status=301, headers={**HEADERS, "Location": f"{self.prefix}/"})
        return "/" + parts[-1]


def _ascii(host: str) -> str:
    """A host as requests name it (RFC 5890: in letters, digits and hyphens)."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
