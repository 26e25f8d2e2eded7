"""Answers for those who look: how sources do, why an item is where it is, what a feed really holds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from feeds.app.build import App
from feeds.core import oddities, urls
from feeds.core.normalise import Normalised, normalise
from feeds.errors import PROBLEMS, FetchError, ParseError, UsageError
from feeds.jobs.poll import read
from feeds.model.entry import Parsed
from feeds.model.overview import Found, SourceLine
from feeds.model.source import Document, Fetched, Options, Problem, Source
from feeds.net import Client
from feeds.parse.discover import feeds_in, usual_places


def worst_first(app: App) -> tuple[SourceLine, ...]:
    """Return the sources, those with a problem before the others, the longest failing first."""
    lines = [line for line in app.store.overview.sources() if not line.removed]
    return tuple(sorted(lines, key=lambda line: (not line.state.problem, -line.state.failures, line.source.order)))


def advice(problem: Problem | None) -> tuple[str, str]:
    """Return cause and remedy of a problem in plain words, the case's detail with the cause."""
    if problem is None:
        return "", ""
    cause, remedy = PROBLEMS[problem.code]
    return f"{cause} ({problem.detail})" if problem.detail else cause, remedy


def why(app: App, what: str) -> Found:
    """Return the life of what *what* names: a URL of an item, its id, or a story's id."""
    forms = [what, *_forms(app, what)]
    found = app.store.overview.find(*dict.fromkeys(forms))
    if not found:
        raise UsageError(f"nothing here is known as {what!r}; give an item's URL or id, as `feeds status` shows them")
    return found


def _forms(app: App, what: str) -> Iterator[str]:
    """Other spellings of a URL: canonical, percent-encoded, and below the site for a path."""
    if what.startswith("/"):
        what = app.settings.site.url + what
        yield what
    if urlsplit(what).scheme in ("http", "https"):
        yield urls.canonical(what)
        yield quote(what, safe=":/?#[]@!$&'()*+,;=%~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peek:
    """One feed as it was read: nothing of it is stored."""

    source: Source
    fetched: Fetched
    parsed: Parsed
    found: Normalised


def peek(target: str, client: Client, now: datetime | None = None) -> Peek:
    """Read one feed, from the web or from a file. Raises `FetchError`, `ParseError`, `UsageError`."""
    del now
    source = Source(id="peek", kind="feed", location=target, options=Options())
    if urlsplit(target).scheme in ("http", "https"):
        answer = client.get(target)
        if answer.status != 200:
            raise FetchError("status", f"HTTP {answer.status}", status=answer.status)
        document = Document(url=answer.url, body=answer.body, media_type=answer.headers.get("content-type", ""))
    else:
        path = Path(target)
        if not path.is_file():
            raise UsageError(f"{target} is neither an http(s) address nor a file")
        source = replace(source, kind="file", location=str(path.resolve()))
        document = Document(url=path.resolve().as_uri(), body=path.read_bytes())
    fetched = Fetched(outcome="fresh", documents=(document,), size=len(document.body))
    fetched, parsed = read(source, fetched)
    if fetched.problem:
        raise ParseError(fetched.problem.code, fetched.problem.detail)
    found = normalise(parsed, source, document.url)
    found = replace(found, problems=(*found.problems, *oddities.of_identity(parsed, document.url)))
    return Peek(source=source, fetched=fetched, parsed=parsed, found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that was found behind an address, with the titles of its last entries."""

    url: str
    title: str
    titles: tuple[str, ...]


def discover(url: str, client: Client) -> tuple[Candidate, ...]:
    """Return the feed at *url*, else those that its page names, else those in the usual places.

    Raises `FetchError` where *url* itself cannot be read.
    """
    try:
        return (_candidate(peek(url, client)),)
    except ParseError as error:
        if error.code != "html":
            raise
    page = client.get(url)
    named = [link.url for link in feeds_in(page.body, page.url)]
    found = tuple(_readable(named, client))
    return found or tuple(_readable(usual_places(page.url), client, first=True))


def _readable(addresses: list[str] | tuple[str, ...], client: Client, *, first: bool = False) -> Iterator[Candidate]:
    for address in addresses:
        try:
            yield _candidate(peek(address, client))
        except (FetchError, ParseError):
            continue
        if first:
            return


def _candidate(seen: Peek) -> Candidate:
    document = seen.fetched.documents[0]
    titles = tuple(entry.title for entry in seen.found.entries[:5])
    return Candidate(url=document.url, title=seen.parsed.info.title, titles=titles)


def ago(moment: datetime | None, now: datetime) -> str:
    """Say how long ago *moment* was, or how far ahead: `3m ago`, `in 2h`, `never`."""
    if moment is None:
        return "never"
    seconds = int((now - moment.astimezone(UTC)).total_seconds())
    size = abs(seconds)
    number, unit = next(((size // n, u) for n, u in ((86400, "d"), (3600, "h"), (60, "m")) if size >= n), (size, "s"))
    return f"{number}{unit} ago" if seconds >= 0 else f"in {number}{unit}"
