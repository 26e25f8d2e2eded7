"""The pages behind the page of a channel: what it showed before, a stretch at a time."""

from collections.abc import Callable
from dataclasses import replace

from feeds.app.build import App
from feeds.core.publishing import onward
from feeds.core.publishing.compose import compose
from feeds.core.sorting.channels import channels, siblings
from feeds.model.channel import Window
from feeds.render import page

LONGEST = 50  # stories of one page, whatever the feeds of its channel hold


def turner(app: App) -> Callable[[str, str], bytes | None]:
    """Return the port `Turned`, under the settings in force: only what public channels show is told."""

    def answer(file: str, name: str) -> bytes | None:
        settings, now = app.settings, app.clock()
        every = channels(settings, app.store.library.categories(now))
        channel = next((c for c in every if "html" in c.formats and c.file("html") == file), None)
        if channel is None:
            return None
        point = onward.read(name)
        if point is None:
            return b""
        limit = min(channel.limit, LONGEST)
        found = app.store.onward.stretch(channel.id, point, now, limit)
        policies = {s.id: s.options.content for s in settings.sources}
        shown = replace(channel, limit=limit, days=0, archives=None)
        window = Window(channel_id=channel.id, limit=limit, at=now)
        feed = compose(shown, found.stories, siblings(channel, every), policies, window, (), settings.site)
        older = onward.written(found.end) if found.end and found.more else ""
        newer = onward.written(found.newer) if found.newer else ""
        return page.older(replace(feed, older=older), name, newer)

    return answer
