"""The programs' interface over a small desk: what it says, to whom, and that nothing thrown at it breaks it."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import brotli
import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, negative_data_rejection
from starlette.testclient import TestClient

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.desk import decisions as desk
from feeds.app.serving import tokens
from feeds.app.serving.api import Answers, entrances
from feeds.model.access import Scope
from feeds.web.api.answers import A_MINUTE, TABLE, WRONG
from feeds.web.api.answers import entrances as ways
from feeds.web.api.spec import cursor, key
from feeds.web.front import OPEN, Front
from feeds.web.metrics import Meters
from feeds.web.site import site
from feeds.web.wire.packing import LEAST

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SITE = "https://desk.example/news"
ENVIRON = {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example/news'}
content:
  - {id: posts, path: site}
sources:
  - {id: saved, file: saved.xml}
  - id: paid
    url: https://user:pa55@paid.example/feed?key=k3y&flag
    enabled: false
    headers: {X-Key: h3ader}
categories:
  - {name: 기술, slug: tech, aliases: [IT]}
partners:
  - {id: portal, channels: [all], token: 'a-token-of-a-partner-that-is-long-enough-to-be-one'}
"""
POST = "---\ntitle: {title}\ndate: 2026-01-0{day} 10:00:00 +0000\ncategories: [IT]\n{more}---\nWords of {title}.\n"
SAVED = (
    "<rss version='2.0'><channel><title>Saved</title><link>https://saved.example/</link>"
    "<item><guid>https://saved.example/1</guid><link>https://saved.example/1</link><title>Copy me</title>"
    "<pubDate>Thu, 01 Jan 2026 08:00:00 +0000</pubDate><description>Words.</description></item>"
    "<item><guid isPermaLink='false'>2</guid><link>https://saved.example/1?utm_source=x</link><title>Copy me</title>"
    "<pubDate>Thu, 01 Jan 2026 09:00:00 +0000</pubDate><description>Words.</description></item>"
    "</channel></rss>"
)
SECRETS = ("pa55", "k3y", "h3ader", "a-token-of-a-partner")
HIDDEN = ("Draft of ours", "Taken back", "For tomorrow")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "site").mkdir()
    posts = [("One", 1, ""), ("Two", 2, ""), ("Taken back", 3, ""), ("Draft of ours", 4, "draft: true\n")]
    for title, day, more in posts:
        (folder / "site" / f"{title}.md").write_text(POST.format(title=title, day=day, more=more))
    (folder / "site/later.md").write_text("---\ntitle: For tomorrow\ndate: 2026-12-02 10:00:00 +0000\n---\nWords.\n")
    (folder / "saved.xml").write_text(SAVED)
    (folder / "feeds.yaml").write_text(CONFIG)
    with opened(str(folder / "feeds.yaml"), ENVIRON, lock=True) as app:
        passes.run_pass(app)
        taken = next(s for s in app.store.overview.export() if s.lead.title == "Taken back")
        desk.retract(app, taken.id, "a mistake")
        desk.publish(app)
        yield app


class Time:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Hurry(Time):
    """Another minute each time: no limit is met."""

    def __call__(self) -> float:
        self.now += 60
        return self.now


class Asker:
    def __init__(self, app: App, *scopes: Scope, name: str = "", time: Time | None = None) -> None:
        self.app, self.time = app, time or Time()
        name = name or f"for {'-'.join(scopes)} {datetime.now(UTC).timestamp()}"
        self.name, self.token = name, tokens.add(app.store.tokens, name, scopes, app.clock())
        who = tokens.teller(app.store.tokens, app.clock)
        answers = ways(Answers(app), who, lambda: SITE, "1", clock=self.time)
        front = Front(SITE, replace(OPEN, hosts=("testserver",)))
        self.site = site(app.store.overview, {}, lambda: True, answers, front)
        self.client = TestClient(self.site, headers={"accept": "*/*", "authorization": f"Bearer {self.token}"})

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=headers)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def asker(app: App) -> Iterator[Asker]:
    asker = Asker(app, "read")
    yield asker
    app.store.tokens.remove(asker.name)


@pytest.fixture
def insider(app: App) -> Iterator[Asker]:
    asker = Asker(app, "read", "hidden")
    yield asker
    app.store.tokens.remove(asker.name)


def titles(page: Any) -> list[str]:
    return [story["title"] for story in page["items"]]


def test_channels_with_their_documents(asker: Asker) -> None:
    found = {line["id"]: line for line in asker.json("/channels")["items"]}
    assert {"all", "by-category:tech"} <= {*found}
    tech = found["by-category:tech"]
    assert tech["category"] == {"slug": "tech", "name": "기술"}
    atom = next(d for d in tech["documents"] if d["format"] == "atom")
    assert atom["url"] == "https://desk.example/news/tech/atom.xml"
    assert len(atom["etag"]) >= 16


def test_stories_newest_first(asker: Asker) -> None:
    page = asker.json("/stories")
    assert titles(page) == ["Two", "One", "Copy me"]
    assert page["next"] is None
    assert page["items"][2]["copies"] == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("channel=by-category:tech", ["Two", "One"], id="channel"),
        pytest.param("channel=none", [], id="no such channel"),
        pytest.param("category=tech", ["Two", "One"], id="category"),
        pytest.param("source=saved", ["Copy me"], id="source"),
        pytest.param("since=2026-01-02T00:00:00Z", ["Two"], id="since"),
        pytest.param("since=2026-01-02T19:00:00%2B09:00", ["Two"], id="another offset"),
        pytest.param("since=2026-01-02T19:00:00+09:00", ["Two"], id="a plus that was not encoded"),
        pytest.param("until=2026-01-02T00:00:00Z&source=posts", ["One"], id="until"),
        pytest.param("status=shown&limit=1", ["Two"], id="limit"),
    ],
)
def test_stories_asked_for(asker: Asker, query: str, found: list[str]) -> None:
    assert titles(asker.json(f"/stories?{query}")) == found


@pytest.mark.parametrize("kind", ["stories", "decisions"])
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_hold_everything_once_whatever_comes_between(insider: Asker, kind: str, limit: int) -> None:
    whole = [item["id"] for item in insider.json(f"/{kind}?limit=100")["items"]]
    found, path = [], f"/{kind}?limit={limit}"
    while path:
        answer = insider.get(path)
        page = answer.json()
        found += [item["id"] for item in page["items"]]
        path = f"/{kind}?limit={limit}&after={page['next']}" if page["next"] else ""
        assert ("link" in answer.headers) == bool(path)
    assert found == whole
    assert len(whole) == len(set(whole)) > 2


def test_the_next_page_is_linked(asker: Asker) -> None:
    link = asker.get("/stories?limit=1&source=posts").headers["link"]
    relative = link.removeprefix("<").partition(">")[0]
    assert link.endswith('; rel="next"')
    assert titles(asker.json(f"/{relative}")) == ["One"]


def test_one_story_with_members_and_timeline(asker: Asker, insider: Asker) -> None:
    id = next(s["id"] for s in asker.json("/stories")["items"] if s["title"] == "Copy me")
    found = asker.json(f"/stories/{key(id)}")
    assert [m["source"] for m in found["members"]] == ["saved", "saved"]
    assert {d["kind"] for d in found["timeline"]} >= {"seen", "merged"}
    assert {d["text"] for d in found["timeline"]} == {""}
    known = insider.json(f"/stories/{key(id)}")
    assert all(d["text"] for d in known["timeline"])
    moved = next(d["story"] for d in insider.json("/decisions?kind=merged")["items"])
    assert insider.json(f"/stories/{key(moved)}")["id"] == id


def test_sources_and_how_they_do(asker: Asker) -> None:
    found = {line["id"]: line for line in asker.json("/sources")["items"]}
    assert [*found] == ["posts", "saved", "paid"]
    assert (found["saved"]["entries"], found["saved"]["location"], found["saved"]["every"]) == (2, None, 30)
    assert found["paid"]["location"] == "https://paid.example/feed?key=…&flag"
    assert asker.json("/sources/saved") == found["saved"]


def test_what_is_hidden_is_told_by_scope_alone(asker: Asker, insider: Asker) -> None:
    assert not {*titles(asker.json("/stories?limit=100"))} & {*HIDDEN}
    assert {*HIDDEN} & {*titles(insider.json("/stories?limit=100"))} >= {"Taken back", "For tomorrow"}
    assert titles(insider.json("/stories?status=retracted")) == ["Taken back"]
    refused = asker.get("/stories?status=retracted")
    assert (refused.status_code, 'scope="hidden"' in refused.headers["www-authenticate"]) == (403, True)
    for story in insider.json("/stories?limit=100")["items"]:
        path = f"/stories/{story['key']}"
        waits = story["release"] and story["release"] > NOW.isoformat()
        told = story["status"] == "shown" and not waits
        assert asker.get(path).status_code == (200 if told else 404)
    assert "retracted" in {d["kind"] for d in insider.json("/decisions?limit=100")["items"]}
    seen = asker.get("/decisions?limit=100").text + asker.get("/sources").text + asker.get("/channels").text
    assert not [title for title in HIDDEN if title in seen]
    assert "retracted" not in {d["kind"] for d in asker.json("/decisions?limit=100")["items"]}


def test_why_something_happened_is_told_in_the_language_of_who_asks(insider: Asker) -> None:
    path = "/decisions?kind=retracted"
    told = {
        accepted: insider.get(path, **{"Accept-Language": accepted}).json()["items"][0] for accepted in ("ko-KR", "fr")
    }
    assert {d["code"] for d in told.values()} == {"desk_retracted"}
    assert [d["text"] for d in told.values()] == ["데스크가 회수했습니다", "the desk took the story back"]
    assert "Accept-Language" in insider.get(path).headers["vary"]


def test_no_answer_holds_a_secret(insider: Asker) -> None:
    paths = [endpoint.path for endpoint, _ in TABLE if "{" not in endpoint.path]
    said = "".join(insider.get(path).text for path in [*paths, "/sources/paid", "/openapi.json"])
    assert not [secret for secret in SECRETS if secret in said]


PATHS = [endpoint.path.replace("{id}", "x").replace("{key}", "eA") for endpoint, _ in TABLE] + [
    "",
    "/",
    "/no/such",
    "/openapi.json/x",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "shown",
    [
        pytest.param("", id="none"),
        pytest.param("Bearer", id="empty"),
        pytest.param("Bearer feeds_wrong", id="wrong"),
        pytest.param("Basic {0}", id="another scheme"),
        pytest.param("Bearer {0}x", id="longer"),
        pytest.param("Bearer {1}", id="in capitals"),
        pytest.param("Bearer {2}", id="the hash that is kept"),
        pytest.param("Bearer " + "x" * 5000, id="endless"),
        pytest.param("Bearer \xff\xfe", id="no text"),
    ],
)
def test_without_a_token_that_counts_every_path_answers_alike(asker: Asker, path: str, shown: str) -> None:
    hash = sha256(asker.token.encode()).hexdigest()
    header = shown.format(asker.token, asker.token.upper(), hash).encode("latin-1")
    answer = asker.client.get(f"/api/v1{path}", headers={b"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="feeds"')
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "show a token, as Authorization: Bearer …"
    assert asker.get("/channels").status_code == 200  # and those of others are not held up


def test_a_token_in_the_query_is_none(asker: Asker) -> None:
    bare = TestClient(asker.site)
    assert bare.get(f"/api/v1/channels?access_token={asker.token}").status_code == 401


def test_srv_02_the_store_keeps_a_hash_alone(app: App, asker: Asker) -> None:
    assert len(asker.token) >= 43
    kept = repr(app.store.tokens.lines())
    assert asker.token not in kept
    assert sha256(asker.token.encode()).hexdigest() in kept


def test_a_token_that_is_removed_counts_no_more(app: App) -> None:
    asker = Asker(app, "read")
    assert asker.get("/channels").status_code == 200
    app.store.tokens.remove(asker.name)
    assert asker.get("/channels").status_code == 401


def test_when_a_token_was_shown_is_noted_by_the_hour(app: App, asker: Asker) -> None:
    asker.get("/channels")
    assert next(t.used for t in app.store.tokens.lines() if t.name == asker.name) == NOW


def test_a_token_for_numbers_sees_numbers_and_nothing_else(app: App) -> None:
    asker = Asker(app, "metrics")
    meters = Meters(lambda: None)
    client = TestClient(site(app.store.overview, {}, lambda: True, entrances(app, meters)))
    shown = {"authorization": f"Bearer {asker.token}"}
    assert "feeds_polls_total" in client.get("/metrics", headers=shown).text
    assert client.get("/api/v1/stories", headers=shown).status_code == 403
    assert client.get("/metrics").status_code == 404
    reader = Asker(app, "read")
    assert client.get("/metrics", headers={"authorization": f"Bearer {reader.token}"}).status_code == 404
    for name in (asker.name, reader.name):
        app.store.tokens.remove(name)


def test_srv_06_guessing_is_slowed_down_and_right_tokens_are_not(asker: Asker) -> None:
    wrong = {"authorization": "Bearer feeds_guess"}
    answers = [asker.client.get("/api/v1/channels", headers=wrong) for _ in range(WRONG)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert asker.get("/channels").status_code == 200
    asker.time.now += 60
    assert asker.client.get("/api/v1/channels", headers=wrong).status_code == 401


def test_a_token_may_ask_so_often(asker: Asker) -> None:
    statuses = [asker.get("/no/such").status_code for _ in range(A_MINUTE // 2 + 1)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    asker.time.now += 1
    assert asker.get("/no/such").status_code == 404


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        pytest.param("/stories?limit=0", "limit: give a number from 1 to 100", id="too few"),
        pytest.param("/stories?limit=1e2", "limit: give", id="no number"),
        pytest.param("/stories?limit=١", "limit: give", id="another script's digit"),
        pytest.param("/stories?since=yesterday", "since: give a date, time and offset", id="no date"),
        pytest.param("/stories?since=2026-01-01T00:00:00", "since: give", id="no offset"),
        pytest.param("/stories?since=0001-01-01T00:00:00%2B09:00", "since: give", id="before all time"),
        pytest.param("/stories?status=seen", "status: give one of shown", id="no status"),
        pytest.param("/stories?after=x", "after: give what `next`", id="no cursor"),
        pytest.param("/stories?after=WzFd", "after: give what `next`", id="a cursor of another list"),
        pytest.param("/decisions?after=-1", "after: give what `next`", id="a number that none has"),
        pytest.param("/stories?channel=", "channel: give 1 to 2000 characters", id="empty"),
        pytest.param("/stories?nonesuch=1", "'nonesuch' is no parameter here; there are: channel", id="unknown"),
        pytest.param("/channels?a=1", "'a' is no parameter here; there are: none", id="none at all"),
        pytest.param("/stories?limit=1&limit=2", "limit comes twice", id="twice"),
        pytest.param("/stories?" + "&".join(f"a{n}=1" for n in range(101)), "more than 100 parameters", id="many"),
        pytest.param(f"/stories/{'x' * 2701}", "key: give the `key` of a story", id="a long key"),
        pytest.param("/stories/tag:x", "key: give the `key` of a story", id="an id for a key"),
        pytest.param("/sources/a%20b", "id: give the id of a source", id="no id"),
    ],
)
def test_a_question_that_does_not_fit_is_told_what_would(asker: Asker, path: str, detail: str) -> None:
    answer = asker.get(path)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(detail)
    assert answer.json() | {"detail": ""} == {
        "type": "about:blank",
        "title": "Bad request",
        "status": 400,
        "detail": "",
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_is_changed(asker: Asker, method: str) -> None:
    answer = asker.client.request(method, "/api/v1/channels")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_what_a_client_has_is_not_sent_again(asker: Asker) -> None:
    for path in ("/channels", "/stories", "/sources", "/decisions", "/openapi.json"):
        first = asker.get(path)
        second = asker.get(path, **{"if-none-match": first.headers["etag"]})
        assert (second.status_code, second.content, second.headers["etag"]) == (304, b"", first.headers["etag"])
        assert asker.get(path, **{"if-match": '"other"'}).status_code == 412
    assert first.headers["cache-control"].startswith("public")
    stories = asker.get("/stories")
    assert (stories.headers["cache-control"], stories.headers["vary"]) == (
        "private, no-cache",
        "Authorization, Accept-Language, Accept-Encoding",
    )
    head = asker.client.head("/api/v1/stories")
    assert (head.content, head.headers["etag"]) == (b"", stories.headers["etag"])


@pytest.mark.parametrize(("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_answers_are_packed_for_who_takes_it(asker: Asker, coding: str, unpack: Callable[[bytes], bytes]) -> None:
    plain = asker.get("/stories", **{"accept-encoding": "identity"})
    with asker.client.stream("GET", "/api/v1/stories", headers={"accept-encoding": coding}) as packed:
        wire = b"".join(packed.iter_raw())
    assert "content-encoding" not in plain.headers
    assert (packed.headers["content-encoding"], unpack(wire)) == (coding, plain.content)
    assert len(wire) * 2 < len(plain.content)
    assert packed.headers["etag"] != plain.headers["etag"], "other bytes have another tag (SRV-20)"
    assert int(packed.headers["content-length"]) == len(wire)
    for takes, tag in ((coding, packed), (coding, plain), ("identity", plain)):
        again = asker.get("/stories", **{"accept-encoding": takes, "if-none-match": tag.headers["etag"]})
        assert (again.status_code, again.headers["etag"]) == (304, tag.headers["etag"])
    other = asker.get("/stories", **{"accept-encoding": "identity", "if-none-match": packed.headers["etag"]})
    assert other.status_code == 200, "who takes no coding may not have the packed bytes"


def test_a_short_answer_is_not_packed(asker: Asker) -> None:
    answer = asker.get("/decisions?limit=1&source=nobody", **{"accept-encoding": "gzip"})
    assert (answer.status_code, "content-encoding" in answer.headers) == (200, False)
    assert len(answer.content) < LEAST


def test_db_13_signs_of_sql_are_words_like_others(asker: Asker) -> None:
    for words in ("'; DROP TABLE stories;--", "%", "_", "\x00", '" OR 1=1', "\ud800".encode("utf-8", "surrogatepass")):
        query = quote(words)
        for name in ("channel", "category", "source"):
            assert asker.json(f"/stories?{name}={query}")["items"] == []
        assert asker.get(f"/stories/{key(str(words))}").status_code == 404
        assert asker.get(f"/sources/{query}").status_code in (400, 404)


def test_the_description_is_valid_openapi(asker: Asker) -> None:
    document = json.loads(TestClient(asker.site).get("/api/v1/openapi.json").content)
    OpenAPIV31SpecValidator(document).validate()
    assert {*document["paths"]} == {endpoint.path for endpoint, _ in TABLE}
    assert document["servers"] == [{"url": "https://desk.example/news/api/v1"}]


EXAMPLES = 25  # of each operation; the seed makes them the same at each run
OPERATIONS = [endpoint.path for endpoint, _ in TABLE]


@pytest.mark.parametrize("mode", [*GenerationMode], ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", OPERATIONS)
def test_nothing_that_schemathesis_throws_breaks_it(app: App, path: str, mode: GenerationMode) -> None:
    """Every answer has a status and a shape that the description names, whatever is asked."""
    asker = Asker(app, "read", "hidden", name=f"schemathesis {path} {mode}", time=Hurry())
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", asker.site)
    operation = next(r.ok() for r in schema.get_all_operations() if isinstance(r, Ok) and r.ok().path == path)
    # What no path can hold (controls, backslashes) is refused in plain text before it is led anywhere.
    without = [content_type_conformance] if mode is GenerationMode.NEGATIVE and "{" in path else []
    after = cursor(next(app.store.overview.export()))
    keys = st.sampled_from([key(s.id) for s in app.store.overview.export()])

    @seed(20261126)
    @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=[*HealthCheck])
    @given(case=operation.as_strategy(generation_mode=mode), one=keys, real=st.booleans())
    def throw(case: Any, one: str, real: bool) -> None:
        if "after" in (case.query or {}) and path == "/stories":
            case.query["after"] = after
        if real and case.path_parameters:
            case.path_parameters |= {"key": one} if "key" in case.path_parameters else {"id": "saved"}
        # A path that is right now, and a token that is given, may leave nothing wrong with the request.
        mended = [negative_data_rejection] if real and "{" in path else []
        case.call_and_validate(headers={"Authorization": f"Bearer {asker.token}"}, excluded_checks=[*without, *mended])

    throw()
    app.store.tokens.remove(asker.name)


def test_schemathesis_checks_what_we_count_on() -> None:
    names = {check.__name__ for check in CHECKS.get_all()}
    assert {
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    } <= names
