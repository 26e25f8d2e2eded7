"""The feeds behind an address: what its page names, what its platform has, what lies in the usual places."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from feeds.core.entries.normalise import normalise
from feeds.core.links import urls
from feeds.errors import FetchError, ParseError
from feeds.fetch.headers import links
from feeds.fetch.http import ACCEPT, CODES
from feeds.jobs.documents import read
from feeds.model.source import Document, Fetched, Source
from feeds.net import Answer, Client
from feeds.parse.finding.discover import feeds_in, usual_places
from feeds.parse.finding.platforms import known_places
from feeds.sandbox import Sandbox

MOST = 12  # addresses that a page may name: each is asked
SHOWN = 5  # titles
_SILENT = frozenset({"dns", "connect", "timeout", "tls", "rate_limited"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that was found behind an address."""

    url: str
    title: str
    format: str
    entries: int
    newest: datetime | None
    titles: tuple[str, ...]  # of the last entries
    direct: bool = False  # it is what the address itself gave


def discover(url: str, client: Client) -> tuple[Candidate, ...]:
    """Return the feed at *url*; else those that its platform or its page names, the best first; else the first found
    in the usual places.

    Raises `FetchError` where *url* itself cannot be read and its platform is not known.
    """
    known = known_places(url)
    try:
        page = _ask(url, client)
    except FetchError:
        if known:
            return tuple(_readable(known, client))
        raise
    try:
        return (_candidate(page, direct=True),)
    except ParseError as error:
        if error.code not in {"html", "unknown", "empty"}:
            raise
    linked = links(page.headers, page.url)
    told = [linked[rel] for rel in ("self", "alternate") if rel in linked and linked[rel] != page.url]
    named = [*known, *known_places(page.url), *told, *(link.url for link in feeds_in(page.body, page.url)[:MOST])]
    found = tuple(_readable(named, client))
    return found or tuple(_readable(usual_places(page.url), client))[:1]


def _ask(url: str, client: Client) -> Answer:
    answer = client.get(url, {"Accept": f"{ACCEPT}, text/html;q=0.6"})
    if answer.status != 200:
        raise FetchError(CODES.get(answer.status, "status"), f"HTTP {answer.status}", status=answer.status)
    return answer


def _readable(addresses: Iterable[str], client: Client) -> Iterator[Candidate]:
    """Give the feeds among *addresses*, each once: two spellings of one address are one.

    A host that does not answer is not asked again.
    """
    seen, silent = set[str](), set[str]()
    for address in dict.fromkeys(addresses):
        host = urlsplit(address).hostname or ""
        if urls.canonical(address) in seen or host in silent:
            continue
        try:
            candidate = _candidate(_ask(address, client))
        except FetchError as error:
            silent |= {host} if error.code in _SILENT else set()
            continue
        except ParseError:
            continue
        if urls.canonical(candidate.url) not in seen:
            yield candidate
        seen |= {urls.canonical(address), urls.canonical(candidate.url)}


def _candidate(answer: Answer, *, direct: bool = False) -> Candidate:
    """Read an answer as a feed. Raises `ParseError`."""
    document = Document(url=answer.url, body=answer.body, media_type=answer.headers.get("content-type", ""))
    source = Source(id="found", kind="feed", location=answer.url)
    with Sandbox() as sandbox:
        fetched, parsed = read(source, Fetched(outcome="fresh", documents=(document,)), sandbox.read)
    if fetched.problem:
        raise ParseError(fetched.problem.code, fetched.problem.detail)
    entries = normalise(parsed, source, answer.url).entries
    dates = [date for entry in entries if (date := entry.published)]
    return Candidate(
        url=answer.url,
        title=parsed.info.title,
        format=parsed.info.format,
        entries=len(entries),
        newest=max(dates, default=None),
        titles=tuple(entry.title for entry in entries[:SHOWN]),
        direct=direct,
    )
