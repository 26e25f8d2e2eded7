"""What `/search` finds over a small desk, and what it never does; and where `/opml` leads."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.desk import decisions as desk
from feeds.app.serving.search import entrances
from feeds.model.channel import Output
from feeds.model.job import Job
from feeds.web.wire.http import Answer, Asked

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example/news', pages: all, search: true}
content:
  - {id: posts, path: site}
sources:
  - {id: saved, file: saved.xml, categories: [기술], content: title}
categories:
  - {name: 기술, slug: tech}
"""
POST = "---\ntitle: {title}\ndate: 2026-{date} +0000\n{more}---\n{title}. 반도체 이야기.\n"
SAVED = (
    "<rss version='2.0'><channel><title>Saved</title><link>https://saved.example/</link>"
    "<item><link>https://saved.example/1</link><title>남의 반도체 글</title>"
    "<pubDate>Thu, 01 Jan 2026 08:00:00 +0000</pubDate><description>비밀스러운 본문</description></item></channel></rss>"
)
POSTS = {
    "One": ("01-01 10:00:00", ""),
    "Taken back": ("01-03 10:00:00", ""),
    "Draft": ("01-04 10:00:00", "draft: true\n"),
    "For tomorrow": ("12-02 10:00:00", ""),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder: Path = tmp_path_factory.mktemp("desk")
    (folder / "site").mkdir()
    for title, (date, more) in POSTS.items():
        (folder / f"site/{title}.md").write_text(POST.format(title=title, date=date, more=more))
    (folder / "saved.xml").write_text(SAVED)
    (folder / "feeds.yaml").write_text(CONFIG)
    with opened(str(folder / "feeds.yaml"), {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}, lock=True) as app:
        passes.run_pass(app)
        app.run_job(Job(name="index"), app.work())
        taken = next(s for s in app.store.overview.export() if s.lead.title == "Taken back")
        desk.retract(app, taken.id, "a mistake")
        yield app


def ask(app: App, path: str, query: str = "") -> Answer:
    (entrance,) = (e for e in entrances(app) if e.path == path)
    return entrance.handler(Asked(path=path, query=query))


def titles(app: App, query: str) -> list[str]:
    page = html.document_fromstring(ask(app, "/search", f"q={query}").body.decode())
    return ["".join(map(str, title.itertext())) for title in page.iterfind(".//h3")]


def test_what_is_shown_is_found_and_nothing_else(app: App) -> None:
    """The draft, what was taken back, and what waits for its day are not."""
    assert titles(app, "반도체") == ["One", "남의 반도체 글"]
    for title in ("Taken", "Draft", "tomorrow"):
        assert titles(app, title) == []


def test_what_is_told_by_its_title_alone_is_found_by_that(app: App) -> None:
    assert titles(app, "비밀스러운") == []
    assert titles(app, "Saved") == ["남의 반도체 글"]
    assert "비밀스러운" not in ask(app, "/search", "q=남의").body.decode()


def test_what_public_channels_do_not_show_is_not_found(app: App) -> None:
    before = app.settings
    app.settings = replace(before, outputs=(Output(id="else", path="/else/"),))
    try:
        assert titles(app, "반도체") == []
    finally:
        app.settings = before


def test_it_stands_below_the_sites_prefix(app: App) -> None:
    page = html.document_fromstring(ask(app, "/search", "q=One").body.decode())
    assert page.xpath("//form/@action") == ["/news/search"]
    assert page.xpath("//a[@class='find']/@href") == ["/news/search"]
    assert page.xpath("//h3/a/@href") == ["/news/One/"]


def test_opml_leads_to_the_list_of_the_front_page(app: App) -> None:
    assert ask(app, "/opml").headers["Location"] == "/news/opml.xml"
