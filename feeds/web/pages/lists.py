"""`/opml`: the one address at which a reader's reader looks for the list of all our feeds."""

from collections.abc import Callable

from feeds.web.wire.http import HEADERS, Answer, Asked, Entrance, text


def entrances(place: Callable[[], str]) -> tuple[Entrance, ...]:
    """Return the way in; *place* gives the path of the list as links name it, '' where there is none."""

    def answer(_: Asked) -> Answer:
        path = place()
        if not path:
            return text("No list is published here.\n", 404)
        # found, not for good: which output has the list is a matter of configuration
        return Answer(status=302, headers={**HEADERS, "Location": path, "Cache-Control": "no-cache"})

    return (Entrance(path="/opml", handler=answer),)
