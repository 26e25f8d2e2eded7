"""How sources answered lately, within bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.errors import StaleView
from feeds.model.source import FetchLine
from feeds.store import Store
from feeds.store.incoming import fetches
from tests.store.made import NOW, changes, entry, ready, tell


def line(number: int, **given: object) -> FetchLine:
    values: dict[str, object] = {"source_id": "a", "at": NOW + timedelta(minutes=number), "outcome": "unchanged"}
    return FetchLine(**{**values, **given})  # type: ignore[arg-type]  # fields by name


def kept(store: Store, source_id: str = "a") -> list[FetchLine]:
    with store.library._db.read() as connection:
        return list(fetches.latest(connection, source_id, 10_000))


def write(store: Store, *lines: FetchLine, most: int = fetches.MOST) -> None:
    with store.library._db.write() as connection:
        fetches.add(connection, lines, most)


def test_what_was_written_is_read(store: Store) -> None:
    full = line(1, outcome="fresh", status=200, size=4096, took=timedelta(milliseconds=87), new=3, problem="charset")
    write(store, full, line(2), line(3, source_id="b"))
    assert kept(store) == [line(2), full]
    with store.library._db.read() as connection:
        assert list(fetches.lately(connection, ["a", "b"], NOW + timedelta(minutes=2))) == [
            line(2),
            line(3, source_id="b"),
        ]


def test_two_weeks_are_kept(store: Store) -> None:
    write(store, line(0), line(10))
    write(store, line(5 + 14 * 24 * 60))
    assert [f.at for f in kept(store)] == [NOW + timedelta(minutes=5 + 14 * 24 * 60), NOW + timedelta(minutes=10)]


@pytest.mark.parametrize("group", [1, 7, 100, 300])
def test_no_more_than_so_many_are_kept(store: Store, group: int) -> None:
    for start in range(0, 300, group):
        write(store, *(line(n) for n in range(start, start + group)), most=50)
    assert len(kept(store)) == 50
    assert kept(store)[0].at == NOW + timedelta(minutes=len(range(0, 300, group)) * group - 1)


def test_many_polls_remember_their_answers_at_their_end(store: Store) -> None:
    library = ready(store)
    with library.together() as joined:
        view = tell(joined, entry("1"))
        with pytest.raises(StaleView):
            joined.apply(replace(changes(view), fetch=line(1)))
        joined.apply(replace(changes(joined.poll_view("b", (), ())), fetch=line(2, source_id="b")))
    assert (kept(store), kept(store, "b")) == ([], [line(2, source_id="b")])


def test_nothing_is_remembered_of_polls_that_are_lost(store: Store) -> None:
    library = ready(store)
    whole = library.together()
    whole.__enter__().apply(replace(changes(library.poll_view("a", (), ())), fetch=line(1)))
    assert not whole.__exit__(KeyError, KeyError(), None)
    assert kept(store) == []
    write(store, line(2))
    assert kept(store) == [line(2)]
