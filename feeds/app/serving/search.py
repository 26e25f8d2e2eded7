"""Answers to what people look for on the pages of `feeds serve`."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from feeds.app.build import App
from feeds.core.publishing.compose import compose
from feeds.core.sorting.channels import channels
from feeds.core.words import search
from feeds.model.channel import Channel, Window
from feeds.model.search import Hits
from feeds.render import search_page
from feeds.web.pages import lists
from feeds.web.pages import search as search_web
from feeds.web.pages.search import LAST, PATH
from feeds.web.wire.http import Entrance

PER_PAGE = 20


def entrances(app: App) -> tuple[Entrance, ...]:
    """Return the ways in beside what is published: `/search` and `/opml`."""
    return (*search_web.entrances(searcher(app)), *lists.entrances(list_of(app)))


def searcher(app: App) -> Callable[[str, int], bytes]:
    """Return what makes the page of a query, under the settings in force: only what public channels show is found."""

    def answer(query: str, number: int) -> bytes:
        settings, now = app.settings, app.clock()
        every = [c for c in channels(settings, app.store.library.categories(now)) if "html" in c.formats]
        words = search.words(query)
        hits = Hits()
        if folded := [search.fold(word) for word in words]:
            find, shown = app.store.searching.find, [c.id for c in every]
            hits = find(folded, shown, now, PER_PAGE, (number - 1) * PER_PAGE)
        river = next((c for c in every if c.category is None), None)
        channel = _page(
            river or Channel(id="search", output_id="", path="/", base_url=settings.site.url, title=""), app
        )
        policies = {s.id: s.options.content for s in settings.sources}
        window = Window(channel_id=channel.id, limit=PER_PAGE, at=now)
        feed = compose(channel, hits.stories, every, policies, window, (), settings.site)
        asked = search_page.Asked(
            query=query,
            words=words,
            number=number,
            more=hits.more and number < LAST,
            cut=hits.more and number == LAST,
        )
        return search_page.render(feed, asked)

    return answer


def list_of(app: App) -> Callable[[], str]:
    """Return what tells where the list of all feeds is: the path that the first output with one gives it."""

    def place() -> str:
        found = (c for c in channels(app.settings, {}) if c.category is None and "opml" in c.formats)
        return next((urlsplit(c.url("opml")).path for c in found), "")

    return place


def _page(river: Channel, app: App) -> Channel:
    """The page of results, as a channel beside *river*: it is no page that the navigation names."""
    site = app.settings.site
    return replace(
        river, id="search", title=site.title, language=site.language, timezone=site.timezone, formats=(),
        limit=PER_PAGE, days=0, archives=None, search=PATH,
    )  # fmt: skip
