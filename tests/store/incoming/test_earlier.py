"""What entries said before: kept with the change, for its time, and no longer than the entry."""

from dataclasses import replace
from datetime import timedelta

from feeds.model.changes import Earlier
from feeds.model.source import Options
from feeds.store import Store
from feeds.store.incoming import earlier
from feeds.store.incoming.library import Library
from tests.store.made import DAY, MINUTE, NOW, changes, entry, ready, source, tell


def said(number: int, until: timedelta = 90 * DAY, guid: str = "1") -> Earlier:
    at = NOW + number * MINUTE
    return Earlier(
        key=entry(guid).key, at=at, until=at + until, title=f"T{number}", summary="요약", content="<p>\x00b</p>"
    )


def keep(library: Library, *found: Earlier) -> None:
    view = library.poll_view("a", [], [])
    library.apply(changes(view, earlier=found))


def kept(store: Store) -> list[str]:
    return [one.title for one in store.overview.find("1").earlier]


def test_versions_are_found_with_their_entry(store: Store) -> None:
    library = ready(store, source("a"))
    tell(library, entry("1"), entry("2"))
    keep(library, said(2), said(1), said(3, guid="2"))
    keep(library, said(2))
    first, second = store.overview.find("1").earlier
    assert first == replace(said(1), content="<p>b</p>"), "as every database takes it"
    assert second.title == "T2"
    assert {s.lead.guid: [e.title for e in found] for s, found in store.overview.histories()} == {
        "1": ["T1", "T2"],
        "2": ["T3"],
    }


def test_they_go_when_their_time_is_over(store: Store) -> None:
    library = ready(store, source("a"))
    tell(library, entry("1"))
    keep(library, said(1, 1 * DAY), said(2, 2 * DAY))
    library.expire(NOW + 1 * DAY)
    assert kept(store) == ["T1", "T2"]
    library.expire(NOW + 1 * DAY + 2 * MINUTE)
    assert kept(store) == ["T2"]


def test_only_the_last_of_many_are_kept(store: Store) -> None:
    library = ready(store, source("a"))
    tell(library, entry("1"))
    keep(library, *(said(n) for n in range(earlier.MOST + 3)))
    assert kept(store) == [f"T{n}" for n in range(3, earlier.MOST + 3)]


def test_they_go_with_their_entry(store: Store) -> None:
    library = ready(store, source("a", options=Options(keep=7 * DAY)))
    tell(library, entry("1"))
    keep(library, said(1, 9999 * DAY))
    later = NOW + 30 * DAY
    tell(library, entry("2", published=later), at=later)
    while library.expire(later):
        pass
    assert not store.overview.find("1")
    tell(library, entry("1"), at=later + MINUTE)
    assert kept(store) == []
