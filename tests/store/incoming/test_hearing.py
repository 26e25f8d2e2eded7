"""Who is read: those of whom a channel shows something, with what they told last."""

from dataclasses import replace

import pytest

from feeds.model.source import FeedInfo, Options
from feeds.store import Store
from tests.store.made import DAY, MINUTE, NOW, changes, entry, ready, source, tell


def heard(store: Store, *channels: str) -> list[tuple[str, str]]:
    return [(one.origin.title, one.title) for one in store.library.heard(channels or ("all",), NOW)]


def named(store: Store, id: str) -> None:
    """Let the feed of source *id* say its name."""
    view = store.library.poll_view(id, [], [])
    found = changes(view)
    info = FeedInfo(title=f"Feed {id}", home=f"https://{id}.example/")
    store.library.apply(replace(found, state=replace(found.state, info=info)))


def test_the_latest_of_each_in_the_order_of_the_configuration(store: Store) -> None:
    library = ready(store)
    for one in ("b", "a"):
        named(store, one)
        for number in (1, 3, 2):
            at = NOW - 9 * DAY + number * MINUTE
            tell(library, entry(f"{one}{number}", one, title=f"{one} {number}", published=at), published=at)
    assert heard(store) == [("Feed a", "a 3"), ("Feed b", "b 3")]


def test_who_told_nothing_or_to_others_alone_is_not_named(store: Store) -> None:
    library = ready(store, source("a"), source("b"), source("c"), source("mine", kind="content", location="/posts"))
    tell(library, entry("1", "a"), channels=("partner",))
    tell(library, entry("2", "b"), release=NOW + DAY)
    tell(library, entry("3", "mine"))
    assert heard(store) == []
    assert heard(store, "partner", "all") == [("", "Title of 1")]


def test_what_was_taken_back_is_not_the_latest(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1", title="stays"), at=NOW - DAY)
    tell(library, entry("2", title="goes"), status="retracted")
    assert heard(store) == [("", "stays")]


@pytest.mark.parametrize(
    ("location", "headers", "told"),
    [
        pytest.param("https://a.example/feed", {}, "https://a.example/feed", id="anyone may ask there"),
        pytest.param("https://user:pa55@a.example/feed", {}, "", id="a user and password"),
        pytest.param("https://a.example/feed?key=k3y", {}, "", id="perhaps a key"),
        pytest.param("https://a.example/feed", {"X-Key": "k3y"}, "", id="headers"),
    ],
)
def test_srv_33_what_we_alone_may_ask_is_not_told(
    store: Store, location: str, headers: dict[str, str], told: str
) -> None:
    library = ready(store, source("a", location=location, options=Options(headers=headers)))
    tell(library, entry("1"))
    (one,) = library.heard(["all"], NOW)
    assert one.origin.feed_url == told


def test_what_a_feed_says_of_itself_may_be_told(store: Store) -> None:
    library = ready(store, source("a", location="https://a.example/?key=k3y"))
    tell(library, entry("1"))
    view = library.poll_view("a", [], [])
    found = changes(view)
    info = FeedInfo(self_url="https://a.example/?feed=rss2")
    library.apply(replace(found, state=replace(found.state, info=info)))
    assert library.heard(["all"], NOW)[0].origin.feed_url == "https://a.example/?feed=rss2"


def test_a_source_that_left_is_not_named(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    library.sync((source("b"),), lambda _: 0, NOW)
    assert heard(store) == []
