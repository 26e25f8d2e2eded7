"""How the desk's pages look: what a page is, what its template receives, and how figures are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from feeds.core.deciding import telling
from feeds.core.publishing import losses
from feeds.errors import PROBLEMS
from feeds.model.desk import Hour, Tone
from feeds.model.settings import Site
from feeds.model.source import Problem
from feeds.model.staff import AuditLine
from feeds.ports.desk import Desk
from feeds.web.desk.problems import KOREAN
from feeds.web.desk.words import counted

Show = Callable[[Desk, "Visit"], Mapping[str, object]]
"""What a page's template receives besides the visit. Raises `UsageError` where there is nothing of the kind."""

COUNTED = timedelta(days=60)  # ahead: farther than that nobody counts days
PAGES = Environment(
    loader=PackageLoader("feeds.web.desk", "templates"),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)

# What takes an action back, and the fields that it needs, from the words of the audit log.
UNDO: Mapping[str, str] = {
    "pause": "resume",
    "resume": "pause",
    "retract": "unretract",
    "unretract": "retract",
    "touch": "minor",
    "split": "merge",
}

ICONS: Mapping[Tone, str] = {  # paths in a box of 16, one shape for each, for who sees no colours
    "failing": "M5 1h6l4 4v6l-4 4H5l-4-4V5zM5.5 5.5l5 5m0-5l-5 5",
    "doubtful": "M8 1.5l7 12.5H1zM8 6v4m0 1.8v.4",
    "quiet": "M8 1a7 7 0 100 14A7 7 0 008 1zM8 4v4l3 2",
    "moved": "M1 8h13m-5-5l5 5-5 5",
    "paused": "M5 2v12m6-12v12",
    "off": "M8 1v6M4 3.5a6 6 0 108 0",
    "new": "M8 1v14M1 8h14",
    "well": "M2 8.5l4 4 8-9",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: *name* is its place below `/desk`, *label* its word in the navigation, '' for none there.

    *within* is the page that the navigation marks instead, None for itself. *tries*: it takes a POST that changes
    nothing.
    """

    name: str
    template: str
    show: Show
    label: str = ""
    within: str | None = None
    tries: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a page by *user*, as its template sees it; *here* is the page with its query."""

    page: Page | None
    pages: Sequence[Page]
    user: str
    parameters: Mapping[str, str]
    fields: Mapping[str, str]
    base: str
    style: str
    sheet: str
    token: str
    here: str
    site: Site
    spoken: str
    say: Mapping[str, str]
    now: datetime
    done: AuditLine | None
    undo: str | None


def drawn(template: str, visit: Visit, told: Mapping[str, object]) -> str:
    """Return a page as HTML; everything that is told is escaped."""
    ways = {
        "link": _linking(visit),
        "written": Written(visit),
        "icons": ICONS,
        "bars": bars,
        "web": web,
        "coded": coded,
        "bare": bare,
        "sentence": lambda decision: telling.sentence(decision, visit.spoken),
        "fact_said": lambda name, fact: telling.fact(name, fact, visit.spoken),
    }
    return PAGES.get_template(template).render(v=visit, say=visit.say, **ways, **told)


def _linking(visit: Visit) -> Callable[..., str]:
    def link(name: str = "", **parameters: object) -> str:
        asked = urlencode({key: str(value) for key, value in parameters.items() if value not in ("", None)})
        return f"{visit.base}{f'/{name}' if name else ''}{f'?{asked}' if asked else ''}"

    return link


def web(url: str) -> str:
    """*url* where a link may lead there, '' where it is anything but http and https."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def bare(address: str) -> str:
    """*address* without what may be a secret: a query may hold a token, what stands before an `@` a password."""
    place, query, _ = address.partition("?")
    scheme, mark, rest = place.partition("://")
    if not mark:
        return address
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}{query and '?…'}"


class Bar(NamedTuple):
    """One hour of a sparkline, in a box of 24 × 4 by 24 units."""

    x: int
    y: float
    height: float
    kind: str  # of the style: bad, new, same, none


def bars(hours: Sequence[Hour]) -> list[Bar]:
    """Return the bars of a sparkline: as high as there were new entries, full where an answer failed."""
    most = max((sqrt(hour.new) for hour in hours), default=0.0) or 1.0
    found = []
    for place, hour in enumerate(hours):
        kind = "none" if not hour.answers else "bad" if hour.failed else "new" if hour.new else "same"
        height = {"none": 1.0, "same": 4.0, "bad": 24.0}.get(kind, 5.0 + 13.0 * sqrt(hour.new) / most)
        found.append(Bar(x=place * 4, y=round(24 - height, 1), height=round(height, 1), kind=kind))
    return found


def coded(sentence: str) -> Markup:
    """A sentence of ours as HTML, what stands in backticks as code."""
    parts = sentence.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


class Written:
    """Figures and times in words, in the language of the page."""

    def __init__(self, visit: Visit) -> None:
        self._say, self._now, self._spoken = visit.say, visit.now, visit.spoken
        self._zone = ZoneInfo(visit.site.timezone)

    def time(self, moment: datetime) -> str:
        """`2026-03-01 09:05`, by the site's clock."""
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")

    def ago(self, moment: datetime | None) -> str:
        """`3 minutes ago`, `in 2 hours`, `never`; the day itself where nobody counts so many days ahead."""
        if moment is None:
            return self._say["never"]
        passed = self._now - moment
        if abs(passed) < timedelta(seconds=1):
            return self._say["now"]
        if -passed > COUNTED:
            return self.time(moment)
        return self._say["ago" if passed > timedelta(0) else "ahead"].format(span=self.span(abs(passed)))

    def span(self, time: timedelta) -> str:
        """`3 minutes`: the largest unit alone."""
        seconds = int(time.total_seconds())
        for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
            if seconds >= size:
                return self.many(unit, seconds // size)
        return self.many("second", 0)

    def many(self, key: str, n: int, **more: object) -> str:
        """A sentence with a number in it: `1 copy`, `2 copies`."""
        return counted(self._say, key, n, **more)

    def size(self, number: int) -> str:
        """`87 kB`."""
        return (
            f"{number / 1000:.0f} kB"
            if 1000 <= number < 10**6
            else f"{number / 10**6:.1f} MB"
            if number >= 10**6
            else f"{number} B"
        )

    def count(self, number: int) -> str:
        """`12,345`: so both languages write it."""
        return f"{number:,}"

    def loss(self, reason: str) -> Markup:
        """Why a build waits, in the language of the page; another reason stays as it was told."""
        found = losses.figures(reason)
        return coded(self._say["would_go"].format(**found) if found else reason)

    def cause(self, problem: Problem) -> Markup:
        """Why a source fails: the general sentence, then this case's own words, escaped (XSS-33)."""
        detail = escape(f" ({problem.detail})" if problem.detail else "")
        return coded(self._problem(problem)[0]) + detail

    def remedy(self, problem: Problem) -> Markup:
        return coded(self._problem(problem)[1])

    def _problem(self, problem: Problem) -> tuple[str, str]:
        return (KOREAN if self._spoken == "ko" else PROBLEMS).get(problem.code) or PROBLEMS[problem.code]

    def spark(self, hours: Sequence[Hour]) -> str:
        """What a sparkline shows, for who does not see it."""
        answers, failed, new = (sum(getattr(h, name) for h in hours) for name in ("answers", "failed", "new"))
        told = (self.many("spark", answers), self.many("spark_failed", failed), self.many("spark_new", new))
        return ", ".join(told)
