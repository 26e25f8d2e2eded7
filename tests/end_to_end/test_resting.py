"""A cluster in which nobody asks for a category: it rests, until somebody does or something is taken back."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest

from feeds.store import Store, open_store
from tests.end_to_end.test_cluster import Processes, _shows, _until, port, processes

__all__ = ["port", "processes"]  # fixtures

POST = "---\ntitle: {title}\ndate: 2026-11-25 {hour}:00:00 +0000\ncategories: [{category}]\n---\nText of {title}.\n"


@contextmanager
def stored(of: Processes) -> Iterator[Store]:
    store = open_store(of.url, lock=False, beside=True)
    yield store
    store.close()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _look(of: Processes) -> None:
    """Have the posts read at once; what the next look would find in a minute."""
    with stored(of) as store:
        store.library.hasten([line.source.id for line in store.overview.sources()], now())


def _write(of: Processes, title: str, category: str, hour: int) -> None:
    text = POST.format(title=title, category=category, hour=hour)
    (of.folder / "posts" / f"{title}.md").write_text(text, encoding="utf-8")


def _says(of: Processes, path: str) -> str:
    """What is published, asked of the store: a request would wake it."""
    with stored(of) as store:
        found = store.overview.rendition(path)
        return found.body.decode() if found else ""


def _resting(of: Processes) -> int:
    with stored(of) as store:
        return store.overview.totals(now()).resting


def _get(port: int, path: str, tag: str = "") -> tuple[int, Message, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"If-None-Match": tag} if tag else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, ""


@pytest.fixture
def quiet(processes: Processes, port: int) -> Processes:
    """Two categories of two posts each, brought out, that nobody asked for since an hour ago."""
    file = processes.folder / "feeds.yaml"
    file.write_text(file.read_text().replace("site: {", "site: {rest_after: 10m, "), encoding="utf-8")
    for hour, (title, category) in enumerate((("t1", "tech"), ("t2", "tech"), ("l1", "life"), ("l2", "life")), 10):
        _write(processes, title, category, hour)
    with stored(processes) as store:
        store.outbox.resting.begin(now() - timedelta(hours=1))
    for kind in ("scheduler", "web", "worker"):
        processes.start(kind)
    _until(lambda: "t2" in _says(processes, "/tech/atom.xml"), processes)
    _until(lambda: "l2" in _says(processes, "/life/atom.xml"), processes)
    _until(lambda: _shows(port, "ready", "/readyz"), processes)
    return processes


def test_a_category_rests_until_it_is_asked_for_or_loses_something(quiet: Processes, port: int) -> None:
    with stored(quiet) as store:
        tag = f'"{store.overview.stamp("/tech/atom.xml")}"'
    _write(quiet, "t3", "tech", 14)
    _write(quiet, "l3", "life", 15)
    _look(quiet)
    _until(lambda: _resting(quiet) == 2, quiet)
    _until(lambda: "t3" in _says(quiet, "/atom.xml"), quiet)  # the front page is always hot
    assert "t3" not in _says(quiet, "/tech/atom.xml")
    assert "l3" not in _says(quiet, "/life/atom.xml")
    status, headers, body = _get(port, "/tech/atom.xml", tag)
    assert status == 200, "who has the document before is not told that it is the latest"
    assert "t3" in body or headers["Cache-Control"] == "public, max-age=5", "unless the machine is very slow"
    _until(lambda: "t3" in _get(port, "/tech/atom.xml")[2], quiet)
    assert _get(port, "/tech/atom.xml", _get(port, "/tech/atom.xml")[1]["ETag"])[0] == 304
    assert _resting(quiet) == 1
    (quiet.folder / "posts" / "l1.md").unlink()
    _look(quiet)
    _until(lambda: "l1" not in _says(quiet, "/life/atom.xml"), quiet)
    assert "l3" in _says(quiet, "/life/atom.xml"), "nobody asked for it"
    assert _resting(quiet) == 0
