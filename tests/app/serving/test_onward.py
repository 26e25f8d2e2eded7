"""From page to page behind the river and a category, over a small desk: each story once, and none that is not shown."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.desk import decisions as desk
from feeds.app.serving.onward import turner

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example/news', language: ko, older: true}
content:
  - {id: posts, path: site}
categories:
  - {name: 기술, slug: tech, limit: 3}
  - {name: 조용한 곳, slug: still}
outputs:
  - {id: all, path: /, formats: [atom, html], limit: 4}
  - {id: by-category, each: category, path: "/{slug}/"}
  - {id: plain, path: /plain/, formats: [atom], limit: 4}
"""
POST = "---\ntitle: {title}\ndate: {date} 10:00:00 +0000\ncategories: [기술]\n{more}---\n{title}.\n"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder: Path = tmp_path_factory.mktemp("desk")
    (folder / "site").mkdir()
    for n in range(1, 12):
        post = POST.format(title=f"글 {n:02}", date=f"2026-01-{(n + 1) // 2:02}", more="")  # two each at one moment
        (folder / f"site/{n:02}.md").write_text(post)
    (folder / "site/draft.md").write_text(POST.format(title="Draft", date="2026-01-01", more="draft: true\n"))
    (folder / "site/bad.md").write_text(POST.format(title="Taken back", date="2026-01-01", more=""))
    (folder / "feeds.yaml").write_text(CONFIG)
    with opened(str(folder / "feeds.yaml"), {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}, lock=True) as app:
        passes.run_pass(app)
        taken = next(s for s in app.store.overview.export() if s.lead.title == "Taken back")
        desk.retract(app, taken.id, "a mistake")
        passes.run_pass(app)
        yield app


def page(app: App, path: str) -> html.HtmlElement:
    """The page at *path*, which lies below the site's prefix, as a link names it."""
    file, _, query = path.removeprefix("/news").partition("?before=")
    if query:
        made = turner(app)(f"{file}index.html", query)
        assert made
        return html.document_fromstring(made.decode())
    found = app.store.overview.rendition(f"{file}index.html")
    assert found
    return html.document_fromstring(found.body.decode())


def link(of: html.HtmlElement, rel: str) -> str:
    """Where the page leads, in its head as at its foot."""
    (foot,) = of.xpath(f"//nav[@class='pager']/a[@rel='{rel}']/@href") or [""]
    (head,) = of.xpath(f"//head/link[@rel='{rel}']/@href") or [""]
    assert foot == head
    return str(foot)


def titles(of: html.HtmlElement) -> list[str]:
    return [str(title.text_content()) for title in of.iterfind(".//h3")]


@pytest.mark.parametrize(("start", "sizes"), [("/news/", [4, 4, 3]), ("/news/tech/", [3, 3, 3, 2])])
def test_on_and_back_each_story_once(app: App, start: str, sizes: list[int]) -> None:
    seen, path, trail = [], start, []
    while path:
        found = page(app, path)
        trail.append(path)
        seen.append(titles(found))
        path = link(found, "next")
    assert [len(names) for names in seen] == sizes
    told = [name for names in seen for name in names]
    assert sorted(told) == [f"글 {n:02}" for n in range(1, 12)]
    days = [(int(name[-2:]) + 1) // 2 for name in told]
    assert days == sorted(days, reverse=True)
    while len(trail) > 1:
        back = link(page(app, trail.pop()), "prev")
        assert titles(page(app, back)) == seen[len(trail) - 1]
    assert link(page(app, start), "prev") == ""


def test_a_page_that_leads_on_is_as_long_as_its_limit(tmp_path: Path) -> None:
    """However much its feed tells, by `days` or because no archive has it yet."""
    (tmp_path / "site").mkdir()
    for n in range(1, 9):
        (tmp_path / f"site/{n}.md").write_text(POST.format(title=str(n), date=f"2026-11-2{n}", more=""))
    (tmp_path / "feeds.yaml").write_text(CONFIG.replace("limit: 4}", "limit: 4, days: 30, archives: month}", 1))
    with opened(str(tmp_path / "feeds.yaml"), {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}, lock=True) as app:
        passes.run_pass(app)
        atom = app.store.overview.rendition("/atom.xml")
        assert atom
        assert atom.body.count(b"<entry") == 8
        first = page(app, "/news/")
        assert titles(first) == ["8", "7", "6", "5"]
        assert titles(page(app, link(first, "next"))) == ["4", "3", "2", "1"]


def test_an_older_page_says_what_it_is(app: App) -> None:
    path = link(page(app, "/news/tech/"), "next")
    found = page(app, path)
    assert found.findtext(".//title") == "기술 - Desk · 지난 글: 2026년 1월 4일 일요일"
    assert found.xpath("//link[@rel='canonical']/@href") == [f"https://desk.example{path}"]
    assert found.xpath("//meta[@name='robots']/@content") == ["noindex, follow"]
    assert found.xpath("//div[@class='intro']//a/@href") == ["/news/tech/"]
    assert found.xpath("//input[@class='address']/@value")[0] == "https://desk.example/news/tech/atom.xml"


@pytest.mark.parametrize("file", ["/plain/index.html", "/index.htm", "/", "/nowhere/index.html", "/01/index.html"])
def test_what_is_no_channels_page(app: App, file: str) -> None:
    assert turner(app)(file, "2026-01-03T10:00:00Z,x") is None


def test_what_names_no_point(app: App) -> None:
    assert turner(app)("/index.html", "yesterday") == b""


def test_behind_the_last_story_there_is_a_way_back(app: App) -> None:
    made = turner(app)("/tech/index.html", "2020-01-01T00:00:00Z,x")
    assert made
    found = html.document_fromstring(made.decode())
    assert (titles(found), link(found, "next")) == ([], "")
    assert len(titles(page(app, link(found, "prev")))) == 3
    empty = turner(app)("/still/index.html", "2020-01-01T00:00:00Z,x")
    assert empty
    assert link(html.document_fromstring(empty.decode()), "prev") == "/news/still/"


def test_pages_lead_on_only_where_something_answers(tmp_path: Path) -> None:
    """Any web server may serve the folder, and there the same address would give the page itself again."""
    (tmp_path / "site").mkdir()
    for n in range(1, 7):
        (tmp_path / f"site/{n}.md").write_text(POST.format(title=str(n), date=f"2026-01-0{n}", more=""))
    (tmp_path / "feeds.yaml").write_text(CONFIG.replace(", older: true", ""))
    with opened(str(tmp_path / "feeds.yaml"), {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}, lock=True) as app:
        passes.run_pass(app)
        assert link(page(app, "/news/"), "next") == ""
        assert "before=" not in (Path(app.settings.public) / "index.html").read_text()
