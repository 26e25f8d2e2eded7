"""Which sources a change in a folder concerns."""

import pytest

from feeds.app.watch import touched

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
