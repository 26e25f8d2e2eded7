"""Whether a build loses too much to be brought out without a person's word.

Lost is what a channel showed and does not show any more though nothing newer pushed it out: a folder that was not
mounted, a source whose ids changed, a rule that drops too much. What grew too old to be kept is not lost, nor what is
told under another id since. As a retraction has to reach everyone, a build that carries one out is never held.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from feeds.model.channel import Feed, Rendered, Shown
from feeds.model.settings import Gate
from feeds.model.story import Fate

TOLD = "{gone} of {before} stories would go, more than {drop} (`gate.drop`)"
_TOLD = re.compile(r"(?P<gone>\d+) of (?P<before>\d+) stories would go, more than (?P<drop>\d+%) \(`gate\.drop`\)")


def figures(reason: str) -> dict[str, str]:
    """Return what `too_much` told by name, for who tells it in another language; nothing of another reason."""
    found = _TOLD.fullmatch(reason)
    return found.groupdict() if found else {}


def before(last: Shown, rendered: Rendered) -> Mapping[str, datetime]:
    """Return the stories that a build may lose: what the channel showed *last*, or would have shown had it not rested.

    What came while it rested, and now is set aside, would have been set aside then.
    """
    if last.waiting is None:
        return last.stories
    aside = {one.story_id for one in rendered.set_aside} - last.stories.keys()
    return {id: at for id, at in last.waiting.items() if id not in aside}


def shown(feed: Feed, rendered: Rendered) -> Mapping[str, datetime]:
    """Return the stories that every document of *feed* tells, with their dates of publication."""
    aside = {one.story_id for one in rendered.set_aside}
    return {i.story.id: i.story.published for i in feed.items if i.story.id not in aside}


def lost(before: Mapping[str, datetime], feed: Feed, now: Mapping[str, datetime]) -> tuple[str, ...]:
    """Return the ids that were shown *before*, and are not *now* that *feed* is told.

    A channel that holds as many as it may has pushed out whatever is older than its oldest story.
    """
    full = len(feed.items) >= feed.channel.limit
    oldest = min((item.story.published for item in feed.items), default=None) if full else None
    return tuple(id for id, at in before.items() if id not in now and (oldest is None or at > oldest))


def retracted(fates: Mapping[str, Fate]) -> bool:
    """Tell whether the desk took back one of the stories that were shown: then the build goes out in any case."""
    return any(fate.status == "retracted" for fate in fates.values())


def missed(lost: Collection[str], fates: Mapping[str, Fate], now: Collection[str]) -> tuple[str, ...]:
    """Return those of *lost* that the library still has, and that are *now* not told under another id."""
    return tuple(id for id in lost if id in fates and fates[id].story_id not in now)


def too_much(gone: int, before: int, gate: Gate) -> str:
    """Return why a channel that showed *before* stories may not lose *gone* of them at once; '' if it may."""
    if before < gate.least or gone <= gate.drop * before:
        return ""
    return TOLD.format(gone=gone, before=before, drop=f"{gate.drop:.0%}")
