"""The desk in real Chromium, as its editor uses it: on a screen, on a phone, in the dark, by keyboard alone, with axe.

The service runs as its owner would run it, at a fixed time: a story of yesterday is in a closed archive (February) and
in the news sitemap at once.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.end_to_end.test_serve import PATIENCE, ROOT, free_port, get, until

CHROMIUM = shutil.which("chromium") or ""
EPOCH = "1772355600"  # 2026-03-01 09:00 UTC
NAME, PASSWORD = "김편집", "네 낱말 짜리 긴 암호"
CONFIG = """\
version: 1
site: {{title: 기술 뉴스, url: 'http://127.0.0.1:{port}', language: {language}, pages: all}}
content:
  - {{id: posts, path: site, every: 1s}}
sources:
  - {{id: daily, file: daily.xml}}
  - {{id: planet, file: planet.xml}}
  - {{id: lost, url: 'http://127.0.0.1:{nobody}/feed.xml'}}
outputs:
  - {{id: all, path: /, formats: [atom, rss, json, html, news], archives: month}}
categories:
  - {{name: 기술, slug: tech}}
server: {{listen: '127.0.0.1:{port}', allow_private: ['127.0.0.1:{nobody}']}}
"""
POST = "---\ntitle: {title}\ndate: 2026-02-{day} 10:00:00 +0000\npermalink: /{slug}/\n---\n{title}의 본문입니다.\n"
FEED = """\
<rss version="2.0"><channel><title>{id}</title><link>https://{id}.example/</link><description>d</description>
<item><title>{title}</title><link>https://{id}.example/lg</link><guid>https://{id}.example/lg</guid>
<pubDate>Sat, 28 Feb 2026 0{n}:00:00 GMT</pubDate><description>{text}</description></item></channel></rss>
"""
TEXT = "Two ways to sell batteries: to those who drive, and to those who keep the lights on at night. " * 8
PAGES = (
    "",
    "source?id=lost",
    "stories",
    "copies",
    "copies?kind=apart",
    "held",
    "preview",
    "queue",
    "partners",
    "audit",
)


@dataclass(frozen=True)
class Service:
    """A running service with one user."""

    port: int
    folder: Path
    language: str

    def url(self, page: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/desk{f'/{page}' if page else ''}"

    def published(self, path: str) -> tuple[int, str]:
        status, body = get(self.port, path)
        return status, body.decode("utf-8", "replace")


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "feeds", "--config", str(folder / "feeds.yaml"), *words]


@pytest.fixture(scope="module", params=["ko", "en"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder, port, nobody = tmp_path_factory.mktemp("desk"), free_port(), free_port()
    (folder / "site").mkdir()
    for day, slug, title in ((28, "taken", "거둘 글"), (27, "kept", "남을 글"), (26, "older", "옛 글")):
        (folder / f"site/{slug}.md").write_text(POST.format(title=title, day=day, slug=slug))
    for n, id in enumerate(("daily", "planet"), 1):
        (folder / f"{id}.xml").write_text(FEED.format(id=id, title="LG’s two tracks", n=n, text=TEXT))
    (folder / "feeds.yaml").write_text(CONFIG.format(port=port, nobody=nobody, language=request.param))
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": EPOCH}
    subprocess.run(command(folder, "run"), env=environ, check=False, capture_output=True, timeout=120)
    add = command(folder, "user", "add", NAME, "--password-stdin")
    subprocess.run(add, env=environ, check=True, capture_output=True, input=f"{PASSWORD}\n".encode(), timeout=120)
    process = subprocess.Popen(command(folder, "serve"), env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert until(port, "/atom.xml", "거둘 글".encode())
        yield Service(port, folder, request.param)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        assert "FEEDS_BROWSER_TESTS" not in os.environ, "Chromium is missing: apt-get install chromium"
        pytest.skip("Chromium is missing: the desk is not walked through; apt-get install chromium")
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        yield found
        found.close()


DRESSES = {
    "screen": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "phone dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "large letters": {"viewport": {"width": 640, "height": 450}},  # a screen of 1280 at 200 %: WCAG 1.4.4, 1.4.10
}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(**DRESSES["screen"])  # type: ignore[arg-type]  # options by name
    made.set_default_timeout(30_000)
    yield made
    made.close()


def signed_in(context: BrowserContext, service: Service) -> Page:
    context.set_extra_http_headers({"Accept-Language": service.language})
    page = context.new_page()
    page.goto(service.url())
    page.fill("#name", NAME)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(service.url())
    return page


def breaches(page: Page) -> list[str]:
    """What axe finds, by rule and place."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes']]}" for v in found]


def comes(true: Callable[[], bool]) -> bool:
    """Look until it is so, 20 seconds at the most."""
    return any(true() or PATIENCE.wait(0.1) for _ in range(200))


def titles(service: Service) -> list[str]:
    return [item["title"] for item in json.loads(service.published("/feed.json")[1])["items"] if "title" in item]


def gone(service: Service, path: str, words: str) -> bool:
    return comes(lambda: words not in service.published(path)[1])


def action(page: Page, name: str) -> str:
    """The button of the first form that does this."""
    return f"form.act:has(input[name=action][value={name}]) button"


def press(page: Page, button: str) -> None:
    """Press it and wait for the page that comes: a click alone does not, and what is asked next is then the old page."""
    with page.expect_navigation():
        page.click(button)


def test_from_signing_in_to_a_retraction(context: BrowserContext, service: Service) -> None:
    """Sign in, find the failing source and its remedy, split a wrong merge, retract a story, see it gone, undo it."""
    page = signed_in(context, service)

    first = page.locator(".source-line").first
    assert "failing" in (first.get_attribute("class") or "")
    first.locator("h2 a").click()
    page.wait_for_url("**/desk/source?id=lost")
    assert page.locator(".remedy").inner_text()
    assert page.locator("dd code", has_text="sources[].url").count() == 1
    press(page, action(page, "poll"))
    assert page.locator(".note.good").count() == 1

    page.goto(service.url("copies"))
    press(page, action(page, "split"))
    assert page.locator(".note.good").count() == 1
    assert comes(lambda: titles(service).count("LG’s two tracks") == 2)
    press(page, f".note {action(page, 'merge')}")
    assert comes(lambda: titles(service).count("LG’s two tracks") == 1)

    before = {
        path: service.published(path)[1]
        for path in ("/atom.xml", "/rss.xml", "/feed.json", "/", "/news.xml", "/atom-2026-02.xml")
    }
    assert [path for path, shown in before.items() if "거둘 글" not in shown] == []
    page.goto(service.url("stories"))
    page.get_by_role("link", name="거둘 글").click()
    page.wait_for_url("**/desk/story?*")
    page.fill("input[name=reason]", "사실과 달랐습니다")
    press(page, action(page, "retract"))
    assert page.locator(".note.good").count() == 1
    for path in before:
        assert gone(service, path, "거둘 글의 본문") if path != "/news.xml" else gone(service, path, "거둘 글"), path
    for path in ("/", "/rss.xml", "/news.xml"):
        assert "거둘 글" not in service.published(path)[1], path
    assert "deleted-entry" in service.published("/atom.xml")[1]
    assert service.published("/atom.xml")[1].count("<entry>") == before["/atom.xml"].count("<entry>") - 1
    assert "남을 글" in service.published("/atom-2026-02.xml")[1]

    press(page, f".note {action(page, 'unretract')}")
    assert until(service.port, "/rss.xml", "거둘 글".encode())
    page.goto(service.url("audit"))
    log = page.locator("tbody").inner_text()
    assert log.count(NAME) >= 6
    assert "127.0.0.1" in log


def test_a_rule_is_tried_before_it_is_set(context: BrowserContext, service: Service) -> None:
    page = signed_in(context, service)
    page.goto(service.url("preview"))
    draft = page.input_value("#draft")
    page.fill("#draft", draft.replace("{name: 기술, slug: tech}", "{name: 기술, slug: tech, add: [\"title ~ '글'\"]}"))
    press(page, "form.draft button")
    assert "by-category" not in page.locator("main").inner_text()
    page.fill(
        "#draft", "sources:\n  - {id: daily, drop: [\"title ~ 'LG'\"]}\n  - {id: planet, drop: [\"title ~ 'LG'\"]}\n"
    )
    press(page, "form.draft button")
    assert page.locator(".diff .told a", has_text="LG’s two tracks").count() == 1
    assert breaches(page) == []
    page.fill("#draft", "site: {}\n")
    press(page, "form.draft button")
    assert page.locator("[role=alert] pre").inner_text().startswith("draft:1")
    assert breaches(page) == []


@pytest.mark.parametrize("dress", DRESSES)
def test_axe_finds_nothing_and_nothing_is_cut_off(browser: Browser, service: Service, dress: str) -> None:
    context = browser.new_context(**DRESSES[dress])  # type: ignore[arg-type]  # options by name
    context.set_default_timeout(30_000)
    try:
        context.set_extra_http_headers({"Accept-Language": service.language})
        page = context.new_page()
        page.goto(service.url("login"))
        assert breaches(page) == []
        page.close()
        page = signed_in(context, service)
        page.goto(service.url("copies"))
        story = page.locator(".pair h2 a").first.get_attribute("href") or ""
        shown = [service.url(name) for name in PAGES]
        shown += [page.evaluate("href => new URL(href, location).href", story), service.url("source?id=nobody")]
        for address in shown:
            page.goto(address)
            assert breaches(page) == [], address
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} is {wide} px wider than {dress}"
    finally:
        context.close()


def test_everything_is_done_by_keyboard_alone(context: BrowserContext, service: Service) -> None:
    """Sign in, skip to the content, go to a source, let it rest and wake it: Tab, Enter and letters."""
    context.set_extra_http_headers({"Accept-Language": service.language})
    page = context.new_page()
    page.goto(service.url())
    page.wait_for_selector("#name:focus")
    page.keyboard.type(NAME)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(service.url())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    go(page, "document.activeElement.matches('.source-line h2 a')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/source?id=lost")
    for name in ("pause", "resume"):
        go(page, f"document.activeElement.form?.querySelector('[name=action]')?.value === '{name}'")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator(".note.good").count() == 1
    go(page, "document.activeElement.matches('.who button')")
    page.keyboard.press("Enter")
    page.wait_for_url(service.url("login"))


def go(page: Page, there: str) -> None:
    """Press Tab until *there* holds, through the whole page at the most."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(there):
            return
    raise AssertionError(f"no Tab leads to where {there}")


def test_no_page_runs_or_asks_for_anything_of_elsewhere(context: BrowserContext, service: Service) -> None:
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(f"{request.resource_type} {request.url}"))
    page = signed_in(context, service)
    page.on("console", lambda message: said.append(message.text))
    for name in PAGES:
        page.goto(service.url(name))
    ours = f"http://127.0.0.1:{service.port}/"
    assert [a for a in asked if not a.partition(" ")[2].startswith(ours)] == []
    assert {a.partition(" ")[0] for a in asked} <= {"document", "stylesheet", "other"}
    assert said == []


def test_srv_11_a_page_of_elsewhere_moves_nothing(browser: Browser, service: Service) -> None:
    """A form that another site sends for a signed-in editor, as a browser really sends it."""
    context = browser.new_context()
    page = signed_in(context, service)
    number = len(page.goto(service.url("audit")).text().split("<tr"))  # type: ignore[union-attr]  # there is an answer
    form = (
        f'<form method=post action="{service.url("do")}"><input name=action value=pause>'
        "<input name=source value=lost></form><script>document.forms[0].submit()</script>"
    )
    evil = context.new_page()
    evil.route("http://evil.test/", lambda route: route.fulfill(body=form, content_type="text/html"))
    with evil.expect_navigation(url=service.url("do")) as moved:
        evil.goto("http://evil.test/")
    answer = moved.value
    assert answer is not None
    assert answer.status == 403
    assert len(page.goto(service.url("audit")).text().split("<tr")) == number  # type: ignore[union-attr]  # as above
    context.close()
