"""Stories and decisions page by page, and tokens: the same on every database."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.errors import UsageError
from feeds.model.access import Token
from feeds.store import Store
from tests.store.made import DAY, MINUTE, NOW, changes, decision, entry, member, ready, saved, story, tell

LATER = NOW + DAY


def fill(store: Store) -> None:
    """Six stories: two at one time, one held, one retracted, one that waits."""
    library = ready(store)
    for number in (1, 2, 3):
        tell(library, entry(str(number), published=NOW - number * DAY))
    tell(library, entry("4", published=NOW - 3 * DAY))
    one = entry("5", "b", published=NOW)
    view = library.poll_view("b", ["5"], [])
    waits = story("story:5", member(one), release=LATER)
    found = changes(
        view, entries=(saved(one, "story:5"),), stories=(waits,), decisions=(decision("5", "b", story_id="story:5"),)
    )
    library.apply(found)
    back = entry("6", "b", published=NOW - 2 * DAY)
    view = library.poll_view("b", ["6"], [])
    gone = replace(story("story:6", member(back)), status="retracted", channels=())
    kinds = (decision("6", "b", story_id="story:6", kind="retracted", at=NOW + MINUTE),)
    library.apply(changes(view, entries=(saved(back, "story:6"),), stories=(gone,), decisions=kinds))
    for number in (1, 2):
        view = library.poll_view("a", [], [])
        library.apply(changes(view, decisions=(decision(str(number), story_id=f"story:{number}", kind="changed"),)))


def ids(store: Store, at: datetime = NOW, **more: Any) -> list[str]:
    asked = {"now": at, "hidden": False, "limit": 100, **more}
    return [s.id.removeprefix("story:") for s in store.catalogue.stories(**asked)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({}, ["1", "2", "3", "4"], id="shown, equal dates by id"),
        pytest.param({"at": LATER}, ["5", "1", "2", "3", "4"], id="what waited, in its time"),
        pytest.param({"hidden": True}, ["5", "1", "2", "6", "3", "4"], id="everything"),
        pytest.param({"hidden": True, "status": "retracted"}, ["6"], id="by status"),
        pytest.param({"status": "retracted"}, [], id="by status, without the right"),
        pytest.param({"since": NOW - 2 * DAY}, ["1", "2"], id="since"),
        pytest.param({"until": NOW - 2 * DAY}, ["3", "4"], id="until"),
        pytest.param({"channel": "all"}, ["1", "2", "3", "4"], id="channel"),
        pytest.param({"channel": "none"}, [], id="another channel"),
        pytest.param({"category": "tech", "limit": 2}, ["1", "2"], id="category, some"),
        pytest.param({"source": "b", "hidden": True}, ["5", "6"], id="source"),
        pytest.param({"after": (NOW - 2 * DAY, "story:2")}, ["3", "4"], id="after one"),
        pytest.param({"after": (NOW - 3 * DAY, "story:3")}, ["4"], id="after one of two at one time"),
    ],
)
def test_stories(store: Store, asked: dict[str, Any], found: list[str]) -> None:
    fill(store)
    assert ids(store, **asked) == found


def test_decisions(store: Store) -> None:
    fill(store)

    def kinds(**more: Any) -> list[tuple[str, str]]:
        asked = {"now": NOW, "hidden": False, "limit": 100, **more}
        return [(d.kind, d.story_id) for _, d in store.catalogue.decisions(**asked)]

    assert kinds() == [("changed", "story:2"), ("changed", "story:1")]
    assert kinds(now=LATER)[-1] == ("changed", "story:5")
    assert ("retracted", "story:6") in kinds(hidden=True)
    assert kinds(hidden=True, kind="retracted", source="b") == [("retracted", "story:6")]
    assert kinds(hidden=True, since=NOW + timedelta(seconds=1)) == [("retracted", "story:6")]
    assert kinds(story="story:1") == [("changed", "story:1")]
    every = store.catalogue.decisions(now=NOW, hidden=True, limit=100)
    numbers = [number for number, _ in every]
    assert numbers == sorted(numbers, reverse=True)
    assert store.catalogue.decisions(now=NOW, hidden=True, limit=2, after=numbers[1]) == every[2:4]


def test_tokens(store: Store) -> None:
    token = Token(name="가 b", hash="h1", scopes=("read", "hidden"), made=NOW)
    store.tokens.add(token)
    store.tokens.add(replace(token, name="a", hash="h2"))
    assert [t.name for t in store.tokens.lines()] == ["a", "가 b"]
    assert store.tokens.of("h1") == token
    assert store.tokens.of("h") is None
    with pytest.raises(UsageError, match="already"):
        store.tokens.add(replace(token, hash="h3"))
    store.tokens.used("a", LATER)
    assert [t.used for t in store.tokens.lines()] == [LATER, None]
    store.tokens.remove("a")
    with pytest.raises(UsageError, match="no token"):
        store.tokens.remove("a")
    assert store.tokens.of("h2") is None
