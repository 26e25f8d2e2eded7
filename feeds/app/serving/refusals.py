"""The pages of refusals, in the site's dress: made once for each state of what is published, not for each request."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from feeds.app.build import App
from feeds.core.publishing.compose import compose
from feeds.core.sorting.channels import channels
from feeds.model.channel import Channel
from feeds.model.settings import Settings
from feeds.model.story import Category
from feeds.render import refusal_page


def pages(app: App) -> Callable[[int], bytes]:
    """Return what gives the page of a status under the settings in force; nothing is read twice for one revision."""
    made: dict[int, bytes] = {}
    of: list[object] = [None, None]
    lock = threading.Lock()

    def draw(status: int) -> bytes:
        with lock:
            settings, generation = app.settings, app.store.overview.generation
            if of != [settings, generation]:
                made.clear()
                of[:] = [settings, generation]
            if status not in made:
                made[status] = _page(settings, app.store.library.categories(app.clock()), status)
            return made[status]

    return draw


def _page(settings: Settings, categories: Mapping[str, Category], status: int) -> bytes:
    site = settings.site
    every = [c for c in channels(settings, categories) if "html" in c.formats]
    river = next((c for c in every if c.category is None), None)
    river = river or Channel(id="refusal", output_id="", path="/", base_url=site.url, title=site.title)
    channel = replace(
        river, id="refusal", title=site.title, language=site.language, timezone=site.timezone, formats=(), archives=None
    )
    return refusal_page.render(compose(channel, (), every, {}, site=site), status)
