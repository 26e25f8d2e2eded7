"""What is asked and what is answered, without a framework: every handler is a function from one to the other."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

FIELDS = 100  # of a form or a query; parsing a thousand is what CVE-2026-54283 lived on
BODY_SECONDS = 10.0  # until a request's body is there (WS-09); a push of 4 MB needs 3 Mbit/s
BODY_BYTES = 64 * 1024  # of a request; forms and subscriptions need a hundredth

# What a hostile entry smuggled past the cleaner still meets: nothing runs, nothing frames us, nothing is sent.
PAGE_POLICY = (
    "default-src 'none'; img-src http: https:; media-src http: https:; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
WRITTEN = "feeds.written"  # of a scope: waits until all is written, and tells whether it was
NOT_FOUND = "Nothing is published here.\n"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. *path* is percent-decoded and starts with '/'; *headers* have lower-case names.

    *names* are the parts of the path that the route names; *client* is the address of who asks, '' where unknown, and
    *scheme* how: both as a trusted proxy tells them, where there is one.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: bytes = b""
    names: Mapping[str, str] = field(default_factory=dict)
    client: str = ""
    scheme: str = "http"

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the query; of a name that comes twice, the last value. Raises `BadRequest`."""
        return _fields(self.query)

    @property
    def form(self) -> dict[str, str]:
        """The fields of an `application/x-www-form-urlencoded` body; of a name that comes twice, the last value.

        Raises `BadRequest`.
        """
        try:
            text = self.body.decode()
        except UnicodeDecodeError:
            return {}
        return _fields(text)


class BadRequest(Exception):
    """A request that no handler should have to deal with: it is answered with 400."""


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError as error:
        raise BadRequest(f"more than {FIELDS} fields") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A body that is too large to be held: *found* gives it in pieces of *step* bytes each but the last, and raises
    `OSError` where the rest is not to be had any more. *wanted* are the bytes of it that are sent, of *size*."""

    found: Sequence[bytes]
    step: int
    size: int
    wanted: range

    def __len__(self) -> int:
        return len(self.wanted)

    def __iter__(self) -> Iterator[bytes]:
        begin, end, step = self.wanted.start, self.wanted.stop, self.step
        for place in range(begin // step, -(-end // step)) if self.wanted else ():
            yield self.found[place][max(0, begin - place * step) : end - place * step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back: *body* is empty for 304 and redirects, and where there are *pieces*; HEAD is the server's part.

    *cookies* are values of `Set-Cookie`, which alone may come several times. *after* is told, in a thread, whether the
    last byte was handed to the operating system before the connection ended.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: Pieces | None = None
    cookies: tuple[str, ...] = ()
    after: Callable[[bool], None] | None = field(default=None, compare=False)
    _wire: list[bytes] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def wire(self) -> bytes:
        """The lines of the headers, the length among them, as they are sent; made once."""
        if not self._wire:
            lines = [f"{name}: {_whole(value)}\r\n" for name, value in self.headers.items()]
            if self.status != 304:
                lines.append(f"Content-Length: {len(self.body)}\r\n")
            self._wire.append("".join(lines).encode("latin-1"))
        return self._wire[0]


def _whole(value: str) -> str:
    """*value*, unless it would end its line: what follows would be a header of its own (PUB-05, RFC 9110 §5.5)."""
    if _CONTROL.search(value):
        raise ValueError("a header's value holds a control character")
    return value


Handler = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """One way in. *path* may name parts, as `/hub/{id}`; requests with a larger body are refused unread (413), those
    whose body takes longer too (408)."""

    path: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)
    body_bytes: int = BODY_BYTES
    body_seconds: float = BODY_SECONDS
    admits: Callable[[Asked], Answer | None] | None = None  # asked before the body is read: what it answers is final


def text(body: str, status: int = 200, **headers: str) -> Answer:
    """Return plain text; underscores in the names of *headers* stand for hyphens.

    A refusal is kept by no cache: RFC 9110 §15.1 lets it keep a 404, and would give it to a partner who shows a token.
    """
    given = {"Cache-Control": "no-store"} if status >= 400 else {}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        status=status,
        headers={
            **HEADERS,
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Security-Policy": PAGE_POLICY,
            **given,
        },
        body=body.encode(),
    )
