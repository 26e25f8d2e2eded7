"""The schema that migrations make is the one that the tables say, whatever interrupts them."""

import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, event, text

from feeds import store
from feeds.errors import StoreError
from feeds.model.buckets import bucket_of_channel, bucket_of_url
from feeds.store import Store, migrate, open_store
from feeds.store.database import guard, server
from feeds.store.database.db import Database
from feeds.store.database.sqlite import SQLite
from feeds.store.incoming import likes
from feeds.store.incoming.likes import WEEK, week_of
from feeds.store.migrate import back_up, run, scripts
from feeds.store.tables import HEAD, metadata
from tests import servers
from tests.store.made import NOW, entry, ready, tell


def test_tables_are_what_migrations_make(store: Store) -> None:
    with store.library._db.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_table})
        assert compare_metadata(context, metadata) == []


def _is_table(name: str | None, _type: str, _parents: object) -> bool:
    """Leave out what FTS5 keeps an index in, and what a cluster's engine has; the schemas are compared whole below."""
    return not (name or "").startswith(("story_index", "procrastinate", "sources_shard", "searched_threes"))


def test_head_is_the_last_script() -> None:
    assert scripts().get_heads() == [HEAD]


def test_migrations_make_every_index_and_option(file: str, tmp_path: Path) -> None:
    """Comparing metadata passes over what SQLite alone has, such as WITHOUT ROWID."""
    store = open_store(file)
    with sqlite3.connect(tmp_path / "plain.db"):
        pass
    db = SQLite(tmp_path / "plain.db")
    with db.write() as connection:
        metadata.create_all(connection)
    assert _schema(db) == _schema(store.library._db)
    db.close()
    store.close()


def _schema(db: Database) -> set[tuple[str, str]]:
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'alembic_%'",
        "postgresql": "SELECT table_name || '.' || column_name, concat_ws(' ', data_type, column_default, is_nullable, collation_name)"
        " FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'alembic_version'"
        " UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    }
    with db.read() as connection:
        found = connection.execute(text(query[connection.dialect.name]))
        return {(name, " ".join(sql.split())) for name, sql in found}


def _empty(path: Path) -> SQLite:
    guard.prepare(path)
    return SQLite(path)


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


def test_db_04_backup_holds_everything(file: str) -> None:
    store = open_store(file)
    tell(ready(store), entry("1"))
    copy = back_up(Path(file.removeprefix("sqlite:///")), "0001")
    store.close()
    again = open_store(f"sqlite:///{copy}")
    assert again.overview.totals().stories == 1
    again.close()
    assert copy.name == "feeds.db.0001.bak"


def test_failed_migration_gives_the_lock_back(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_given: object) -> None:
        raise StoreError("no")

    with monkeypatch.context() as patch:
        patch.setattr("feeds.store.upgrade", fail)
        patch.setattr("feeds.store.database.server.run", fail)
        with pytest.raises(StoreError, match="no"):
            open_store(empty)
    open_store(empty).close()


def test_db_04_migration_on_a_server_that_was_interrupted_has_not_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    url = servers.empty()
    db = server.connected(url)

    def fail(_connection: Connection) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("feeds.store.database.server.bytewise", fail)
        with pytest.raises(KeyboardInterrupt):
            server.prepare(db)
    assert (server.inspect(db), _schema(db)) == ("", set())
    server.prepare(db)
    assert server.inspect(db) == HEAD
    db.close()


def test_many_that_migrate_at_once_take_turns() -> None:
    url = servers.empty()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(migrate, [url] * 4)) == [HEAD] * 4


def test_who_works_with_others_waits_for_the_schema() -> None:
    url = servers.empty()
    with pytest.raises(StoreError, match=r"has the schema \(none\), not .*: `feeds migrate` brings it up"):
        open_store(url, many=True)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(open_store, url, many=True, patience=30)
        migrate(url)
        waiting.result().close()


def test_who_waits_for_the_schema_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "AGAIN", 0)
    store._wait_for_schema("desk", iter(["", "0001", HEAD]).__next__, 90)
    assert [record.getMessage() for record in caplog.records] == [
        f"desk has the schema (none), not {HEAD}: waiting for `feeds migrate`, at most 90 seconds"
    ]


def test_text_is_ordered_by_its_bytes_on_every_server() -> None:
    """Documents list what they hold by id: they must not depend on how a server was set up."""
    db = server.connected(servers.ready())
    with db.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type = 'text' AND left(table_name, 13) <> 'procrastinate'"
        )
        assert found.scalars().all() == ["C"]
    db.close()


def test_another_programs_database_is_left_alone() -> None:
    url = servers.empty()
    db = server.connected(url)
    with db.write() as connection:
        connection.exec_driver_sql("CREATE TABLE photos (id int)")
    with pytest.raises(StoreError, match="tables of another program: give `store` a database of its own"):
        open_store(url)
    db.close()


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
    with store.library._db.read() as connection:
        assert likes.posted(connection, [7, 2**32 - 1], NOW - WEEK, NOW) == {7: (1, 2), 2**32 - 1: (2,)}
        assert likes.posted(connection, [7], NOW, NOW) == {7: (2,)}
        assert likes.told(connection, [1, 2, 3]) == {1: "story:1", 2: "story:2"}
    store.close()


def test_stories_that_are_there_already_wait_for_the_index_after_0012(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    db = _empty(path)
    with db.write() as connection:
        run(connection, "0011")
        connection.exec_driver_sql(
            "INSERT INTO stories (id, published, updated, first_seen, status, version, lists) "
            "VALUES ('s', '2026-03-01 12:00:00.000000', '2026-03-01 12:00:00.000000', '2026-03-01 12:00:00.000000', "
            "'shown', 3, '[[],[],[]]')"
        )
    db.close()
    store = open_store(f"sqlite:///{path}")
    assert [(found.story_id, found.version) for found in store.searching.unsearched(9)] == [("s", 3)]
    store.close()


def test_the_engines_tables_are_those_of_its_revision() -> None:
    """Revision 0018 takes them as the installed version has them: one that has others needs a revision of its own."""
    found = hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()
    assert found == "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009", (
        "add a revision that runs what is new below procrastinate/sql/migrations"
    )


def test_work_is_dealt_and_a_source_has_one_lease_after_0019(tmp_path: Path) -> None:
    """Until then two that wished at once could begin two: the one heard of last stays, the other is given back."""
    path = tmp_path / "feeds.db"
    db = _empty(path)
    at = "2026-03-01 12:00:00.000000"
    with db.write() as connection:
        run(connection, "0018")
        connection.exec_driver_sql("INSERT INTO marks VALUES ('tech@2026-02', ?, ?)", (at, at))
        pushed = "INSERT INTO deliveries VALUES (?, ?, ?, 'https://desk.example/atom.xml', ?, 0, '', 'owed', '', '')"
        connection.exec_driver_sql(pushed, ("1", "push", "https://a.who.example/cb", at))
        connection.exec_driver_sql(pushed, ("2", "announce", "https://desk.example/hub", at))
        lease = "INSERT INTO leases VALUES (?, ?, 't', 'h', '', '', NULL, ?, ?, ?, 0, ?, 0, 1, '')"
        for id, source_id, ended, heard in (("old", "s", 0, None), ("new", "s", 0, at), ("past", "s", 1, at)):
            connection.exec_driver_sql(lease, (id, source_id, at, ended, at, heard))
    db.close()
    store = open_store(f"sqlite:///{path}")
    assert [lease.id for lease in store.library.leases.all()] == ["new"]
    assert {lease.id for lease in store.library.leases.due(NOW, 9) if lease.ended} == {"old", "past"}
    marked, pushes = bucket_of_channel("tech"), bucket_of_url("https://b.who.example/")
    assert store.outbox.dirty(NOW, 9, range(marked, marked + 1)) == (("tech@2026-02", NOW),)
    assert [d.id for d in store.outbox.owed(NOW, 9, range(pushes, pushes + 1))] == ["1"]
    topics = bucket_of_url("https://desk.example/")
    assert [d.id for d in store.outbox.owed(NOW, 9, range(topics, topics + 1))] == ["2"]
    store.close()
