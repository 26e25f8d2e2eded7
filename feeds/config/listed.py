"""What lists of feeds give, whoever wrote them: OPML, newsboat, planets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from feeds.config.values import web_url
from feeds.core.links.urls import canonical

MOST_CATEGORIES = 20
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One feed of a list."""

    url: str
    title: str = ""
    categories: tuple[str, ...] = ()
    enabled: bool = True
    user_agent: str = ""


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

    def add(
        self,
        url: str,
        *,
        title: str = "",
        categories: Sequence[str] = (),
        enabled: bool = True,
        user_agent: str = "",
        line: int = 0,
    ) -> None:
        """Take a feed; anything but http(s) is left out, and never followed or executed."""
        try:
            place = web_url(_without_feed_scheme(url.strip()).replace(" ", "%20"))
        except ValueError:
            self.problem(f"'{url[:100]}' is left out: not an http(s) address", line)
            return
        first = Listed(url=place, title=title, enabled=enabled, user_agent=user_agent)
        before = self._feeds.get(same(place), first)
        names = dict.fromkeys([*before.categories, *(name[:100] for name in categories)])
        self._feeds[same(place)] = replace(
            before, title=before.title or title, categories=tuple(names)[:MOST_CATEGORIES]
        )

    def problem(self, words: str, line: int = 0) -> None:
        """Note what is left out, and in which line; a text that is no list at all would fill the page with it."""
        if len(self._problems) < MOST_PROBLEMS:
            self._problems[f"line {line}: {words}" if line else words] = None

    def feeds(self) -> Feeds:
        return Feeds(feeds=tuple(self._feeds.values()), problems=tuple(self._problems))


def same(url: str) -> str:
    """Return what two spellings of one feed's address share: scheme, `www.`, port, escapes and the last slash aside.

    The query counts as it is: what tracks a reader of pages may choose among feeds (`?type=rss`).
    """
    address, mark, query = url.partition("?")
    return canonical(address) + mark + query


def _without_feed_scheme(url: str) -> str:
    """`feed:https://a` and `feed://a` are how old browsers handed feeds to readers."""
    if not url.lower().startswith("feed:"):
        return url
    rest = url[5:]
    return rest if rest.lower().startswith(("http:", "https:")) else f"http://{rest.lstrip('/')}"
