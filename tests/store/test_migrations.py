"""The schema that migrations make is the one that the tables say, whatever interrupts them."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event

from feeds.errors import StoreError
from feeds.store import Store, guard, open_store
from feeds.store.db import Database
from feeds.store.likes import WEEK, week_of
from feeds.store.migrate import back_up, run, scripts
from feeds.store.tables import HEAD, metadata
from tests.store.made import NOW, entry, ready, tell


def test_tables_are_what_migrations_make(store: Store) -> None:
    with store.library._db.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_table})
        assert compare_metadata(context, metadata) == []


def _is_table(name: str | None, _type: str, _parents: object) -> bool:
    """Leave out what FTS5 keeps an index in; the schemas are compared whole below."""
    return not (name or "").startswith("story_index")


def test_head_is_the_last_script() -> None:
    assert scripts().get_heads() == [HEAD]


def test_migrations_make_every_index_and_option(store: Store, tmp_path: Path) -> None:
    """Comparing metadata passes over what SQLite alone has, such as WITHOUT ROWID."""
    with sqlite3.connect(tmp_path / "plain.db"):
        pass
    db = Database(tmp_path / "plain.db")
    with db.write() as connection:
        metadata.create_all(connection)
    assert _schema(db) == _schema(store.library._db)
    db.close()


def _schema(db: Database) -> set[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
    with db.read() as connection:
        return {(name, " ".join(sql.split())) for name, sql in connection.exec_driver_sql(query)}


def _empty(path: Path) -> Database:
    guard.prepare(path)
    return Database(path)


def _statements(path: Path) -> int:
    """How many statements a migration of an empty database takes."""
    seen: list[str] = []
    db = _empty(path)
    with db.write() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
        run(connection)
    db.close()
    return len(seen)


def test_db_04_migration_interrupted_at_each_statement_has_not_happened(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    db = _empty(path)
    for stop in range(1, _statements(tmp_path / "other.db")):
        with pytest.raises(KeyboardInterrupt):
            _run_until(db, stop)
        assert guard.inspect(path, whole=True) == ""
        assert _schema(db) == set()
    db.close()
    open_store(f"sqlite:///{path}").close()
    assert guard.inspect(path, whole=True) == HEAD


def _run_until(db: Database, stop: int) -> None:
    left = iter(range(stop))

    def interrupt(*_given: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with db.write() as connection:
        event.listen(connection, "before_cursor_execute", interrupt)
        run(connection)


def test_run_twice_is_once(store: Store) -> None:
    before = _schema(store.library._db)
    with store.library._db.write() as connection:
        assert isinstance(connection, Connection)
        run(connection)
    assert _schema(store.library._db) == before


def test_db_04_backup_holds_everything(url: str) -> None:
    store = open_store(url)
    tell(ready(store), entry("1"))
    copy = back_up(store.library._db.path, "0001")
    store.close()
    again = open_store(f"sqlite:///{copy}")
    assert again.overview.totals().stories == 1
    again.close()
    assert copy.name == "feeds.db.0001.bak"


def test_failed_migration_gives_the_lock_back(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_db: Database, _revision: str) -> None:
        raise StoreError("no")

    with monkeypatch.context() as patch:
        patch.setattr("feeds.store.upgrade", fail)
        with pytest.raises(StoreError, match="no"):
            open_store(url)
    open_store(url).close()


def test_where_sources_moved_to_is_found_by_address_after_0007(tmp_path: Path) -> None:
    """Until then it stood in the JSON text alone."""
    path = tmp_path / "feeds.db"
    db = _empty(path)
    with db.write() as connection:
        run(connection, "0006")
        for name, more in (("a", ',"lives_at":"https://new.example/\u00e9"'), ("b", ""), ("c", "")):
            connection.exec_driver_sql(
                "INSERT INTO source_state (source_id, due, paused, strikes, state, info) VALUES (?, '2026-03-01 12:00:00.000000', 0, 0, ?, '{}')",
                (name, f'{{"source_id":"{name}"{more}}}'),
            )
    db.close()
    store = open_store(f"sqlite:///{path}")
    found = store.library.living_at("https://new.example/\u00e9", ["c"])
    assert [(s.source_id, s.lives_at) for s in found] == [("a", "https://new.example/\u00e9"), ("c", "")]
    store.close()


def test_stories_are_found_by_their_hints_as_before_0010(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    db = _empty(path)
    week = week_of(NOW)
    with db.write() as connection:
        run(connection, "0009")
        for at, hint, number in ((week - 1, 7, 1), (week, 7, 2), (week, 2**32 - 1, 2)):
            connection.exec_driver_sql("INSERT INTO hints (week, hash, number) VALUES (?, ?, ?)", (at, hint, number))
        for at, number in ((week - 1, 1), (week, 2)):
            found = (number, at, f"story:{number}")
            connection.exec_driver_sql("INSERT INTO hinted (number, week, story_id) VALUES (?, ?, ?)", found)
    db.close()
    store = open_store(f"sqlite:///{path}")
    assert store.library.posted([7, 2**32 - 1], NOW - WEEK, NOW) == {7: ("story:1", "story:2"), 2**32 - 1: ("story:2",)}
    assert store.library.posted([7], NOW, NOW) == {7: ("story:2",)}
    store.close()
