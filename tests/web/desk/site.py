"""A desk with a real store, built by a pass over a few feed files, and a browser that keeps its cookies."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.desk import staff
from feeds.app.desk.acts import DeskActs
from feeds.app.desk.staff import SignIn
from feeds.app.desk.views import DeskViews
from feeds.app.partners import partners
from feeds.ports.desk import Desk
from feeds.render.static import STATIC, STYLE
from feeds.store.desk.staff import name_key
from feeds.web.desk.entrances import entrances
from feeds.web.desk.pages import PAGES
from feeds.web.front import Front
from feeds.web.site import Site, site
from tests import servers

ENVIRON = {"SOURCE_DATE_EPOCH": "1772355600"}
NOW = datetime.fromtimestamp(int(ENVIRON["SOURCE_DATE_EPOCH"]), UTC)  # 2026-03-01 09:00
HOME = "http://127.0.0.1:8080"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NAME, PASSWORD = "kim", "네 낱말 짜리 긴 암호"
CONFIG = """\
version: 1
site: {{title: Desk, url: 'https://desk.example', language: {language}}}
sources:
  - {{id: one, file: one.xml, categories: [Tech]}}
  - {{id: two, file: two.xml, drop: ["title ~ '^AD'"]}}
  - {{id: lost, file: nowhere.xml}}
categories:
  - {{name: Tech, slug: tech}}
outputs:
  - {{id: all, path: /, tombstones: 30d, archives: month}}
  - {{id: by-category, each: category, path: "/{{slug}}/"}}
"""
ITEM = (
    "<item><title>{title}</title><link>https://{host}/{n}</link><guid>https://{host}/{n}</guid>"
    "<pubDate>{date}</pubDate><description>{text}</description></item>"
)
TEXT = (
    "The river rose by four metres in the night and the old bridge is closed until the water falls again. Buses go "
    "round by the upper mill, the school on the island opens at noon, and the fire brigade asks everyone to keep away "
    "from the banks, where the ground is soft and two gardens have slid into the current since Friday evening."
)


def rss(host: str, *items: tuple[str, str]) -> str:
    told = "".join(
        ITEM.format(title=title, text=text, host=host, n=n, date=f"Sun, 01 Mar 2026 0{n}:00:00 GMT")
        for n, (title, text) in enumerate(items, 1)
    )
    head = f"<title>{host}</title><link>https://{host}/</link><description>d</description>"
    return f"<rss version='2.0'><channel>{head}{told}</channel></rss>"


STORES: Mapping[str, Callable[[], str]] = {"sqlite": lambda: "", "postgresql": servers.ready}
"""Where the desk's store may be: an address, '' for the file of the default."""


def folder(path: Path, language: str = "en", first: str = "First of one", store: str = "") -> Path:
    """Write what the desk reads: two feeds that share one story, and a source that fails."""
    path.mkdir(exist_ok=True)
    (path / "feeds.yaml").write_text(CONFIG.format(language=language) + (f"store: {store}\n" if store else ""))
    (path / "one.xml").write_text(rss("one.example", (first, "Words of the first"), ("The river", TEXT)))
    (path / "two.xml").write_text(
        rss("two.example", ("The river", TEXT), ("AD: buy it", "An advertisement"), ("Third", "Words of the third"))
    )
    return path


@dataclass(slots=True)
class Browser:
    """One browser at the desk of *app*: it sends what browsers send."""

    app: App
    web: Site
    origin: str = HOME
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(self.web, base_url=self.origin, follow_redirects=False, client=("192.0.2.7", 5000))

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"sec-fetch-site": "same-origin", **_named(headers)})

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return str(answer.text)

    def token(self, path: str = "/desk/audit") -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.get(path).text)
        assert found, path
        return found[1]

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Any:
        given = {"origin": self.origin, "sec-fetch-site": "same-origin", **_named(headers)}
        return self.client.post(path, data=dict(fields), headers={k: v for k, v in given.items() if v})

    def login(self, name: str = NAME, password: str = PASSWORD, **fields: str) -> Any:
        return self.post(
            "/desk/login", {"token": self.token("/desk/login"), "name": name, "password": password, **fields}
        )

    def do(self, action: str, **fields: str) -> Any:
        return self.post("/desk/do", {"token": self.token(), "action": action, **fields})

    def cookies(self) -> list[str]:
        return sorted(f"{c.name}={c.value}" for c in self.client.cookies.jar)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def text(html: str) -> str:
    """What a page says, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@contextmanager
def opened_desk(
    path: Path, wake: Callable[[], None] = lambda: None, origin: str = HOME, front: Front | None = None
) -> Iterator[Browser]:
    """Open the desk over *path* after one pass, with one user whose password is cheap to check."""
    with opened(str(path / "feeds.yaml"), ENVIRON, lock=True) as app:
        passes.run_pass(app)
        if not app.store.staff.users():
            staff.add(app.store.staff, NAME, PASSWORD, NOW)
            app.store.staff.rehash(NAME, CHEAP.hash(PASSWORD))
        app.store.staff.forgive([name_key(NAME), "address:192.0.2.7"])
        sign_in = SignIn(app.store.staff, app.clock, CHEAP)
        desk = Desk(
            sign_in=sign_in,
            views=DeskViews(app),
            acts=DeskActs(app, sign_in, wake=wake),
            clock=app.clock,
            site=lambda: app.settings.site,
            staffed=lambda: True,
            partners=lambda: partners.views(app),
        )
        yield Browser(app, site(app.store.overview, STATIC, lambda: True, entrances(desk, PAGES, STYLE), front), origin)
