"""Which sources a change in a folder concerns, and that the watch outlives a store that is held."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchfiles import Change

from feeds.app.build import opened
from feeds.app.serving.watch import Watch, touched
from feeds.errors import StoreLocked

FOLDERS = {"posts": "/srv/site", "notes": "/srv/site/notes", "other": "/srv/other"}


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        pytest.param("/srv/site/_posts/2026-01-01-a.md", ["posts"], id="a post"),
        pytest.param("/srv/site/notes/기술.md", ["notes", "posts"], id="of two folders, one in the other"),
        pytest.param("/srv/other/gone.md", ["other"], id="whether it is there or not"),
        pytest.param("/srv/site/.git/index.lock", [], id="git"),
        pytest.param("/srv/site/.a.md.swp", [], id="an editor's own file"),
        pytest.param("/srv/site/_site/a/index.html", [], id="what a generator writes"),
        pytest.param("/srv/site/node_modules/a/readme.md", [], id="what others wrote"),
        pytest.param("/srv/sites/a.md", [], id="a folder whose name only begins so"),
        pytest.param("/srv/site", [], id="the folder itself"),
        pytest.param("/srv/site/var/public/atom.xml", [], id="what we write"),
        pytest.param("/srv/site/feeds.db-wal", [], id="our store"),
    ],
)
def test_a_change_concerns(path: str, ids: list[str]) -> None:
    assert touched(FOLDERS, [path], ["/srv/site/var/public/", "/srv/site/feeds.db"]) == ids


def test_a_held_store_does_not_end_the_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "feeds.yaml").write_text(
        "version: 1\nsite: {title: Desk, url: 'https://desk.example'}\ncontent: [{id: posts, path: site}]\n"
    )
    asked: list[list[str]] = []
    woken = threading.Event()

    def changes(*_folders: str, **_how: object) -> Iterator[set[tuple[Change, str]]]:
        for _ in range(2):
            yield {(Change.added, str(tmp_path.resolve() / "site/a.md"))}

    def hasten(_library: object, ids: list[str], _now: object) -> None:
        asked.append(ids)
        if len(asked) == 1:
            raise StoreLocked("another process works on it")

    with opened(str(tmp_path / "feeds.yaml"), {}, lock=True) as app:
        monkeypatch.setattr("feeds.app.serving.watch.watch", changes)
        monkeypatch.setattr(type(app.store.library), "hasten", hasten)
        watch = Watch(app, woken.set)
        watch.apply(app.settings)
        assert woken.wait(20)
        watch.stop()
    assert asked == [["posts"], ["posts"]]
    assert "was not noted: another process works on it" in caplog.text
