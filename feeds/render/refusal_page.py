"""What a browser is told instead of a page, by the status of the answer: what is wrong, and what to do."""

from collections.abc import Callable

from feeds.model.channel import Feed
from feeds.render import frame
from feeds.render.words import speaker, speech


def render(feed: Feed, status: int) -> bytes:
    """Return the page of *status* (RFC 9110 §15.5, §15.6), in the language of *feed*'s channel."""
    heading, words = _told(status, speaker(speech(feed.channel.language)).gettext)
    return frame.page("refusal.html", feed, status=status, heading=heading, words=words)


def _told(status: int, say: Callable[[str], str]) -> tuple[str, str]:
    match status:
        case 404:
            return say("There is nothing at this address"), say("It may be mistyped, or what was here is gone.")
        case 405:
            return say("This cannot be done here"), say("Pages are here to be read: open the address as it is.")
        case 410:
            return say("This is no longer here"), say("It was taken back, for good.")
        case 413 | 414 | 431:
            return say("This is too much at once"), say("Send less, or begin at the front page.")
        case 429:
            return say("You ask too often"), say("Wait a minute, then load this page again.")
        case 503:
            return say("Not ready yet"), say("Load this page again in a moment.")
        case _ if status >= 500:
            return say("Something went wrong here"), say("It was noted. Load this page again in a while.")
    return say("This request does not fit"), say("Check the address, or begin at the front page.")
