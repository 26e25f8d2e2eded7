"""A store moved to another database arrives whole, or not at all."""

from pathlib import Path

import pytest
from sqlalchemy import select

from feeds.errors import StoreError, StoreLocked
from feeds.model.channel import Rendered
from feeds.store import Store, open_store
from feeds.store.database.moving import move
from feeds.store.tables import metadata
from tests import servers
from tests.store.made import NOW, PING, entry, ready, rendition, tell, window


def _filled(url: str) -> None:
    store = open_store(url)
    tell(ready(store), *(entry(str(n), title=f"가 {n}", content="x" * 99) for n in range(30)))
    store.outbox.published("all", None, Rendered(renditions=(rendition(body=bytes(range(256))),)), (PING,), NOW)
    store.searching.index([(found, f"words of {found.story_id}") for found in store.searching.unsearched(99)])
    store.close()


def _everything(store: Store) -> dict[str, set[str]]:
    with store.library._db.read() as connection:
        return {t.name: {repr(tuple(row)) for row in connection.execute(select(t))} for t in metadata.sorted_tables}


def _other(url: str, folder: Path) -> str:
    return f"sqlite:///{folder}/other.db" if url.startswith("postgresql") else servers.empty()


def test_everything_arrives_and_work_goes_on(url: str, tmp_path: Path) -> None:
    _filled(url)
    target = _other(url, tmp_path)
    moved = move(url, target, alone=True)
    assert {m.table for m in moved} == set(metadata.tables)
    assert {m.table: m.rows for m in moved if m.rows}["entries"] == 30
    old, new = open_store(url), open_store(target)
    assert _everything(new) == _everything(old)
    tell(new.library, entry("more"))
    assert len(new.library.stories(window(limit=99))) == 31
    assert len(new.searching.find(["words"], ["all"], NOW, 99, 0).stories) == 30
    new.searching.index([(found, "fresh words") for found in new.searching.unsearched(9)])
    assert len(new.searching.find(["fresh"], ["all"], NOW, 99, 0).stories) == 1
    old.close()
    new.close()


def test_there_and_back_is_the_same(url: str, tmp_path: Path) -> None:
    _filled(url)
    target = _other(url, tmp_path)
    back = f"sqlite:///{tmp_path}/back.db"
    assert move(url, target) == move(target, back)


def test_a_store_that_holds_something_is_left_alone(url: str, tmp_path: Path) -> None:
    _filled(url)
    target = _other(url, tmp_path)
    _filled(target)
    before = open_store(target, lock=False)
    held = _everything(before)
    with pytest.raises(StoreError, match="holds a store already: give a place where nothing is"):
        move(url, target)
    assert _everything(before) == held
    before.close()


def test_nothing_is_there_where_it_ends_half_way(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(url)
    target = _other(url, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("feeds.store.database.moving._count_on", lambda _writing, table: 1 / (table.name != "stories"))
        with pytest.raises(ZeroDivisionError):
            move(url, target)
    move(url, target)


def test_what_did_not_arrive_as_it_left_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(url)
    with monkeypatch.context() as patch:
        patch.setattr("feeds.store.database.moving._count_on", lambda writing, table: writing.execute(table.delete()))
        with pytest.raises(StoreError, match=r"did not arrive as it left: \d+ rows left, 0 arrived"):
            move(url, _other(url, tmp_path))


def test_a_store_at_work_is_not_moved(url: str, tmp_path: Path) -> None:
    _filled(url)
    store = open_store(url)
    with pytest.raises(StoreLocked):
        move(url, _other(url, tmp_path), alone=True)
    store.close()


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere\.db does not exist"):
        move(f"sqlite:///{tmp_path}/nowhere.db", f"sqlite:///{tmp_path}/b.db")
