"""Who may be asked for what, with which headers and how far: the one guard before both ways to the wire.

A journey is a generator without any network: it yields each exchange that is to be made, receives what the server
said, and returns an answer. So redirects, origins, credentials and second tries are decided here once, whether
`Client` carries the journey in its own thread or `Multi` carries many at a time.
"""

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal, TypeVar

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from feeds.errors import FetchError
from feeds.net import body
from feeds.net.addresses import Dial, Resolve, dial, look_up
from feeds.net.body import Said
from feeds.net.target import Target, follow, parse

PORTS = frozenset({80, 443, 8080, 8443})  # where web servers are; others are guesses at other services
PERMANENT = frozenset({301, 308})
MOVED = {"GET": frozenset({301, 302, 303, 307, 308}), "POST": frozenset({307, 308})}  # the others turn POST into GET
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
FRAMING = frozenset(
    {
        "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect", "range",
        "accept-encoding",
    }
)  # fmt: skip
Data = Mapping[str, str] | bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one call may take, all its redirects together."""

    total: timedelta = timedelta(seconds=20)
    connect: timedelta = timedelta(seconds=3)  # for one address
    read: timedelta = timedelta(seconds=5)  # of silence
    wire: int = 4 << 20  # bytes as sent
    body: int = 15 << 20  # bytes once decompressed
    head: int = 64 << 10  # bytes of one answer's status line and headers
    hops: int = 5


STANDARD = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask for: *own* headers, and secret ones, of the url's own origin only; *data* as a mapping is a form."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    method: Literal["GET", "POST"] = "GET"
    data: Data = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One exchange with one place that may be asked; *private* says that it may have any address.

    *secret*: it bears what is meant for this place alone, in its headers or its query.
    """

    method: Literal["GET", "POST"]
    target: Target
    headers: Mapping[str, str]
    data: Data
    private: bool
    secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. *headers* by lower-case name, repeated ones joined by `, `, bytes read as Latin-1.

    *body* is decompressed, and read of 2xx answers only. *url* is the one that answered, after *hops* redirects;
    *permanent* says that there were some and all of them 301 or 308.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    permanent: bool = False
    hops: int = 0


T = TypeVar("T")
Journey = Generator[Hop, Said, T]
"""Yields exchanges, receives what was said or the `FetchError` that came of it, returns what follows from it all."""


class Guard:
    """What holds for every request of this program.

    *allow_private* lists `host:port` that may be reached in spite of a private address or an unusual port;
    a redirect from elsewhere does not lead there. *authorities* is a PEM file of those whose certificates count.
    """

    def __init__(
        self,
        allow_private: Collection[str],
        user_agent: str,
        limits: Limits = STANDARD,
        authorities: str = DEFAULT_CA_BUNDLE_PATH,
        resolve: Resolve = look_up,
        dial: Dial = dial,
    ) -> None:
        self.private = frozenset(place.lower() for place in allow_private)
        self.limits, self.authorities, self.resolve, self.dial = limits, authorities, resolve, dial
        self._polite = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"}

    def travel(self, request: Request, limits: Limits | None = None) -> Journey[Answer]:
        """Return the journey of *request*, following redirects. It raises `FetchError`;
        an answer of any final status from 200 to 599 is an answer.
        """
        limits = limits or self.limits
        method = request.method
        start = target = parse(request.url)
        open_to_all, secret = _split(request.headers)
        common = self._polite | open_to_all
        own = secret | {name: value for name, value in request.own.items() if name.lower() not in FRAMING}
        seen: list[str] = []
        permanent = home = True
        while True:
            seen.append(target.url)
            private = self._admit(target, start)
            home = home and _is_home(target, start)
            headers = _over(common, own) if home else common
            bears = (home and bool(own)) or method == "POST" or "?" in target.path
            said, content = yield from _ask(Hop(method, target, headers, request.data, private, bears), limits)
            if said.status not in MOVED[method] or "location" not in said.headers:
                hops = len(seen) - 1
                return Answer(
                    status=said.status,
                    headers=said.headers,
                    body=content,
                    url=target.url,
                    permanent=permanent and hops > 0,
                    hops=hops,
                )
            permanent = permanent and said.status in PERMANENT
            target = _next(start, target, said.headers["location"], seen, limits)

    def _admit(self, target: Target, start: Target) -> bool:
        """Return whether *target* may have any address. Raises `FetchError` where it may not be asked at all."""
        listed = bool(self.private) and target.place in self.private
        if listed and (start.place in self.private or start.host == target.host):
            return True
        if listed or target.port not in PORTS:
            raise FetchError("address", f"{target.host} port {target.port}")
        return False


def _ask(hop: Hop, limits: Limits) -> Generator[Hop, Said, tuple[Said, bytes]]:
    """Ask one place; once more without compression where the answer only claims to be compressed (NET-19)."""
    said = yield hop
    try:
        return said, body.decode(said, limits.body)
    except body.Mislabelled:
        said = yield replace(hop, headers={**hop.headers, "Accept-Encoding": "identity"})
    try:
        return said, body.decode(said, limits.body)
    except body.Mislabelled as error:
        raise FetchError("encoding", "the answer says gzip and is not") from error


def _next(start: Target, base: Target, location: str, seen: Sequence[str], limits: Limits) -> Target:
    onward = follow(base, location)
    if start.scheme == "https" and onward.scheme == "http":
        raise FetchError("redirect", "from https to http")
    if onward.url in seen:
        raise FetchError("redirect", "in a circle")
    if len(seen) > limits.hops:
        raise FetchError("redirect", f"more than {limits.hops}")
    return onward


def _is_home(target: Target, start: Target) -> bool:
    """Whether *target* may see what is meant for *start*: the same origin, or its https twin."""
    if target is start:
        return True
    upgraded = (start.scheme, start.port, target.scheme, target.port) == ("http", 80, "https", 443)
    return target.origin == start.origin or (upgraded and target.host == start.host)


def _over(common: Mapping[str, str], own: Mapping[str, str]) -> Mapping[str, str]:
    """Return *common* headers with *own* ones in place of those of the same name, in whatever case."""
    if not own:
        return common
    names = {name.lower() for name in own}
    return {**{name: value for name, value in common.items() if name.lower() not in names}, **own}


def _split(headers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the headers for everybody, and the secret ones."""
    secret = {name: value for name, value in headers.items() if name.lower() in SECRET}
    if not secret:
        return dict(headers), secret
    return {name: value for name, value in headers.items() if name not in secret}, secret
