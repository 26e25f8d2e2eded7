"""One feed looked at for its publisher and for its reader here: what it says, what is odd, what overrides do.

Nothing is stored. A URL is asked twice, the second time with the validators of the first answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from feeds.core.entries import oddities
from feeds.core.entries.amend import amend
from feeds.core.entries.examine import examine
from feeds.core.entries.normalise import Normalised, normalise
from feeds.core.publishing import terms
from feeds.core.sorting import rules
from feeds.errors import FetchError, ParseError, UsageError
from feeds.fetch.headers import validators
from feeds.fetch.http import ACCEPT, CODES
from feeds.jobs.documents import read
from feeds.model.entry import Entry, Parsed, RawEntry, origin_of
from feeds.model.oddities import CATALOGUE, OF_PROBLEMS
from feeds.model.oddity import Effect, Finding, Oddity
from feeds.model.settings import Settings
from feeds.model.source import Document, Fetched, Options, Problem, Source
from feeds.net import Answer, Client
from feeds.parse.decoding.decode import Decoded, codec, decode
from feeds.parse.xml.survey import Survey, survey
from feeds.sandbox import Sandbox

LARGE = 1 << 20  # bytes
_TYPES = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml",
        "application/xml", "application/json",
    }
)  # fmt: skip
_SEVERITIES = ("error", "warning", "note")
# What reading notes without a place gives way to what the survey found with one.
_BETTER: Mapping[str, tuple[str, ...]] = {
    "malformed": ("xml.", "link.relative"),
    "date.unread": ("date.unread",),
    "title.html": ("title.html", "title.escaped"),
    "id.permalink": ("id.permalink",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All findings of one code: how often, and the first with its place in words."""

    code: str
    oddity: Oddity
    times: int
    place: str  # `line 12`, `line 3, column 5`, `item 4`; '' where it is the feed's
    details: tuple[str, ...]  # a few, each once


@dataclass(frozen=True, slots=True, kw_only=True)
class Peek:
    """One feed as it was read."""

    source: Source
    document: Document
    decoded: str  # the encoding that it was read in
    parsed: Parsed
    found: Normalised
    effects: tuple[Effect, ...]
    groups: tuple[Group, ...]
    took: float  # seconds of reading


def peek(
    target: str, client: Client, now: datetime, settings: Settings | None = None, sandbox: Sandbox | None = None
) -> Peek:
    """Read one feed: a source of *settings* by its id or address, else any URL or file.

    *sandbox* reads it, else one of its own: who looks at many feeds spares a child process for each.
    Raises `FetchError`, `ParseError`, `UsageError`.
    """
    source = _source(target, settings)
    document, sent = _asked(source, client) if source.kind == "feed" else (_opened(source), ())
    start = perf_counter()
    with nullcontext(sandbox) if sandbox else Sandbox() as box:
        fetched, parsed = read(source, Fetched(outcome="fresh", documents=(document,)), box.read)
    took = perf_counter() - start
    if fetched.problem:
        raise ParseError(fetched.problem.code, fetched.problem.detail)
    decoded = decode(document.body, document.media_type, source.options.encoding)
    found = normalise(parsed, source, document.url)
    looked = survey(decoded.text)
    findings = [*sent, *_about_encoding(decoded, document.media_type), *_of_reading(parsed, found), *looked.findings]
    findings += [*oddities.of_identity(parsed, document.url), *examine(_as_said(parsed, document), now)]
    return Peek(
        source=source,
        document=document,
        decoded=decoded.encoding,
        parsed=parsed,
        found=found,
        effects=tuple(_effects(source, document, parsed, found.entries, now)),
        groups=grouped(findings, looked, len(parsed.entries)),
        took=took,
    )


def _source(target: str, settings: Settings | None) -> Source:
    for source in settings.sources if settings else ():
        if target in (source.id, source.location):
            if source.kind == "content":
                raise UsageError(f"{target} is a folder of posts; `feeds check --posts` looks at those")
            return source
    if urlsplit(target).scheme in ("http", "https"):
        return Source(id="peek", kind="feed", location=target, options=Options())
    if not Path(target).is_file():
        raise UsageError(f"{target} is neither an http(s) address nor a file, nor a source of the configuration")
    return Source(id="peek", kind="file", location=str(Path(target).resolve()), options=Options())


def _opened(source: Source) -> Document:
    path = Path(source.location)
    try:
        return Document(url=path.as_uri(), body=path.read_bytes())
    except OSError as error:
        raise UsageError(f"{source.location} cannot be read: {error.strerror or error}") from error


# what the server does


def _asked(source: Source, client: Client) -> tuple[Document, Sequence[Finding]]:
    """Ask as polling does, then once more with the validators that came."""
    own = dict(source.options.headers)
    if source.options.user_agent:
        own["User-Agent"] = source.options.user_agent
    answer = client.get(source.location, {"Accept": ACCEPT}, own=own)
    if answer.status != 200:
        code = CODES.get(answer.status, "status")
        raise FetchError(code, f"HTTP {answer.status}", status=answer.status)
    given = validators(answer.headers)
    pairs = (("If-None-Match", given.etag), ("If-Modified-Since", given.last_modified))
    asked = {name: value for name, value in pairs if value}
    again = None
    with suppress(FetchError):
        again = client.get(source.location, {"Accept": ACCEPT, **asked}, own=own) if asked else None
    document = Document(url=answer.url, body=answer.body, media_type=answer.headers.get("content-type", ""))
    return document, tuple(_about_answer(answer, again))


def _about_answer(answer: Answer, again: Answer | None) -> Iterator[Finding]:
    media_type = answer.headers.get("content-type", "")
    bare = media_type.partition(";")[0].strip().lower()
    if bare not in _TYPES:
        yield Finding(code="http.type", detail=bare or "none")
    if not validators(answer.headers).etag and not validators(answer.headers).last_modified:
        yield Finding(code="http.no_validators")
    elif again and again.status == 200:
        yield Finding(code="http.no_304" if again.body == answer.body else "http.changing")
    if "no-store" in answer.headers.get("cache-control", "").lower():
        yield Finding(code="http.uncached", detail=answer.headers["cache-control"][:80])
    if answer.hops:
        kind = "for good" if answer.permanent else "for now"
        yield Finding(code="http.redirect", detail=f"{kind}, to {answer.url[:200]}")
    if answer.url.startswith("http:"):
        yield Finding(code="http.insecure")
    if len(answer.body) > 8192 and "content-encoding" not in answer.headers:
        yield Finding(code="http.uncompressed", detail=f"{len(answer.body):,} bytes")
    if len(answer.body) > LARGE:
        yield Finding(code="http.large", detail=f"{len(answer.body):,} bytes")


# what the document says


def _about_encoding(decoded: Decoded, media_type: str) -> Iterator[Finding]:
    _, _, charset = media_type.lower().partition("charset=")
    said = charset.partition(";")[0].strip(" \"'")
    if said and codec(said) not in {codec(decoded.encoding), ""}:
        yield Finding(code="http.charset", detail=f"it says {said[:40]}, and is read as {decoded.encoding}")
    if not decoded.wrong and decoded.encoding.replace("_", "-").lower() not in {"utf-8", "ascii"}:
        yield Finding(code="charset.legacy", detail=decoded.label or decoded.encoding)


def _as_said(parsed: Parsed, document: Document) -> Parsed:
    """Return *parsed* without the self link that reading gives to feeds that name none."""
    if parsed.info.self_url != document.url or document.url.encode() in document.body:
        return parsed
    return replace(parsed, info=replace(parsed.info, self_url=""))


def _of_reading(parsed: Parsed, found: Normalised) -> Iterator[Finding]:
    for problem in (*parsed.problems, *found.problems):
        yield Finding(code=_code(problem), detail=problem.detail)


def _code(problem: Problem) -> str:
    return OF_PROBLEMS.get(problem.code, "malformed")


def grouped(findings: Sequence[Finding], looked: Survey, items: int) -> tuple[Group, ...]:
    """Return findings by code, in the order of the catalogue, the worst severity first.

    What has an item and no line gets the item's line, where the survey saw as many items as were read.
    """
    lines = looked.lines if len(looked.lines) == items else ()
    codes = {f.code for f in findings if f.line or f.item}
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        better = _BETTER.get(finding.code, ())
        if finding.line or finding.item or not any(code.startswith(start) for start in better for code in codes):
            by_code.setdefault(finding.code, []).append(finding)
    groups = [_group(code, by_code[code], lines) for code in CATALOGUE if code in by_code]
    return tuple(sorted(groups, key=lambda g: _SEVERITIES.index(g.oddity.severity)))


def _group(code: str, found: Sequence[Finding], lines: Sequence[int]) -> Group:
    first = found[0]
    details = tuple(dict.fromkeys(f.detail for f in found if f.detail))[:3]
    return Group(code=code, oddity=CATALOGUE[code], times=len(found), place=_place(first, lines), details=details)


def _place(finding: Finding, lines: Sequence[int]) -> str:
    line = finding.line or (lines[finding.item - 1] if 0 < finding.item <= len(lines) else 0)
    parts = [f"line {line}" if line else "", f"column {finding.column}" if finding.column and finding.line else ""]
    if not line and finding.item:
        parts.append(f"item {finding.item}")
    return ", ".join(filter(None, parts))


# what overrides do


def _effects(
    source: Source, document: Document, parsed: Parsed, entries: Sequence[Entry], now: datetime
) -> Iterator[Effect]:
    """Give each override of the source with what it does to this document."""
    options = source.options
    if options.future != "clip":
        ahead = [e for e in entries if e.published and e.published > now]
        yield Effect(option=f"future: {options.future}", entries=len(ahead))
    for name in ("encoding", "timezone"):
        usual = getattr(Options(), name)
        if getattr(options, name) != usual:
            plain = replace(source, options=replace(options, **{name: usual}))
            with Sandbox() as sandbox:
                _, before = read(plain, Fetched(outcome="fresh", documents=(document,)), sandbox.read)
            yield _read_otherwise(f"{name}: {getattr(options, name)}", before.entries, parsed.entries)
    yield from amend(parsed, options, document.url).effects
    for rule in options.drop:
        yield _kept_out(f"drop: {rule}", [e for e in entries if rules.compile_rule(rule).meets(e, source)])
    if options.only:
        only = [rules.compile_rule(rule) for rule in options.only]
        out = [e for e in entries if not any(rule.meets(e, source) for rule in only)]
        yield _kept_out(f"only: {' or '.join(options.only)}", out)
    if options.content not in ("auto", "full"):
        yield Effect(option=f"content: {options.content}", entries=len(entries))
    told = origin_of(source, parsed.info)
    if options.content == "auto" and (limited := [e for e in entries if terms.limiting(e, told)]):
        yield Effect(
            option="content: auto", entries=len(limited), before="full", after=terms.limiting(limited[0], told)
        )
    for name in [*options.headers, *(["User-Agent"] if options.user_agent else [])]:
        yield Effect(option=f"header {name}", counted=False)


def _read_otherwise(option: str, before: Sequence[RawEntry], after: Sequence[RawEntry]) -> Effect:
    changed = [(old, new) for old, new in zip(before, after, strict=False) if old != new]
    first = changed[0] if changed else None
    return Effect(
        option=option,
        entries=len(changed),
        before=_line(first[0]) if first else "",
        after=_line(first[1]) if first else "",
    )


def _line(entry: RawEntry) -> str:
    date = f"{entry.published:%Y-%m-%d %H:%M} UTC  " if entry.published else ""
    return date + " ".join((entry.title.value if entry.title else entry.url).split())[:100]


def _kept_out(option: str, out: Sequence[Entry]) -> Effect:
    return Effect(option=option, entries=len(out), before=out[0].title if out else "", after="")
