"""A disk that is full in the middle of a transaction (SQLite): nothing of it has happened, and nothing is damaged."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from feeds.errors import StoreError
from feeds.store import open_store
from feeds.store.database.db import Database
from feeds.store.database.sqlite import SQLite
from tests.store.made import changes, entry, ready, saved, source, tell

ROOM = 12  # pages of 4 kB beyond those in use


def _fill(db: Database) -> None:
    """Leave room for a few pages more."""

    def bounded(connection: Connection) -> None:
        used = connection.connection.cursor().execute("PRAGMA page_count").fetchone()[0]
        connection.connection.cursor().execute(f"PRAGMA max_page_count={used + ROOM}")

    assert isinstance(db, SQLite)
    event.listen(db._writer, "begin", bounded)


def test_db_02_pub_09_what_does_not_fit_has_not_happened(file: str, tmp_path: Path) -> None:
    store = open_store(file)
    library = ready(store, source("a"))
    tell(library, entry("1"))
    before = library.every_entry(("", ""), 9)
    _fill(library._db)
    many = tuple(saved(entry(str(n), content=f"<p>{n} {'words ' * 2000}</p>")) for n in range(2, 60))
    view = library.poll_view("a", (), ())
    with pytest.raises(StoreError, match="disk is full"):
        library.apply(changes(view, entries=many))
    store.close()
    with closing(open_store(file)) as again:  # looks at the whole file
        assert again.library.every_entry(("", ""), 99) == before
        view = again.library.poll_view("a", (), ())
        again.library.apply(changes(view, entries=many))
        assert len(again.library.every_entry(("", ""), 99)) == 59
