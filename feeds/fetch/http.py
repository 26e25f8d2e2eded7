"""A feed on the web, asked politely: only for what changed, and what its answer means."""

from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from feeds.errors import FetchError
from feeds.fetch.headers import fresh_for, links, retry_after, validators
from feeds.model.quick import replace
from feeds.model.source import Document, Fetched, Problem, Source, SourceState
from feeds.net import Answer, Client, Guard, Hop, Journey, Request, Said

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
ASKED: Mapping[str, str] = {"Accept": ACCEPT}
ASKED_ANEW: Mapping[str, str] = {"Accept": ACCEPT, "Cache-Control": "no-cache"}
CODES = {204: "empty", 401: "denied", 403: "denied", 404: "missing", 410: "gone", 429: "rate_limited", 451: "denied"}


def now() -> datetime:
    return datetime.now(UTC)


def fetch_feed(source: Source, state: SourceState, client: Client, clock: Callable[[], datetime] = now) -> Fetched:
    """Ask for a feed unless it is as it was: see `asking`."""
    return client.carry(asking(source, state, client.guard, clock))


def asking(
    source: Source, state: SourceState, guard: Guard, clock: Callable[[], datetime] = now
) -> Generator[Hop, Said, Fetched]:
    """Return the journey that asks for a feed unless it is as it was. Never raises: failing is an answer.

    `unchanged` is a 304, or the bytes that *state* knows already. *clock* serves dates in Retry-After only,
    and Expires where the server sends no Date.
    """
    try:
        answer = yield from _ask(source, state, guard)
    except FetchError as error:
        problem = Problem(code=error.code, detail=error.detail, where=shown(source.location))
        return Fetched(outcome="failed", status=error.status, problem=problem)
    return _read(source, state, answer, clock())


def shown(url: str) -> str:
    """Return *url* as it may stand in a log: a query may hold a token, what is before an `@` a password."""
    address, query, _ = url.partition("?")
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}{query and '?…'}"


def _ask(source: Source, state: SourceState, guard: Guard) -> Journey[Answer]:
    """Ask with the validators that the server gave; without them once more where a 304 cannot be meant (NET-32)."""
    own = dict(source.options.headers)
    if source.options.user_agent:
        own["User-Agent"] = source.options.user_agent
    conditions = _conditions(state)
    answer = yield from guard.travel(Request(url=source.location, headers={**ASKED, **conditions}, own=own))
    if answer.status == 304 and not conditions:
        answer = yield from guard.travel(Request(url=source.location, headers=ASKED_ANEW, own=own))
    return answer


def _conditions(state: SourceState) -> dict[str, str]:
    """Send back what was received, byte for byte, and no date of our own making (RFC 9110 §13.1).

    Who has an ETag to compare with may send the new entries alone (RFC 3229 §10.5.3).
    """
    known = state.validators
    conditions = {}
    if known.etag:
        conditions = {"If-None-Match": known.etag, "A-IM": "feed"}
    if known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


def _read(source: Source, state: SourceState, answer: Answer, at: datetime) -> Fetched:
    if answer.status == 304 and _conditions(state):
        return _found("unchanged", answer, at)
    partial = _is_delta(state, answer)
    if answer.status not in (200, 203) and not partial:
        return _refused(source, answer, at)
    if not answer.body or answer.body.isspace():
        return _failed(source, answer, "empty", "")
    body_hash = "" if partial else sha256(answer.body).hexdigest()
    if body_hash and body_hash == state.body_hash:
        return _found("unchanged", answer, at, body_hash=body_hash)
    document = Document(url=answer.url, body=answer.body, media_type=answer.headers.get("content-type", ""))
    return _found("fresh", answer, at, body_hash=body_hash, document=document, partial=partial)


def _is_delta(state: SourceState, answer: Answer) -> bool:
    """Whether a 226 holds the new entries alone, in the one manner that we asked for (RFC 3229 §10.4.1)."""
    manner = answer.headers.get("im", "feed").partition(";")[0].strip().lower()
    return answer.status == 226 and bool(state.validators.etag) and manner == "feed"


def _found(
    outcome: Literal["fresh", "unchanged"],
    answer: Answer,
    at: datetime,
    *,
    body_hash: str = "",
    document: Document | None = None,
    partial: bool = False,
) -> Fetched:
    linked = links(answer.headers, answer.url)
    return Fetched(
        outcome=outcome,
        documents=(document,) if document else (),
        partial=partial,
        validators=validators(answer.headers),
        body_hash=body_hash,
        fresh_for=fresh_for(answer.headers, at),
        moved_to=answer.url if answer.permanent else "",
        hub=linked.get("hub", ""),
        self_url=linked.get("self", ""),
        status=answer.status,
        size=len(answer.body),
    )


def _refused(source: Source, answer: Answer, at: datetime) -> Fetched:
    """Return what a status other than success means; a 226 or 304 here was never asked for."""
    code = "protocol" if answer.status in (226, 304) else CODES.get(answer.status, "status")
    failed = _failed(source, answer, code, f"status {answer.status}")
    return replace(
        failed,
        outcome="gone" if answer.status == 410 else "failed",
        retry_after=retry_after(answer.headers, at),
    )


def _failed(source: Source, answer: Answer, code: str, detail: str) -> Fetched:
    problem = Problem(code=code, detail=detail, where=shown(source.location))
    return Fetched(outcome="failed", status=answer.status, size=len(answer.body), problem=problem)
