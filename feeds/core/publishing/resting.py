"""What may wait until somebody asks for it: a change that only adds, of a channel that nobody asks for.

A change that takes anything back, or says it otherwise, is brought out at once, whoever reads it: what is withdrawn
stays shown nowhere, and no loss is judged late. So is everything of a channel that others are told of without asking,
or that time alone changes: put off, it would say another thing than it would have said in its time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from feeds.model.channel import Channel
from feeds.model.settings import Settings
from feeds.model.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What lies around all channels: the id of the *front* page, the addresses that somebody has *subscribed* to at
    our hub, the ids of channels that a *partner* gets."""

    settings: Settings
    front: str = ""
    subscribed: Collection[str] = ()
    partnered: Collection[str] = ()


def adds(story: Story, old: Story | None) -> bool:
    """Tell whether a story that was *old*, None where it is new, says all that was said before where it was said."""
    if story.status != "shown":
        return False
    if old is None:
        return True
    entries = {member.key: member.entry for member in story.members}
    return (
        old.status == "shown"
        and (story.lead.key, story.release, story.published, story.updated)
        == (old.lead.key, old.release, old.published, old.updated)
        and {*old.channels} <= {*story.channels}
        and {*old.categories} <= {*story.categories}
        and all(entries.get(member.key) == member.entry for member in old.members)
    )


def hot(channel: Channel, around: Around, asked: datetime, now: datetime) -> str:
    """Return why a channel that was asked for last at *asked* is brought out at once; '' where it may wait.

    *asked* is not before requests were noted at all: who was not listened to may have asked.
    """
    settings, builtin = around.settings, around.settings.push.builtin
    after = settings.site.rest_after
    reasons = (
        (after is None, "nothing rests: site.rest_after is not given"),
        (settings.mirror is not None, "a bucket is asked, which does not tell us"),
        (channel.id == around.front or channel.path == "/", "it is the front page"),
        (bool(channel.days or channel.archives or channel.archived.period), "what it shows changes with time"),
        ("news" in channel.formats, "what it shows changes with time"),
        (any(hub != builtin for hub in channel.hubs), "a hub elsewhere is told"),
        (bool({*map(channel.url, channel.formats)} & {*around.subscribed}), "somebody has subscribed"),
        ("naver" in channel.formats and settings.push.naver, "Naver is told"),
        (channel.id in around.partnered, "a partner gets it"),
        (after is not None and now - asked < after, "somebody asked"),
    )
    return next((why for holds, why in reasons if holds), "")
