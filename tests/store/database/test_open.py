"""Opening: one writer, a whole file, a schema that is known."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from feeds.errors import StoreDamaged, StoreError, StoreLocked, StoreTooNew
from feeds.store import Store, migrate, open_store
from feeds.store.tables import HEAD, source_state
from tests.store.conftest import BUSY
from tests.store.made import NOW, TECH, entry, ready, source, tell, window

HOLD = """
import sys
from feeds.store import open_store
store = open_store(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _filled(url: str) -> Path:
    """A store with enough in it to fill many pages, closed; return its file."""
    store = open_store(url)
    library = ready(store)
    tell(library, *(entry(str(n), content="x" * 3000) for n in range(50)))
    store.close()
    return _file(url)


def test_opened_again_holds_what_was_written(url: str) -> None:
    _filled(url)
    for lock in (True, False):
        store = open_store(url, lock=lock, shards=4)
        assert len(store.library.stories(window(limit=99))) == 50
        assert store.shards == 4
        store.close()


def test_file_is_for_its_owner_alone(file: str) -> None:
    path = _filled(file)
    assert path.stat().st_mode & 0o077 == 0


def test_pub_15_second_writer_is_refused_with_the_process_named(url: str) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout
        assert first.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match=rf"in use by process {first.pid}\b.*: one process at a time"):
            open_store(url)
        reader = open_store(url, lock=False)
        assert reader.overview.totals().sources == 0
        reader.close()
        first.kill()
    open_store(url).close()


def test_db_01_writer_waits_then_says_who_holds_it(store: Store, url: str) -> None:
    library = ready(store)
    other = open_store(url, lock=False, beside=True, busy=BUSY)
    with other.library._db.write() as connection:
        connection.execute(update(source_state).values(paused=False))
        with pytest.raises(StoreLocked, match="held by another program"):
            library.begin("a")
    other.close()
    library.begin("a")
    assert library.poll_view("a", (), ()).state.strikes == 1


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    library = ready(store)
    with library._db.write():
        assert len(library.due(0, NOW, 9)) == 2


def test_db_05_newer_store_is_left_alone(url: str) -> None:
    _filled(url)
    store = open_store(url)
    with store.library._db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    for lock in (True, False):
        with pytest.raises(StoreTooNew, match="schema 9999, this one knows"):
            open_store(url, lock=lock)
    with pytest.raises(StoreTooNew, match="schema 9999, this one knows"):
        migrate(url)


def test_db_05_newer_file_keeps_its_bytes(file: str) -> None:
    path = _filled(file)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    for lock in (True, False):
        with pytest.raises(StoreTooNew, match="schema 9999, this one knows"):
            open_store(file, lock=lock)
    assert path.read_bytes() == before


def _truncated(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for page in range(10, 40):
        data[page * 4096 : page * 4096 + 200] = bytes(200)
    path.write_bytes(data)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _text(path: Path) -> None:
    path.write_text("feeds: []\n" * 1000, encoding="utf-8")


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photos (id)")
    connection.close()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(_truncated, "damaged", id="DB-06 truncated"),
        pytest.param(_flipped, "damaged", id="DB-06 pages overwritten"),
        pytest.param(_folder, "is a folder, not a database", id="DB-06 folder"),
        pytest.param(_text, "no database", id="DB-06 text"),
        pytest.param(_foreign, "database of another program", id="DB-06 another program's"),
    ],
)
def test_damaged_file_is_refused_with_a_way_out(file: str, fault: Callable[[Path], None], words: str) -> None:
    path = _filled(file)
    fault(path)
    with pytest.raises(StoreDamaged, match=words) as caught:
        open_store(file)
    assert "restore the last backup" in str(caught.value) or "name another file" in str(caught.value)
    with pytest.raises((StoreDamaged, StoreError)):
        open_store(file, lock=False).overview.sources()


def test_db_06_deleted_file_begins_anew(file: str) -> None:
    _filled(file).unlink()
    store = open_store(file)
    assert store.overview.totals().stories == 0
    store.close()


def test_db_07_log_without_its_shared_memory_is_recovered(file: str) -> None:
    store = open_store(file)
    library = ready(store)
    tell(library, entry("1"))
    path = _file(file)
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    path.with_name("feeds.db-wal").rename(path.with_name("copy.db-wal"))
    store.close()
    again = open_store(f"sqlite:///{copy}")
    assert len(again.library.stories(window())) == 1
    again.close()


def test_db_09_reader_cannot_write_and_says_so(url: str) -> None:
    _filled(url)
    store = open_store(url, lock=False)
    with pytest.raises(StoreError, match="opened for reading only"):
        store.library.set_meta("a", "b")
    store.close()


def test_db_09_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written: "):
        open_store(f"sqlite:///{tmp_path}/file/feeds.db")


def test_reader_of_nothing_is_told_what_to_do(file: str) -> None:
    with pytest.raises(StoreError, match="does not exist yet: `feeds run` makes it"):
        open_store(file, lock=False)
    _file(file).parent.mkdir()
    _file(file).touch()
    with pytest.raises(StoreError, match="`feeds migrate` brings it up"):
        open_store(file, lock=False)
    assert migrate(file) == HEAD
    open_store(file, lock=False).close()


@pytest.mark.parametrize("file", ["", "feeds.db", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/x"])
def test_other_urls_are_refused_without_their_secrets(file: str) -> None:
    with pytest.raises(StoreError, match="give sqlite:///PATH") as caught:
        open_store(file)
    assert "secret" not in str(caught.value)


def test_path_with_odd_letters(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/가 나#%20/a?.db")
    ready(store, source("a")).restate((), (TECH,), ())
    store.close()
    assert [p.name for p in (tmp_path / "가 나#%20").iterdir() if p.suffix == ".db"]
