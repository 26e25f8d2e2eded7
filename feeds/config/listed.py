"""What lists of feeds give, whoever wrote them: OPML, newsboat, planets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from feeds.config.values import web_url

MOST_CATEGORIES = 20
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One feed of a list."""

    url: str
    title: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """The feeds of a list in its order, each once, and in plain words what was left out."""

    feeds: tuple[Listed, ...] = ()
    problems: tuple[str, ...] = ()


class Gathering:
    """Collects feeds; one that is named twice has the categories of both."""

    def __init__(self) -> None:
        self._feeds: dict[str, Listed] = {}
        self._problems: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._feeds)

    def add(self, url: str, *, title: str = "", categories: Sequence[str] = ()) -> None:
        """Take a feed; anything but http(s) is left out, and never followed or executed."""
        try:
            place = web_url(_without_feed_scheme(url.strip()).replace(" ", "%20"))
        except ValueError:
            self.problem(f"'{url[:100]}' is left out: not an http(s) address")
            return
        before = self._feeds.get(same(place), Listed(url=place, title=title))
        names = dict.fromkeys([*before.categories, *(name[:100] for name in categories)])
        self._feeds[same(place)] = replace(
            before, title=before.title or title, categories=tuple(names)[:MOST_CATEGORIES]
        )

    def problem(self, words: str) -> None:
        """Note what is left out; a text that is no list at all would fill the page with it."""
        if len(self._problems) < MOST_PROBLEMS:
            self._problems[words] = None

    def feeds(self) -> Feeds:
        return Feeds(feeds=tuple(self._feeds.values()), problems=tuple(self._problems))


def same(url: str) -> str:
    """Return what two spellings of one feed's address share; no more is believed before it was asked."""
    parts = urlsplit(url)
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').casefold()}{port}{parts.path.rstrip('/')}{query}"


def _without_feed_scheme(url: str) -> str:
    """`feed:https://a` and `feed://a` are how old browsers handed feeds to readers."""
    if not url.lower().startswith("feed:"):
        return url
    rest = url[5:]
    return rest if rest.lower().startswith(("http:", "https:")) else f"http://{rest.lstrip('/')}"
