"""One post through its whole life, in every document, file and answer: kept in, let out, corrected, filed, taken back."""

import gzip
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from feeds.app.build import opened
from feeds.app.serving import search
from feeds.app.serving.api import Answers
from feeds.cli import cli
from feeds.model.job import Job
from feeds.ports.api import StoriesAsked
from feeds.store import open_store
from feeds.web.pages.outputs import Outputs

CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example', language: en, pages: posts, search: true, author: {name: Desk, email: d@desk.example}}
content:
  - {id: posts, path: site, kind: plain}
outputs:
  - {id: all, path: /, formats: [atom, rss, json, html, opml], archives: month, limit: 2}
  - {id: by-category, each: category, path: "/{slug}/", archives: month, limit: 2}
  - {id: wires, path: /wires/, formats: [news, msn, smartnews, flipboard, naver, ninjs]}
"""
POST = """\
---
title: {title}
date: 2026-03-10 08:00:00 +0000
embargo: 2026-03-11 09:00 +0000
categories: [Harbour]
image: https://desk.example/{title}.jpg
---
{body} is what this post is about, in a sentence that is long enough to be told from the others by all.
"""
OTHER = (
    "---\ntitle: Other {n}\ndate: 2026-03-{n:02} 08:00:00 +0000\ncategories: [Harbour]\n---\nBeside it, number {n}.\n"
)
FEEDS = {f"{place}{name}" for place in ("/", "/harbour/") for name in ("atom.xml", "rss.xml", "feed.json")}
PAGES = {"/", "/harbour/"}
WIRES = {f"/wires/{name}" for name in ("msn.xml", "smartnews.xml", "flipboard.xml", "naver.xml", "ninjs.json")}
ARCHIVES = {re.sub(r"\.(?=xml|json)", "-2026-03.", path) for path in FEEDS}
ASKED = {"/search", "/api/v1/stories"}
FILE = 0  # stands for the status of an answer
Type = Callable[..., str]


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    for n in (1, 2, 3):
        (tmp_path / f"site/other-{n}.md").write_text(OTHER.format(n=n))

    def typed(at: str, *words: str) -> str:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime.fromisoformat(f"{at}+00:00").timestamp())))
        result = CliRunner().invoke(cli, [*words])
        assert result.exit_code == 0, f"{words}: {result.output} {result.exception!r}"
        return result.output

    return typed


def answers(folder: Path) -> Iterator[tuple[str, int, bytes]]:
    """Every path that is or ever was published, as it is answered: plain, packed and as a file."""
    store = open_store(f"sqlite:///{folder}/var/feeds.db", lock=False)
    outputs = Outputs(store.overview)
    public = folder / "var/public"
    paths = {"/" + p.relative_to(public).as_posix() for p in public.rglob("*") if p.is_file() and ".tmp" not in p.parts}
    for path in sorted(paths | {"/post/"}):
        for coding in ("identity", "gzip"):
            answer = outputs.get(path.removesuffix("index.html"), {"accept-encoding": coding})
            if answer:
                packed = answer.headers.get("Content-Encoding") == "gzip"
                yield path, answer.status, gzip.decompress(answer.body) if packed else answer.body
        if (file := public / path[1:]).is_file():
            yield path, FILE, file.read_bytes()
    store.close()


def asked(folder: Path) -> Iterator[tuple[str, int, bytes]]:
    """What is told to those who ask of themselves: who looks for a word of the post, and programs."""
    with opened(str(folder / "feeds.yaml"), dict(os.environ), lock=True) as app:
        assert app.run_job(Job(name="index"), app.work()).outcome == "done"
        yield "/search", 200, b"".join(search.searcher(app)(word, 1) for word in ("what", "post"))
        yield "/api/v1/stories", 200, repr(Answers(app).stories(StoriesAsked(limit=100))).encode()


def telling(folder: Path, word: str) -> set[str]:
    told = (*answers(folder), *asked(folder))
    return {path.removesuffix("index.html") for path, _, body in told if word.encode() in body}


class Reader:
    """Who asks one web server again and again, keeps what it was given, and takes 304 at its word."""

    def __init__(self, folder: Path) -> None:
        self.public = folder / "var/public"
        self.store = open_store(f"sqlite:///{folder}/var/feeds.db", lock=False)
        self.outputs = Outputs(self.store.overview)
        self.kept: dict[str, tuple[str, bytes]] = {}
        self.statuses: set[int] = set()

    def keeps(self, word: str) -> set[str]:
        """Ask for all that was ever seen, and return the paths whose kept documents tell *word*."""
        self.outputs.forget()  # another process published
        files = {p for p in self.public.rglob("*") if p.is_file() and ".tmp" not in p.parts}
        for path in {"/" + p.relative_to(self.public).as_posix().removesuffix("index.html") for p in files} | {
            *self.kept
        }:
            etag, _ = self.kept.get(path, ("", b""))
            answer = self.outputs.get(path, {"if-none-match": etag} if etag else {})
            self.statuses.add(answer.status if answer else 404)
            if answer and answer.status == 200:
                self.kept[path] = answer.headers["ETag"], answer.body
            elif not answer or answer.status != 304:
                self.kept.pop(path, None)
        return {path for path, (_, body) in self.kept.items() if word.encode() in body}


def test_a_post_from_its_embargo_to_its_retraction(feeds: Type, tmp_path: Path) -> None:
    post = tmp_path / "site/post.md"
    post.write_text(POST.format(title="Quayside", body="Zanzibar"))
    feeds("2026-03-10T12:00", "run")
    assert telling(tmp_path, "Other 3") >= FEEDS
    reader = Reader(tmp_path)
    assert reader.keeps("Other 3") >= FEEDS
    assert telling(tmp_path, "Quayside") | telling(tmp_path, "Zanzibar") == set(), "kept in until its time"

    feeds("2026-03-11T10:00", "run")
    public = {*FEEDS, *PAGES, "/post/", *WIRES}
    everywhere = {*public, *ASKED}
    assert telling(tmp_path, "Quayside") == {*everywhere, "/wires/news.xml"}, "let out in time"
    assert telling(tmp_path, "Zanzibar") == everywhere

    assert reader.keeps("Zanzibar") == public

    post.write_text(POST.format(title="Wharf", body="Mombasa"))
    feeds("2026-03-11T12:00", "run")
    assert telling(tmp_path, "Quayside") | telling(tmp_path, "Zanzibar") == set(), "corrected"
    assert reader.keeps("Zanzibar") == set()
    assert telling(tmp_path, "Wharf") == {*everywhere, "/wires/news.xml"}
    assert telling(tmp_path, "Mombasa") == everywhere
    assert "title: [-Quayside-] {+Wharf+}" in feeds("2026-03-11T12:00", "why", "/post/")

    feeds("2026-04-02T12:00", "run")
    assert telling(tmp_path, "Mombasa") == {*everywhere, *ARCHIVES}, "filed, and too old for news.xml"
    assert "/wires/news.xml" not in telling(tmp_path, "Wharf")

    assert reader.keeps("Mombasa") == {*public, *ARCHIVES}
    assert reader.keeps("Mombasa") == {*public, *ARCHIVES}, "unchanged"
    assert 304 in reader.statuses
    feeds("2026-04-02T13:00", "retract", "/post/", "--reason", "the court said so")
    assert telling(tmp_path, "Mombasa") | reader.keeps("Mombasa") == set(), "taken back"
    taken_down = {"/wires/msn.xml", "/wires/smartnews.xml", "/wires/ninjs.json"}
    assert telling(tmp_path, "Wharf") == taken_down, "these dialects name by its title what is to be taken down"
    assert telling(tmp_path, "the court said so") == set()
    assert {status for path, status, _ in answers(tmp_path) if path.startswith("/post/")} == {410, FILE}
    assert telling(tmp_path, "at:deleted-entry") >= {"/atom.xml", "/harbour/atom.xml"}
    feeds("2026-04-02T14:00", "run")
    assert telling(tmp_path, "Mombasa") == set(), "whatever is polled then"
    reader.store.close()
