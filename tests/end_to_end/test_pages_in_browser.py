"""Pages in real Chromium: the walk of a reader, on a desk, on a phone, in the dark, by keyboard alone, without scripts.

The service runs as its owner would run it. Nothing but it is asked: pictures of elsewhere end in the test.
"""

import html
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.end_to_end.test_serve import PATIENCE, ROOT, free_port, get, serving, until

CHROMIUM = shutil.which("chromium") or ""
CONFIG = """\
version: 1
site: {{title: 기술 뉴스, url: 'http://127.0.0.1:{port}', language: {language}, timezone: Asia/Seoul, pages: all, search: true, older: true}}
content:
  - {{id: posts, path: site, every: 1s}}
sources:
  - {{id: daily, file: daily.xml, categories: [기술]}}
  - {{id: planet, file: planet.xml, categories: [기술]}}
categories:
  - {{name: 기술, slug: tech}}
  - {{name: 조용한 곳, slug: still}}
  - {{name: 수출, slug: short, limit: 1, add: ["title ~ '(수출|배터리)'"]}}
server: {{listen: '127.0.0.1:{port}'}}
"""
POST = """\
---
title: {title}
date: 2026-01-0{day} 10:00:00 +0900
categories: [기술]
permalink: /2026/{day}/
image: https://pictures.example/{day}.png
---
{title}에 대한 글. 메모리 반도체가 석 달째 오른다.

## 무엇이 달라지나

- 하나
- 둘
"""
FEED = """\
<rss version="2.0"><channel><title>{title}</title><link>https://{id}.example/</link><description>d</description>
<item><title>LG’s two tracks</title><link>https://{id}.example/lg</link><pubDate>Fri, 02 Jan 2026 0{n}:00:00 GMT</pubDate>
<description>{text}</description></item>
</channel></rss>
"""
TEXT = "Two ways to sell batteries: to those who drive, and to those who keep the lights on at night. " * 8
TITLES = {1: "반도체 수출이 늘었다", 2: "배터리 값이 내렸다", 3: "내릴 글"}


@dataclass(frozen=True)
class Desk:
    """A running service. *paths* are those of all kinds of pages."""

    port: int
    folder: Path

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def story(self) -> str:
        """The path of the story that two sources tell."""
        river = get(self.port, "/")[1].decode()
        return "/stories/" + river.partition('href="/stories/')[2].partition('"')[0]

    def older(self) -> str:
        """The path of what lies behind the one story of a short page."""
        page = get(self.port, "/short/")[1].decode()
        return html.unescape(page.partition('rel="next" href="')[2].partition('"')[0])

    def paths(self) -> dict[str, str]:
        return {
            "river": "/",
            "category": "/tech/",
            "empty category": "/still/",
            "older stories": self.older(),
            "post": "/2026/1/",
            "story of two": self.story(),
            "gone": "/2026/3/",
            "sources": "/sources/",
            "search": "/search",
            "found": "/search?q=%EB%B0%98%EB%8F%84%EC%B2%B4",
            "not found": "/search?q=xyzzy",
        }


@contextmanager
def desk(folder: Path, language: str) -> Iterator[Desk]:
    port = free_port()
    (folder / "site").mkdir()
    for day, title in TITLES.items():
        (folder / f"site/{day}.md").write_text(POST.format(day=day, title=title))
    for n, (id, title) in enumerate({"daily": "The Daily", "planet": "A Planet"}.items(), 1):
        (folder / f"{id}.xml").write_text(FEED.format(id=id, title=title, n=n, text=TEXT))
    (folder / "feeds.yaml").write_text(CONFIG.format(port=port, language=language))
    with serving(folder):
        assert any(until(port, "/", b"LG") for _ in range(4)), "the service does not come up"
        assert until(port, "/readyz", b"ready")
        command = [
            sys.executable,
            "-m",
            "feeds",
            "--config",
            str(folder / "feeds.yaml"),
            "retract",
            f"http://127.0.0.1:{port}/2026/3/",
        ]
        subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True, timeout=60
        )
        assert any(get(port, "/2026/3/")[0] == 410 or PATIENCE.wait(0.1) for _ in range(200))
        assert until(port, "/search?q=%EB%B0%98%EB%8F%84%EC%B2%B4", b"<mark>")
        yield Desk(port, folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        assert "FEEDS_BROWSER_TESTS" not in os.environ, "Chromium is missing: apt-get install chromium"
        pytest.skip("Chromium is missing: pages are not walked through; apt-get install chromium")
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        yield found
        found.close()


@pytest.fixture(scope="module", params=["ko", "en"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk"), request.param) as found:
        yield found


@contextmanager
def reader(browser: Browser, desk: Desk, **how: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page in a context of its own, and what it complained of or asked of others than us."""
    context: BrowserContext = browser.new_context(**how)
    faults: list[str] = []
    context.route(
        lambda url: not url.startswith(desk.home),
        lambda route: route.abort() if route.request.resource_type == "image" else faults.append(route.request.url),
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    try:
        yield page, faults
    finally:
        context.close()


def words(desk: Desk, korean: str, english: str) -> str:
    return korean if "language: ko" in (desk.folder / "feeds.yaml").read_text() else english


def test_from_the_river_to_a_feed(browser: Browser, served: Desk) -> None:
    """River, category, its address by keyboard into the clipboard; a browser gets the page there, a reader the feed."""
    with reader(browser, served, permissions=["clipboard-read", "clipboard-write"]) as (page, faults):
        page.goto(served.home)
        page.get_by_role("navigation").get_by_role("link", name="기술", exact=True).click()
        page.wait_for_url("**/tech/")
        assert page.get_by_role("heading", level=1).inner_text() == "기술"
        page.get_by_role("textbox", name="Atom").focus()
        page.keyboard.press("Control+a")
        page.keyboard.press("Control+c")
        address = page.evaluate("navigator.clipboard.readText()")
        assert address == f"{served.home}/tech/atom.xml"

        page.goto(address)
        assert page.get_by_role("heading", level=1).inner_text() == "기술"
        assert page.get_by_role("article").count() == 3
        assert faults == []
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert answer.read().startswith(b"<?xml")


def test_an_address_is_selected_whole_when_it_is_reached_by_tab(browser: Browser, served: Desk) -> None:
    with reader(browser, served) as (page, _):
        page.goto(f"{served.home}/tech/")
        page.get_by_role("link", name=words(served, "열기 Atom", "Open Atom")).focus()
        page.keyboard.press("Tab")
        picked = (
            "(() => { const e = document.activeElement; return e.value.slice(e.selectionStart, e.selectionEnd) })()"
        )
        assert page.evaluate(picked) == f"{served.home}/tech/rss.xml"


def test_by_keyboard_alone(browser: Browser, served: Desk) -> None:
    """Past the head to the stories, copies unfold, and one always sees where one is."""
    with reader(browser, served) as (page, faults):
        page.goto(served.home)
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.get_attribute("href") == "#main"
        box = skip.bounding_box()
        assert box
        assert box["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"

        seen: list[str] = []
        for _ in range(40):
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            seen.append(page.evaluate("document.activeElement.tagName"))
            assert outline != "none", f"the focus is not to be seen at {seen}"
            if seen[-1] == "SUMMARY":
                break
        assert seen[-1] == "SUMMARY"
        copy = page.get_by_role("link", name="A Planet")
        assert not copy.is_visible()
        page.keyboard.press("Enter")
        assert copy.is_visible()
        assert faults == []


def test_search_without_scripts(browser: Browser, served: Desk) -> None:
    with reader(browser, served, java_script_enabled=False) as (page, faults):
        page.goto(served.home)
        page.get_by_role("banner").get_by_role("link", name=words(served, "검색", "Search")).click()
        page.wait_for_url("**/search")
        page.get_by_role("searchbox").fill("석 달")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=*")
        assert page.get_by_role("article").count() == 2
        assert page.locator("mark").first.inner_text() == "석"
        page.get_by_role("article").first.get_by_role("link", name=TITLES[2]).click()
        page.wait_for_url("**/2026/2/")
        assert page.get_by_role("heading", level=1).inner_text() == TITLES[2]
        assert faults == []


def test_on_to_older_stories_and_back(browser: Browser, served: Desk) -> None:
    with reader(browser, served, java_script_enabled=False) as (page, faults):
        page.goto(f"{served.home}/short/")
        assert page.get_by_role("article").get_by_role("heading").all_inner_texts() == [TITLES[2]]
        page.get_by_role("link", name=words(served, "지난 글 →", "Older →")).press("Enter")
        page.wait_for_url("**/short/?before=*")
        assert page.get_by_role("article").get_by_role("heading").all_inner_texts() == [TITLES[1]]
        assert page.get_by_role("link", name=words(served, "지난 글 →", "Older →")).count() == 0
        page.get_by_role("link", name=words(served, "← 최근 글", "← Newer")).press("Enter")
        page.wait_for_url("**/short/")
        assert faults == []


def test_who_is_read_and_the_list_of_it(browser: Browser, served: Desk) -> None:
    with reader(browser, served) as (page, faults):
        page.goto(served.home)
        page.get_by_role("navigation").get_by_role("link", name=words(served, "출처", "Sources")).click()
        page.wait_for_url("**/sources/")
        assert page.get_by_role("rowheader").all_inner_texts() == ["A Planet\n기술", "The Daily\n기술"]
        assert page.get_by_role("textbox", name="OPML").input_value() == f"{served.home}/sources/opml.xml"
        assert faults == []
    with urllib.request.urlopen(f"{served.home}/opml", timeout=10) as answer:
        assert answer.url == f"{served.home}/opml.xml"
        assert b"/tech/atom.xml" in answer.read()


def test_what_is_taken_back_is_not_found(browser: Browser, served: Desk) -> None:
    with reader(browser, served) as (page, _):
        page.goto(f"{served.home}/search?q=내릴")
        assert page.get_by_role("article").count() == 0
        answer = page.goto(f"{served.home}/2026/3/")
        assert answer
        assert answer.status == 410
        assert page.get_by_role("heading", level=1).inner_text() == words(
            served, "내린 글입니다", "This story was withdrawn"
        )


def test_what_is_not_there_is_said_in_the_sites_words(browser: Browser, served: Desk) -> None:
    with reader(browser, served, viewport={"width": 390, "height": 844}) as (page, _):
        answer = page.goto(f"{served.home}/no/such/page")
        assert answer
        assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        heading = words(served, "이 주소에는 아무것도 없습니다", "There is nothing at this address")
        assert page.get_by_role("heading", level=1).inner_text() == heading
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert Axe().run(page).violations_count == 0
        icon = page.locator("link[rel=icon]").evaluate("one => one.href")
        page.get_by_role("link", name=words(served, "첫 페이지로", "To the front page")).click()
        page.wait_for_url(f"{served.home}/")
    with urllib.request.urlopen(icon, timeout=10) as told:
        assert (told.headers["Content-Type"], told.read(4)) == ("image/svg+xml", b"<svg")
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        urllib.request.urlopen(f"{served.home}/no/such/page", timeout=10)
    with refused.value as plain:
        assert plain.read() == b"Nothing is published here.\n", "programs get a line"


def test_a_picture_that_does_not_come_leaves_no_empty_field(browser: Browser, served: Desk) -> None:
    with reader(browser, served) as (page, _):
        page.goto(served.home)
        page.evaluate("""document.querySelector('.day .story').outerHTML =
            '<article class="story pictured"><div class="text">Words</div><div class="frame">'
            + '<img class="picture" src="/nowhere.jpg" alt="A bridge" width="1600" height="900"></div></article>'""")
        # Not wait_for_function: it looks again by eval(), which the page's policy refuses.
        page.locator(".picture").first.evaluate(
            "one => one.complete || new Promise(done => { one.onload = one.onerror = () => done(true) })"
        )
        assert page.evaluate("document.querySelector('.frame').offsetHeight") < 60


def test_what_is_to_be_heard_has_its_controls(browser: Browser, served: Desk) -> None:
    """`block-size: auto`, which pictures need, made it nothing high."""
    with reader(browser, served) as (page, _):
        page.goto(f"{served.home}/search")
        page.evaluate("document.querySelector('main.page').innerHTML = '<audio src=\"/nowhere.mp3\" controls></audio>'")
        assert page.evaluate("document.querySelector('audio').offsetHeight") > 30


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_needs_no_scrolling_sideways(browser: Browser, served: Desk, width: int) -> None:
    with reader(browser, served, viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True) as (
        page,
        faults,
    ):
        for name, path in served.paths().items():
            page.goto(served.home + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            text = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p, main li')).fontSize)")
            assert text >= 13, name
        assert faults == []


def test_the_dark_is_dark(browser: Browser, served: Desk) -> None:
    shade = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b) / 3"
    for scheme, dark in (("dark", True), ("light", False)):
        with reader(browser, served, color_scheme=scheme) as (page, _):
            page.goto(served.home)
            assert (page.evaluate(shade) < 60) == dark


def test_hangul_breaks_between_words(browser: Browser, served: Desk) -> None:
    with reader(browser, served) as (page, _):
        page.goto(served.home)
        assert page.evaluate("getComputedStyle(document.querySelector('.title')).wordBreak") == "keep-all"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(browser: Browser, served: Desk, scheme: Any, width: int) -> None:
    with reader(browser, served, color_scheme=scheme, viewport={"width": width, "height": 900}) as (page, faults):
        for name, path in served.paths().items():
            page.goto(served.home + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert faults == []


def test_paper_shows_no_buttons(browser: Browser, served: Desk) -> None:
    with reader(browser, served) as (page, _):
        page.goto(f"{served.home}/tech/")
        page.emulate_media(media="print")
        assert not page.get_by_role("complementary").is_visible()
        assert page.get_by_role("article").first.is_visible()
