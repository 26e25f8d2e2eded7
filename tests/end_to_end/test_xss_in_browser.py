"""A real browser shows the cleaned attacks, alone and on our pages, and runs none of them.

Chromium comes from Debian (`scripts/test` installs it where it may). Its network is cut: every request ends in the test.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, sync_playwright

from feeds.core.entries.clean import clean
from feeds.core.publishing.pages import sources
from feeds.model.channel import Feed, Heard
from feeds.model.entry import Origin
from feeds.render import page as pages
from feeds.render import search_page, sources_page, story_page, xml
from feeds.render.static import STATIC
from tests.core.attacks import attacks
from tests.render.samples import NOON, feed, item

ATTACKS = attacks()
CHROMIUM = shutil.which("chromium") or ""
HOME = "http://feeds.test/"
# What a cleaned text may ask for: pictures and media. All else (script, frame, style, fetch, navigation) is a leak.
SHOWN = {"image", "media"}
TOUCH = 60_000  # milliseconds for everything that is done to one page

# Stands before every script of a page and of its frames. Attacks call alert and its like, or set a name.
CANARY = """
(() => {
  const sing = what => { (window.top.__sung = window.top.__sung || []).push(what) };
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'xss', 'javascript'])
    window[name] = () => sing(name);
})();
"""
# Everything a reader may do to a text without leaving the page, and two parses more (XSS-10).
PROVOKE = """
async () => {
  const events = ['mouseover', 'mouseenter', 'mousemove', 'mousedown', 'mouseup', 'click', 'dblclick', 'focus',
    'focusin', 'blur', 'keydown', 'keyup', 'input', 'change', 'toggle', 'animationstart', 'animationend',
    'transitionend', 'scroll', 'wheel', 'copy', 'paste', 'drag', 'error', 'load', 'pointerover', 'beforetoggle'];
  document.addEventListener('click', e => {
    const link = e.target.closest('a,area,[href]');
    if (link && !/^javascript:/i.test(link.protocol || '')) e.preventDefault();
  });
  const provoke = () => {
    for (const element of document.body.querySelectorAll('*'))
      for (const name of events) element.dispatchEvent(new Event(name, {bubbles: true, cancelable: true}));
    for (const link of document.body.querySelectorAll('a,area')) link.click();
  };
  provoke();
  for (let again = 0; again < 2; again++) { document.body.innerHTML = document.body.innerHTML; provoke(); }
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return window.__sung || [];
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        assert "FEEDS_BROWSER_TESTS" not in os.environ, "Chromium is missing: apt-get install chromium"
        pytest.skip("Chromium is missing: attacks are not shown to a browser; apt-get install chromium")
    with sync_playwright() as play:
        found = play.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )
        yield found
        found.close()


class Stage:
    """One page under the canary, shown what it is told, without a network."""

    def __init__(self, browser: Browser) -> None:
        self.leaks: list[str] = []
        self.shown = (b"", "text/html; charset=utf-8")
        context = browser.new_context()
        context.set_default_timeout(TOUCH)
        context.add_init_script(CANARY)
        context.route("**/*", self._answer)
        context.on("dialog", self._close)
        self.context = context
        self.page: Page = context.new_page()

    def _close(self, dialog: Dialog) -> None:
        self.leaks.append(dialog.type)
        dialog.dismiss()

    def _answer(self, route: Route) -> None:
        asked = route.request
        if asked.url == HOME:
            route.fulfill(body=self.shown[0], content_type=self.shown[1])
            return
        if asked.resource_type not in SHOWN and urlsplit(asked.url).path not in STATIC:
            self.leaks.append(f"{asked.resource_type} {asked.url[:80]}")
        route.abort()

    def runs(self, body: bytes, media_type: str = "text/html; charset=utf-8") -> list[str]:
        """Return what ran or was asked for, when *body* is opened and touched everywhere."""
        self.leaks, self.shown = [], (body, media_type)
        self.page.goto(HOME)
        return [*self.page.evaluate(PROVOKE), *self.leaks]


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    made = Stage(browser)
    yield made
    made.context.close()


def bare(markup: str) -> bytes:
    return f"<!doctype html><meta charset=utf-8><title>attack</title><body>{markup}".encode()


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("<img src=x onerror=alert(1)>", id="handler"),
        pytest.param("<svg/onload=alert(1)>", id="svg"),
        pytest.param('<p onmouseover="alert(1)">a</p>', id="touch"),
        pytest.param('<a href="java&Tab;script:alert(1)">a</a>', id="link"),
        pytest.param("<iframe srcdoc='<script>alert(1)</script>'></iframe>", id="frame"),
        pytest.param("<link rel=stylesheet href=//evil.example/a.css>", id="style asked for"),
        pytest.param("<script src=//evil.example/a.js></script>", id="script asked for"),
    ],
)
def test_the_canary_sings(stage: Stage, attack: str) -> None:
    """What is not cleaned runs; so silence below means something."""
    assert stage.runs(bare(attack))


@pytest.mark.skipif(not ATTACKS, reason="../shared/data is missing: the collected attacks are not run")
def test_xss_01_xss_10_xss_25_no_cleaned_attack_runs(stage: Stage) -> None:
    ran: dict[str, list[str]] = {}
    for start in range(0, len(ATTACKS), 40):
        some = dict(list(ATTACKS.items())[start : start + 40])
        cleaned = {name: clean(attack, HOME) for name, attack in some.items()}
        if stage.runs(bare("\n<hr>\n".join(cleaned.values()))):
            ran |= {name: heard for name, text in cleaned.items() if (heard := stage.runs(bare(text)))}
    assert ran == {}


@pytest.mark.skipif(not ATTACKS, reason="../shared/data is missing: the collected attacks are not run")
def test_the_attacks_are_attacks(stage: Stage) -> None:
    """As they come, many run: the collections are read rightly, and the browser would tell."""
    some = [attack for name, attack in ATTACKS.items() if name.startswith("dompurify") and " in " not in name]
    assert sum(bool(stage.runs(bare(attack))) for attack in some[:60]) >= 20


def hostile() -> Feed:
    """A channel that carries an attack in each of its texts, the content cleaned as a poll does."""
    found = list(ATTACKS.values())[::9] or ["<script>alert(1)</script>"]
    return feed(
        *(
            item(number, title=attack, summary=attack, content=clean(attack, HOME), url=f"{HOME}{number}?{attack}")
            for number, attack in enumerate(found)
        )
    )


def test_xss_26_xss_33_no_attack_runs_on_our_page(stage: Stage) -> None:
    assert stage.runs(pages.render(hostile())[0]) == []


def asked() -> bytes:
    """A page of results that were looked for by an attack."""
    query = next(iter(ATTACKS.values()), "<script>alert(1)</script>")
    return search_page.render(hostile(), search_page.Asked(query=query, words=(query, "<", "a"), number=2, more=True))


def read() -> bytes:
    """A page of sources whose feeds are attacks."""
    found = hostile()
    heard = tuple(
        Heard(
            origin=Origin(title=attack, url=f"{HOME}{attack}", feed_url=attack),
            title=attack,
            url=attack,
            published=NOON,
        )
        for attack in (item.story.lead.title for item in found.items)
    )
    return sources_page.render(
        replace(found, channel=sources(replace(found.channel, sources="/sources/")), sources=heard)
    )[0]


def told() -> list[bytes]:
    """Pages of single stories, their copies and sources attacks too."""
    lone = (replace(hostile(), items=(one,)) for one in hostile().items[:40])
    return [story_page.render(one)[0] for one in lone]


def test_xss_26_xss_33_no_attack_runs_on_pages_of_results_and_sources(stage: Stage) -> None:
    assert stage.runs(asked()) == []
    assert stage.runs(read()) == []


def test_xss_26_no_attack_runs_on_the_page_of_a_story(stage: Stage) -> None:
    assert [heard for page in told() if (heard := stage.runs(page))] == []


@pytest.mark.parametrize("media_type", ["application/atom+xml", "application/xml"])
def test_xss_36_no_attack_runs_where_a_feed_is_opened(stage: Stage, media_type: str) -> None:
    """Chromium shows both as a document with our style."""
    stage.leaks, stage.shown = [], (xml.atom(hostile())[0].raw, media_type)
    stage.page.goto(HOME)
    assert [*stage.page.evaluate("window.__sung || []"), *stage.leaks] == []
