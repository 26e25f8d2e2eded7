"""Pages of stories over a real store: told, corrected, moved, gone, and never in the way of a channel."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.core.deciding.desk import Desk
from feeds.jobs.regroup import regroup
from feeds.model.channel import Output
from feeds.model.settings import Site
from feeds.model.source import Document, Fetched
from feeds.web.pages.outputs import Outputs
from tests.core.made import settings, source
from tests.jobs.test_jobs import World, rss, world

POST = "---\ntitle: {title}\ndate: 2026-02-0{day} 10:00:00 +0000\ncategories: [Harbour]\n---\n{words}\n"
OUTPUTS = (Output(id="all", path="/"), Output(id="by", path="/{slug}/", each="category"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    posts = source("posts", kind="content", location=str(tmp_path), home="https://desk.example", order=2)
    site = Site(title="Desk", url="https://desk.example", pages="all")
    config = settings(source("one"), source("two", order=1), posts, site=site, outputs=OUTPUTS)
    with world(tmp_path, config) as made:
        made.says("one", rss(("a", "First"), ("b", "Second")))
        made.says("two", rss(("b", "Second")))
        write(made, bridge=("Bridge", 1, "Words of <em>ours</em>.<script>alert(1)</script>"))
        made.sync()
        regroup(made.work())
        yield made


def write(desk: World, **posts: tuple[str, int, str]) -> None:
    """Let the folder hold posts of title, day and words, by file name."""
    documents = tuple(
        Document(
            url=f"/{name}.md",
            body=POST.format(title=title, day=day, words=words).encode(),
            path=f"{name}.md",
            origin=f"blob of {name}",
        )
        for name, (title, day, words) in posts.items()
    )
    listing = tuple(f"{name}.md" for name in posts)
    desk.answers["posts"] = Fetched(outcome="fresh", documents=documents, listing=listing, body_hash=str(desk.now))


def later(desk: World) -> None:
    desk.now += timedelta(hours=1)
    desk.pass_()


def page(desk: World, path: str = "/bridge/index.html") -> str:
    return desk.files[path].decode()


def status(desk: World, path: str) -> int:
    answer = Outputs(desk.store.overview).get(path, {})
    return answer.status if answer else 404


def test_a_post_and_a_merged_story_have_pages(desk: World) -> None:
    desk.pass_()
    own = page(desk)
    assert '<h1 dir="auto">Bridge</h1>' in own
    assert "Words of <em>ours</em>." in own
    assert "<script" not in own
    assert '<link rel="canonical" href="https://desk.example/bridge/">' in own
    assert '<a href="/harbour/">Harbour</a>' in own
    assert "noindex" not in own
    (merged,) = [path for path in desk.files if path.startswith("/stories/")]
    assert '<h1 dir="auto">Second</h1>' in page(desk, merged)
    assert '<meta name="robots" content="noindex">' in page(desk, merged)
    assert '<link rel="canonical" href="https://one.example/b">' in page(desk, merged)
    assert f'href="{merged.removesuffix("index.html")}"' in page(desk, "/index.html"), "the river leads there"
    assert "/stories/" not in desk.files["/atom.xml"].decode(), "feeds lead to who tells it"


def test_a_correction_reaches_the_page_and_a_second_pass_changes_nothing(desk: World) -> None:
    desk.pass_()
    before = dict(desk.files)
    later(desk)
    assert desk.files == before
    write(desk, bridge=("Bridge", 1, "Thirty-one other words."))
    later(desk)
    assert "Thirty-one other words." in page(desk)
    assert "corrected <time" in page(desk)


@pytest.mark.parametrize("way", ["retracted", "draft", "vanished"])
def test_what_is_gone_is_answered_with_410(desk: World, way: str) -> None:
    desk.pass_()
    assert status(desk, "/bridge/") == 200
    match way:
        case "retracted":
            story = next(s for s in desk.store.library.every_story("", 9) if s.lead.title == "Bridge")
            table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
            desk.store.library.edit(table.retract(story, "no"), desk.now)
        case "draft":
            write(desk, bridge=("Bridge", 1, "x"))
            body = desk.answers["posts"].documents[0].body.replace(b"title:", b"draft: true\ntitle:")
            document = replace(desk.answers["posts"].documents[0], body=body)
            desk.answers["posts"] = replace(desk.answers["posts"], documents=(document,))
        case _:
            write(desk)
    later(desk)
    assert status(desk, "/bridge/") == 410
    assert "This story was withdrawn" in page(desk)
    assert not any(b"Bridge" in body for body in desk.files.values())
    assert status(desk, "/nothing/") == 404


def test_a_post_that_was_merged_leads_to_the_story(desk: World) -> None:
    write(desk, bridge=("Bridge", 1, "Words."), ferry=("Ferry", 2, "Other words."))
    desk.pass_()
    assert (status(desk, "/bridge/"), status(desk, "/ferry/")) == (200, 200)
    merge(desk, "Bridge", "Ferry")
    later(desk)
    answer = Outputs(desk.store.overview).get("/ferry/", {})
    assert answer is not None
    assert (answer.status, answer.headers["Location"]) == (301, "/bridge/")
    assert "/ferry/index.html" not in desk.files
    assert status(desk, "/bridge/") == 200


def test_a_page_says_410_where_the_story_it_was_merged_with_has_none(desk: World) -> None:
    """The lead is told elsewhere, and merged stories have no pages."""
    posts = desk.config.sources[2]
    sources = (replace(desk.config.sources[0], prefer=9), *desk.config.sources[1:2], posts)
    desk.config = replace(desk.config, sources=sources, site=replace(desk.config.site, pages="posts"))
    desk.sync()
    regroup(desk.work())
    desk.pass_()
    assert status(desk, "/bridge/") == 200
    merge(desk, "First", "Bridge")
    later(desk)
    assert status(desk, "/bridge/") == 410
    assert not any(path.startswith("/stories/") for path in desk.files)
    before = dict(desk.files)
    later(desk)
    assert desk.files == before


def test_what_is_gone_is_said_so_where_it_was_told(desk: World) -> None:
    """A post that is renamed after it was retracted does not take its page along."""
    desk.pass_()
    story = next(s for s in desk.store.library.every_story("", 9) if s.lead.title == "Bridge")
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(story, "no"), desk.now)
    later(desk)
    write(desk, crossing=("Bridge", 1, "Words of <em>ours</em>.<script>alert(1)</script>"))
    later(desk)
    assert [one.lead.url for one in desk.store.library.every_story("", 9) if one.lead.title == "Bridge"] == [
        "https://desk.example/crossing/"
    ]
    assert (status(desk, "/bridge/"), status(desk, "/crossing/")) == (410, 404)


def merge(desk: World, *titles: str) -> None:
    one, other = (next(s for s in desk.store.library.every_story("", 9) if s.lead.title == title) for title in titles)
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.merge(one, other), desk.now)


@pytest.mark.parametrize(
    "below",
    [
        pytest.param("https://desk.example/x.html/y/", id="below a page"),
        pytest.param("https://desk.example/atom.xml/y/", id="below a file of a channel"),
    ],
)
def test_no_page_lies_below_a_file(desk: World, below: str) -> None:
    write(desk, one=("One", 1, "Words."), two=("Two", 2, "Other words."))
    first, second = desk.answers["posts"].documents
    documents = (
        replace(first, body=first.body.replace(b"title:", b"permalink: /x.html\ntitle:")),
        replace(second, body=second.body.replace(b"title:", f"permalink: {below[20:]}\ntitle:".encode())),
    )
    desk.answers["posts"] = replace(desk.answers["posts"], documents=documents)
    desk.pass_()
    assert {one.lead.url for one in desk.store.library.every_story("", 9)} >= {below}
    assert status(desk, "/x.html") == 200
    assert status(desk, below[20:]) == 404


def test_a_post_links_to_another_where_that_one_stands(desk: World) -> None:
    """Its address is known when all posts are read; the link is no news."""
    write(desk, bridge=("Bridge", 1, "See [[Crossing|the boat]] and [[nowhere]]."), ferry=("Crossing", 2, "Words."))
    desk.pass_()
    assert 'See <a href="https://desk.example/ferry/"' in page(desk)
    assert ">the boat</a> and nowhere." in page(desk)
    assert not any(b"post-file:" in body for body in desk.files.values())


def test_what_waits_has_no_page_until_it_is_released(desk: World) -> None:
    write(desk, soon=("Soon", 3, "Words."))
    desk.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    body = desk.answers["posts"].documents[0].body.replace(b"2026-02-03", b"2026-03-02")
    document = replace(desk.answers["posts"].documents[0], body=body)
    desk.answers["posts"] = replace(desk.answers["posts"], documents=(document,))
    desk.pass_()
    assert status(desk, "/soon/") == 404
    assert not any(b"Soon" in body for body in desk.files.values())
    desk.now = datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)
    desk.pass_()
    assert status(desk, "/soon/") == 200


def test_no_page_takes_the_place_of_a_channel(desk: World) -> None:
    write(desk, harbour=("A post at the place of a category", 2, "Words."))
    desk.pass_()
    assert "A post at the place of a category" in page(desk, "/harbour/index.html")
    assert '<aside id="subscribe"' in page(desk, "/harbour/index.html"), "it is the category's page"
    assert {line.channel_id for line in desk.store.overview.renditions() if line.path == "/harbour/index.html"} == {
        "by:harbour"
    }


def test_pages_that_are_not_wanted_any_more_end(desk: World) -> None:
    desk.pass_()
    desk.config = replace(desk.config, site=replace(desk.config.site, pages="none"))
    regroup(desk.work())
    later(desk)
    assert not any(path.startswith(("/stories/", "/bridge")) for path in desk.files)
    assert {line.path for line in desk.store.overview.renditions()} == desk.files.keys()
    desk.config = replace(desk.config, site=replace(desk.config.site, pages="posts"))
    regroup(desk.work())
    later(desk)
    assert {path for path in desk.files if path.startswith(("/stories/", "/bridge"))} == {"/bridge/index.html"}


def test_pages_are_no_channels(desk: World) -> None:
    desk.pass_()
    totals = desk.store.overview.totals()
    assert (totals.channels, totals.renditions) == (2, 12)
