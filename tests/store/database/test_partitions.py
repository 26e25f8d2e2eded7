"""A database in partitions holds what it held whole, whatever interrupts the switch; its months come and go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from feeds.errors import StaleView, StoreError
from feeds.model.source import Options
from feeds.store import Store, open_store, partition
from feeds.store.database import partitions
from feeds.store.database.moving import move
from feeds.store.incoming import bodies
from tests import servers
from tests.store.conftest import BUSY
from tests.store.made import DAY, NOW, changes, entry, ready, saved, source, tell, window

WEEK = Options(keep=timedelta(days=7))
LATER = NOW + 45 * DAY  # in April; March is over for a week's keep


@pytest.fixture
def whole() -> Iterator[Store]:
    """A database that is not divided, with entries of two sources."""
    found = open_store(servers.ready(), busy=BUSY)
    library = ready(found, source("a", options=WEEK), source("b"))
    tell(library, *(entry(str(n)) for n in range(5)))
    tell(library, entry("5", "b"))
    yield found
    found.close()


@pytest.fixture
def divided() -> Iterator[Store]:
    found = open_store(servers.divided(), busy=BUSY)
    yield found
    found.close()


def _held(store: Store) -> tuple[object, ...]:
    entries = tuple(store.overview.entries(id) for id in ("a", "b"))
    return entries, store.library.every_story("", 99), store.library.stories(window(at=LATER))


def _tables(store: Store) -> dict[str, int]:
    """How many texts stand in which table."""
    query = "SELECT tableoid::regclass::text, count(*) FROM entry_bodies GROUP BY 1"
    with store.library._db.read() as connection:
        return {name.removeprefix("entry_bodies_"): n for name, n in connection.exec_driver_sql(query)}


def _read(store: Store, *still: str) -> None:
    """A poll at LATER that finds *still* and one new entry."""
    view = store.library.poll_view("a", still, ())
    new = saved(entry("new", published=LATER), first_seen=LATER)
    seen = tuple(known.entry.key for known in view.known.values())
    store.library.apply(changes(view, LATER, entries=(new,), seen=seen))


def _expire(store: Store) -> None:
    for _ in range(20):
        if not store.library.expire(LATER):
            return
    pytest.fail("there is no end of what is to be forgotten")


@contextmanager
def _interrupted(store: Store, at: str) -> Iterator[None]:
    """Whoever does *at* is interrupted, as by ^C."""

    def stop(*given: Any) -> None:
        if at in given[2]:
            raise KeyboardInterrupt

    engine = store.library._db._engine
    event.listen(engine, "before_cursor_execute", stop)
    with pytest.raises(KeyboardInterrupt):
        yield
    event.remove(engine, "before_cursor_execute", stop)


def test_switch_goes_on_where_it_was_interrupted(whole: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "BATCH", 2)
    db, before = whole.library._db, _held(whole)
    for at in (
        "FOR VALUES FROM",
        "UPDATE entries SET body",
        "DROP TABLE story_keys",
        "DROP TABLE entries",
        "CREATE INDEX IF",
    ):
        with _interrupted(whole, at):
            partitions.divide(db, NOW, lambda _: None)
        assert _held(whole) == before
        assert whole.figures.partitions() is None or whole.figures.partitions().parts == 0  # type: ignore[union-attr]  # just asked
    said: list[str] = []
    partitions.divide(db, NOW, said.append)
    partitions.divide(db, NOW, said.append)
    assert _held(whole) == before
    assert _tables(whole) == {"2026_03": 6}
    found = whole.figures.partitions()
    assert found
    assert (found.months, found.parts) == (("2026-03", "2026-04", "2026-05", "2026-06"), 16)


def test_indexes_and_constraints_are_those_of_before(whole: Store, divided: Store) -> None:
    query = (
        "SELECT replace(pg_get_indexdef(indexrelid), ' ONLY ', ' ') FROM pg_index"
        " WHERE indrelid IN ('entries'::regclass, 'story_keys'::regclass) UNION ALL"
        " SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid IN ('entries'::regclass, 'story_keys'::regclass, 'members'::regclass) AND contype IN ('p', 'f')"
        " AND conparentid = 0"
    )
    found = []
    for store in (whole, divided):
        with store.library._db.read() as connection:
            found.append(set(connection.exec_driver_sql(query).scalars()))
    assert {line.partition(" ON ")[0] for line in found[1] - found[0]} == {"CREATE INDEX entries_body"}
    assert found[0] <= found[1]


def test_a_month_that_is_over_goes_whole_and_others_come(divided: Store) -> None:
    ready(divided, source("a", options=WEEK))
    tell(divided.library, *(entry(str(n)) for n in range(5)))
    assert _tables(divided) == {"2026_03": 5}
    _read(divided)
    _expire(divided)
    assert _tables(divided) == {"2026_04": 1}
    found = divided.figures.partitions()
    assert found
    assert found.months == ("2026-04", "2026-05", "2026-06", "2026-07")
    assert [k.entry.guid for k in divided.overview.entries("a")] == ["new"]


def test_what_is_still_told_outlives_its_month_and_goes_in_time(divided: Store) -> None:
    ready(divided, source("a", options=WEEK))
    tell(divided.library, entry("stays"), entry("goes"))
    before = divided.library.poll_view("a", ["stays"], ()).known
    _read(divided, "stays")
    _expire(divided)
    assert divided.library.poll_view("a", ["stays"], ()).known == before
    assert _tables(divided) == {"kept": 1, "2026_04": 1}
    view = divided.library.poll_view("a", (), ())
    divided.library.apply(changes(view, LATER + 9 * DAY, entries=(saved(entry("newer"), first_seen=LATER),)))
    divided.library.expire(LATER + 9 * DAY)
    assert "kept" not in _tables(divided)


def test_a_month_of_which_much_is_told_stays(divided: Store) -> None:
    ready(divided, source("a", options=WEEK))
    tell(divided.library, entry("1"))
    assert partitions.tend(divided.library._db, LATER, 0) == 0
    assert _tables(divided) == {"2026_03": 1}


def test_a_reader_that_goes_on_for_long_is_not_waited_for(divided: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "BRIEFLY", "20ms")
    ready(divided, source("a", options=WEEK))
    db = divided.library._db
    with db.read() as connection:
        connection.exec_driver_sql("SELECT FROM entry_bodies").all()
        assert partitions.tend(db, LATER, 9) == 0
    assert partitions.tend(db, LATER, 9) == 1


def test_who_writes_to_a_month_that_went_meanwhile_reads_again(divided: Store) -> None:
    library = ready(divided, source("a"))
    with library._db.write() as connection:
        partitions._note(connection, [*bodies.months_of(connection), bodies.month_of(NOW - 40 * DAY)])
    view = library.poll_view("a", (), ())
    with pytest.raises(StaleView, match="no partition"):
        library.apply(changes(view, entries=(saved(entry("1"), first_seen=NOW - 40 * DAY),)))


def test_entries_of_no_month_are_told_too(divided: Store) -> None:
    library = ready(divided, source("a"))
    view = library.poll_view("a", (), ())
    library.apply(changes(view, entries=(saved(entry("1"), first_seen=NOW - 400 * DAY),)))
    assert [k.entry for k in divided.overview.entries("a")] == [entry("1")]
    assert _tables(divided) == {"kept": 1}


def test_all_of_it_moves_into_a_database_that_is_not_divided(divided: Store, tmp_path: Path) -> None:
    ready(divided, source("a"), source("b"))
    tell(divided.library, entry("1"), entry("2"))
    target = f"sqlite:///{tmp_path}/feeds.db"
    url = divided.library._db._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    moved = {m.table: m.rows for m in move(url, target)}
    assert (moved["entries"], moved["entry_bodies"]) == (2, 0)
    file = open_store(target)
    assert _held(file) == _held(divided)
    assert file.library.meta(bodies.MONTHS) == ""
    file.close()


def test_a_file_has_no_partitions(file: str) -> None:
    with pytest.raises(StoreError, match="is one file: only a store at postgresql://"):
        partition(file, NOW, print)


@pytest.mark.parametrize("months", [pytest.param("2026-03", id="march"), pytest.param("2025-12", id="december")])
def test_numbers_of_a_month_are_apart_from_those_of_the_next(months: str) -> None:
    year, month = map(int, months.split("-"))
    at = NOW.replace(year=year, month=month, day=1)
    this, following = bodies.month_of(at), bodies.month_of(at + 31 * DAY)
    assert bodies.numbers_of(this).stop == bodies.numbers_of(following).start
