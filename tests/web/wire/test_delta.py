"""Only what is new (RFC 3229), through the store, in each format."""

import gzip
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.model.channel import Feed, Format
from feeds.model.source import Document, Source
from feeds.parse import parse
from feeds.render import render
from feeds.store import Store, open_store
from feeds.web.pages.outputs import Outputs
from feeds.web.wire.delta import asked_for
from feeds.web.wire.http import Answer
from tests.render.samples import NOON, channel, feed, item

FORMATS: tuple[Format, ...] = ("atom", "rss", "json")
SOURCE = Source(id="us", kind="feed", location="https://news.example.kr/")
CHANNEL = channel(formats=FORMATS, hubs=("https://hub.example/",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/feeds.db")
    yield found
    found.close()


def told(revisions: Mapping[int, int]) -> Feed:
    """A feed of posts by number, each in a revision."""
    items = (item(number, title=f"글 {number}, {revision}") for number, revision in revisions.items())
    return feed(*items, of=CHANNEL)


def publish(store: Store, revisions: Mapping[int, int], minute: int) -> None:
    store.outbox.published("all", None, render(told(revisions)), (), NOON + timedelta(minutes=minute))


def ask(store: Store, format: Format, etag: str = "", **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Outputs(store.overview).get(
        CHANNEL.file(format), {"accept-encoding": "identity", **given} | ({"if-none-match": etag} if etag else {})
    )
    assert answer is not None
    return answer


def titles(answer: Answer) -> list[str]:
    body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
    found = parse(Document(url=SOURCE.location, body=body, media_type=answer.headers["Content-Type"]), SOURCE)
    return [entry.title.value if entry.title else "" for entry in found.entries]


@pytest.mark.parametrize("format", FORMATS)
def test_a_client_that_asks_for_what_is_new_gets_that_alone(store: Store, format: Format) -> None:
    publish(store, {5: 1, 4: 1, 3: 1, 2: 1, 1: 1}, 0)
    first = ask(store, format)
    publish(store, {6: 1, 5: 1, 4: 2, 3: 1, 2: 1}, 1)
    second = ask(store, format)
    new = ask(store, format, first.headers["ETag"], a_im="feed")
    assert (new.status, new.headers["IM"], new.headers["ETag"]) == (226, "feed", second.headers["ETag"])
    assert titles(new) == ["글 6, 1", "글 4, 2"]
    assert len(new.body) < len(second.body)
    assert new.headers["Cache-Control"] == "no-store, im"
    assert "A-IM" in second.headers["Vary"]
    assert ask(store, format, second.headers["ETag"], a_im="feed").status == 304
    packed = ask(store, format, first.headers["ETag"], a_im="x, feed", accept_encoding="gzip")
    assert (packed.status, titles(packed)) == (226, titles(new))
    assert packed.headers["ETag"].endswith('-gzip"')


@pytest.mark.parametrize("format", FORMATS)
def test_it_is_remembered_over_a_restart_and_over_revisions(tmp_path: Path, format: Format) -> None:
    place = f"sqlite:///{tmp_path}/feeds.db"
    store = open_store(place)
    publish(store, {1: 1}, 0)
    etag = ask(store, format).headers["ETag"]
    for number in range(2, 12):
        publish(store, dict.fromkeys(range(number, 0, -1), 1), number)
    store.close()
    store = open_store(place)
    try:
        assert titles(ask(store, format, etag, a_im="feed")) == [f"글 {n}, 1" for n in range(11, 1, -1)]
    finally:
        store.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"a_im": "feed"}, 200, id="without saying what it has"),
        pytest.param({"a_im": "feed", "etag": '"0123"'}, 200, id="with what nobody remembers"),
        pytest.param({"etag": "first"}, 200, id="without asking for it"),
        pytest.param({"a_im": "feed;q=0", "etag": "first"}, 200, id="refusing it"),
        pytest.param({"a_im": "vcdiff", "etag": "first"}, 200, id="asking for another manipulation"),
        pytest.param({"a_im": "feed", "etag": '"0123", first'}, 226, id="with a list"),
    ],
)
def test_whole_feeds_otherwise(store: Store, headers: dict[str, str], status: int) -> None:
    publish(store, {1: 1}, 0)
    first = ask(store, "atom").headers["ETag"]
    publish(store, {2: 1, 1: 1}, 1)
    answer = ask(store, "atom", headers.pop("etag", "").replace("first", first), **headers)
    assert answer.status == status
    assert len(titles(answer)) == (1 if status == 226 else 2)


def test_where_all_is_new_the_whole_is_sent(store: Store) -> None:
    publish(store, {1: 1}, 0)
    etag = ask(store, "atom").headers["ETag"]
    publish(store, {2: 1}, 1)
    assert ask(store, "atom", etag, a_im="feed").status == 200


def test_what_is_remembered_is_bounded(store: Store) -> None:
    publish(store, {1: 1}, 0)
    etag = ask(store, "atom").headers["ETag"]
    for minute in range(1, 60):
        publish(store, {2: minute, 1: 1}, minute)
    answer = ask(store, "atom", etag, a_im="feed")
    assert answer.status == 200
    found = store.overview.rendition("/atom.xml")
    assert found is not None
    assert len(found.past) == 48


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    revisions=st.lists(st.dictionaries(st.integers(1, 6), st.integers(1, 2), min_size=1), min_size=2, max_size=5),
    format=st.sampled_from(FORMATS),
)
def test_what_is_new_and_what_one_had_are_all_there_is(
    tmp_path_factory: pytest.TempPathFactory, revisions: list[dict[int, int]], format: Format
) -> None:
    """Whatever comes, changes, goes and comes again: who asks for what is new misses nothing of the present feed."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('delta')}/feeds.db")
    had: list[tuple[str, set[str]]] = []
    try:
        for minute, revision in enumerate(revisions):
            publish(store, revision, minute)
            present = ask(store, format)
            for etag, known in had:
                answer = ask(store, format, etag, a_im="feed")
                if answer.status == 226:
                    assert set(titles(present)) <= known | set(titles(answer))
                    assert set(titles(answer)) <= set(titles(present))
                else:
                    assert answer.status == (304 if etag == present.headers["ETag"] else 200)
            had.append((present.headers["ETag"], set(titles(present))))
    finally:
        store.close()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("feed", True),
        ("FEED", True),
        ("gzip, feed;q=0.5", True),
        ("feed;q=0", False),
        ("feed;x=1;q=0", False),
        ("feeds", False),
        ("", False),
    ],
)
def test_asked_for(value: str, expected: bool) -> None:
    assert asked_for(value) == expected


def test_links_for_subscribers(store: Store) -> None:
    publish(store, {1: 1}, 0)
    for format, name in zip(FORMATS, ("atom.xml", "rss.xml", "feed.json"), strict=True):
        expected = f'<https://hub.example/>; rel="hub", <https://news.example.kr/{name}>; rel="self"'
        assert ask(store, format).headers["Link"] == expected
