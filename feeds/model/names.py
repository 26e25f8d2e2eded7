"""What a channel is, told by the id under which it is marked and stored."""

import re
from dataclasses import dataclass, replace

from feeds.model.channel import Period

_PERIOD = re.compile(r"\d{4}(?:-\d\d){0,2}")
_PAGE = "~"  # no output's id begins so, and channels are brought out before pages


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelName:
    """A channel of an *output*, or of one category of it; an archive of one, where *period* says which; or the page of
    a *story*, where that is named.

    Ids are `output`, `output:slug`, either with `@2026-02`, and `~story`. An output's id has neither ':' nor '@'.
    """

    output: str = ""
    slug: str = ""
    period: Period = ""
    story: str = ""

    @classmethod
    def of(cls, id: str) -> "ChannelName":
        if id.startswith(_PAGE):
            return cls(story=id.removeprefix(_PAGE))
        channel, _, period = id.rpartition("@")
        if not (channel and _PERIOD.fullmatch(period)):  # a slug may have an '@' in it
            channel, period = id, ""
        output, _, slug = channel.partition(":")
        return cls(output=output, slug=slug, period=period)

    @property
    def id(self) -> str:
        if self.story:
            return _PAGE + self.story
        channel = f"{self.output}:{self.slug}" if self.slug else self.output
        return f"{channel}@{self.period}" if self.period else channel

    @property
    def channel(self) -> str:
        """The id of the channel that an archive is of; of another, its own."""
        return self.archive("").id

    def archive(self, period: Period) -> "ChannelName":
        """The archive of one period; for '' the channel itself."""
        return replace(self, period=period)
