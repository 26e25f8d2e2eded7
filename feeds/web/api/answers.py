"""The programs' interface: `/api/v1`. It answers, and changes nothing.

Who asks shows a token as `Authorization: Bearer …` (RFC 6750). Without one that counts, every path answers 401 alike,
save the description. With one, what is not there and what its scopes do not reach answer 404 alike; a question that
needs another scope by its form (`status=retracted`) answers 403. Problems are RFC 9457.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson

from feeds.core.deciding import telling
from feeds.model.access import Token
from feeds.ports.api import DecisionsAsked, Reading, StoriesAsked, WhoShows
from feeds.web.api import json as shown
from feeds.web.api import spec
from feeds.web.api.spec import BASE, Endpoint, Parameter, Unfit
from feeds.web.wire.client import household
from feeds.web.wire.codings import QUICK, SUFFIXES, Coding, ranked, squeezed
from feeds.web.wire.conditional import judge
from feeds.web.wire.http import FIELDS, HEADERS, Answer, Asked, Entrance
from feeds.web.wire.packing import LEAST
from feeds.web.wire.rates import Rates

A_MINUTE = 600  # requests of one token
WRONG = (
    20  # requests a minute without a token that counts, of one client; right tokens are not held up by them (SRV-06)
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SECURE = {**HEADERS, "Cache-Control": "private, no-cache", "Vary": "Authorization, Accept-Language"}
_TITLES = {400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Not supported"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was asked, read and checked; *id* is what the path names, *speech* the language of sentences."""

    token: Token
    values: Mapping[str, Any]
    id: str = ""
    speech: str = "en"

    @property
    def hidden(self) -> bool:
        return "hidden" in self.token.scopes


class Refused(Exception):
    """A request that is answered with a problem."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        self.answer = problem(status, detail, **headers)
        super().__init__(detail)


def _channels(reading: Reading, _given: Given) -> Any:
    return {"items": [shown.channel(line) for line in reading.channels()]}


def _public(reading: Reading) -> frozenset[str]:
    return frozenset(line.channel.id for line in reading.channels())


def _stories(reading: Reading, given: Given) -> Any:
    if given.values.get("status", "shown") != "shown" and not given.hidden:
        raise Refused(403, "this token may ask for shown stories alone: `hidden` is another scope", **_scope("hidden"))
    asked = StoriesAsked(**{"limit": 50, **given.values}, hidden=given.hidden)
    found, public = reading.stories(asked), _public(reading)
    last = found[asked.limit - 1] if len(found) > asked.limit else None
    items = [shown.story(story, public) for story in found[: asked.limit]]
    return {"items": items, "next": spec.cursor(last) if last else None}


def _story(reading: Reading, given: Given) -> Any:
    found = reading.story(given.id, hidden=given.hidden)
    return shown.told(found, _public(reading), hidden=given.hidden, speech=given.speech) if found else None


def _sources(reading: Reading, _given: Given) -> Any:
    return {"items": [shown.source(line) for line in reading.sources()]}


def _source(reading: Reading, given: Given) -> Any:
    return next((shown.source(line) for line in reading.sources() if line.source.id == given.id), None)


def _decisions(reading: Reading, given: Given) -> Any:
    asked = DecisionsAsked(**{"limit": 50, **given.values}, hidden=given.hidden)
    found = reading.decisions(asked)
    last = found[asked.limit - 1] if len(found) > asked.limit else None
    items = [shown.numbered(each, hidden=given.hidden, speech=given.speech) for each in found[: asked.limit]]
    return {"items": items, "next": str(last.number) if last else None}


TABLE: tuple[tuple[Endpoint, Callable[[Reading, Given], Any]], ...] = (
    (
        Endpoint(
            name="channels", path="/channels", says="All public channels, with their documents.", answer="Channels"
        ),
        _channels,
    ),
    (
        Endpoint(
            name="stories",
            path="/stories",
            says="Stories, the latest published first.",
            answer="Stories",
            parameters=(
                spec.text("channel", "id of a channel that shows them"),
                spec.text("category", "slug of a category that they have"),
                spec.text("source", "id of a source that tells them"),
                spec.choice(
                    "status",
                    "what became of them; all but `shown` needs the scope `hidden`",
                    spec.SCHEMAS["Story"]["properties"]["status"]["enum"],
                ),
                spec.moment("since", "published at that moment or later"),
                spec.moment("until", "published before that moment"),
                spec.LIMIT,
                spec.AFTER_STORY,
            ),
        ),
        _stories,
    ),
    (
        Endpoint(
            name="story",
            path="/stories/{key}",
            says="One story, with members and timeline.",
            answer="StoryWhole",
            part=spec.KEY,
        ),
        _story,
    ),
    (Endpoint(name="sources", path="/sources", says="All sources, and how they do.", answer="Sources"), _sources),
    (
        Endpoint(
            name="source",
            path="/sources/{id}",
            says="One source, and how it does.",
            answer="Source",
            part=spec.SOURCE_ID,
        ),
        _source,
    ),
    (
        Endpoint(
            name="decisions",
            path="/decisions",
            says="Why things happened, the last first; without the scope `hidden`, to stories that are shown.",
            answer="Decisions",
            parameters=(
                spec.text("source", "id of the entry's source"),
                spec.text("story", "id of the story"),
                spec.choice(
                    "kind",
                    "what happened",
                    spec.SCHEMAS["Decision"]["properties"]["kind"]["enum"],
                ),
                spec.SINCE,
                spec.LIMIT,
                spec.AFTER_DECISION,
            ),
        ),
        _decisions,
    ),
)


class Admission:
    """Who may ask, and how often. *clock* gives seconds that never go back."""

    def __init__(self, who: WhoShows, clock: Callable[[], float]) -> None:
        self._who, self._clock = who, clock
        self._right, self._wrong = Rates(A_MINUTE), Rates(WRONG)

    def admit(self, asked: Asked, scope: str) -> Token:
        """Return the token of a request. Raises `Refused`."""
        shown_token = bearer(asked.headers.get("authorization", ""))
        token = self._who(shown_token) if shown_token else None
        if token is None:
            if wait := self._wrong.ask(household(asked.client), self._clock()):
                raise Refused(429, "too many requests without a token that counts", **{"Retry-After": str(wait)})
            how = 'Bearer realm="feeds"' + (', error="invalid_token"' if shown_token else "")
            raise Refused(401, "show a token, as Authorization: Bearer …", **{"WWW-Authenticate": how})
        if wait := self._right.ask(token.name, self._clock()):
            raise Refused(429, f"more than {A_MINUTE} requests a minute", **{"Retry-After": str(wait)})
        if scope not in token.scopes:
            raise Refused(403, f"this token has not the scope `{scope}`", **_scope(scope))
        return token


def bearer(header: str) -> str:
    """Return the token of an Authorization header, '' where it shows none."""
    scheme, _, shown_token = header.partition(" ")
    return shown_token.strip() if scheme.lower() == "bearer" else ""


def entrances(
    reading: Reading,
    who: WhoShows,
    site_url: Callable[[], str],
    version: str,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Entrance, ...]:
    """Return the ways in. *site_url* gives the site's address, which a reload may change."""
    admission = Admission(who, clock)

    @lru_cache(maxsize=2)
    def document(url: str) -> bytes:
        return orjson.dumps(spec.description(url, version, [endpoint for endpoint, _ in TABLE]))

    def described(asked: Asked) -> Answer:
        return _json(asked, document(site_url()), {**HEADERS, "Cache-Control": "public, max-age=300"})

    def led(answers: Callable[[Asked, Token], Answer]) -> Callable[[Asked], Answer]:
        def answer(asked: Asked) -> Answer:
            try:
                return answers(asked, admission.admit(asked, "read"))
            except Refused as refused:
                return refused.answer

        return answer

    ways = [Entrance(path=f"{BASE}/openapi.json", handler=described)]
    for endpoint, find in TABLE:
        handler = led(partial(_answered, endpoint, partial(find, reading)))
        ways.append(Entrance(path=BASE + endpoint.path, handler=handler, methods=METHODS))
    ways += [Entrance(path=path, handler=led(_nothing), methods=METHODS) for path in (BASE, f"{BASE}/{{rest:path}}")]
    return tuple(ways)


def _nothing(_asked: Asked, _token: Token) -> Answer:
    raise Refused(404, "there is nothing at this path")


def _answered(endpoint: Endpoint, find: Callable[[Given], Any], asked: Asked, token: Token) -> Answer:
    if asked.method not in ("GET", "HEAD"):
        raise Refused(405, "this interface answers, and changes nothing", Allow="GET, HEAD")
    id = _read(endpoint.part, asked.names.get(endpoint.part.name, "")) if endpoint.part else ""
    values = _values(asked.query, endpoint.parameters)
    speech = telling.preferred(asked.headers.get("accept-language", ""))
    found = find(Given(token=token, values=values, id=id, speech=speech))
    if found is None:
        raise Refused(404, "there is nothing of that name, or nothing that this token may see")
    given = dict(_SECURE)
    if following := found.get("next"):
        given["Link"] = f'<{_following(endpoint, asked.query, following)}>; rel="next"'
    return _json(asked, orjson.dumps(found, option=orjson.OPT_UTC_Z), given)


def _values(query: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Read a query. Raises `Refused` for what is unknown, comes twice or does not fit."""
    known, values = {p.name: p for p in parameters}, dict[str, Any]()
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise Refused(400, f"more than {FIELDS} parameters") from None
    for name, value in pairs:
        if name not in known:
            names = ", ".join(known) or "none"
            raise Refused(400, f"{name[:50]!r} is no parameter here; there are: {names}")
        if name in values:
            raise Refused(400, f"{name} comes twice")
        values[name] = _read(known[name], value)
    return values


def _read(parameter: Parameter, value: str) -> Any:
    try:
        return parameter.read(value)
    except Unfit as unfit:
        raise Refused(400, f"{parameter.name}: {unfit}") from unfit


def _following(endpoint: Endpoint, query: str, following: str) -> str:
    """The address of the page behind this one, relative to this one."""
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "after"]
    return quote(endpoint.path.rpartition("/")[2]) + "?" + urlencode([*kept, ("after", following)])


def _json(asked: Asked, body: bytes, given: Mapping[str, str]) -> Answer:
    """Answer with *body* in the coding that the client likes best.

    Also where a token was shown: it is not in the body, and no page of another site can have a browser show it
    (Authorization needs a preflight, which is refused), so that nobody can ask again and again and look at lengths.
    """
    codings = [c for c in ranked(asked.headers.get("accept-encoding")) if len(body) >= LEAST or c == "identity"]
    coding: Coding = next(iter(codings), "identity")
    digest = sha256(body).hexdigest()[:32]
    verdict = judge(asked.headers, digest + SUFFIXES[coding], [digest + SUFFIXES[c] for c in codings[1:]], None, 0)
    if verdict.status == 412:
        return problem(412, "what is here is not what If-Match names")
    vary = ", ".join(filter(None, (given.get("Vary"), "Accept-Encoding")))
    headers = {**given, "Vary": vary, "ETag": f'"{digest}{SUFFIXES[coding]}"'}
    if verdict.status == 304:
        return Answer(status=304, headers={**headers, "ETag": f'"{verdict.etag}"'})
    headers["Content-Type"] = "application/json"
    if coding == "identity":
        return Answer(headers=headers, body=body)
    return Answer(headers={**headers, "Content-Encoding": coding}, body=squeezed(coding, body, QUICK))


def _scope(scope: str) -> dict[str, str]:
    return {"WWW-Authenticate": f'Bearer realm="feeds", error="insufficient_scope", scope="{scope}"'}


def problem(status: int, detail: str, **headers: str) -> Answer:
    """Return a problem (RFC 9457)."""
    title = _TITLES.get(status, "Too many requests" if status == 429 else "Precondition failed")
    body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
    given = {**_SECURE, "Cache-Control": "no-store", "Content-Type": "application/problem+json", **headers}
    return Answer(status=status, headers=given, body=body)
