"""Looking for stories by their words."""

from dataclasses import dataclass

from feeds.model.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsearched:
    """A story that was written since the index was told of it; *story* is None where it ended.

    *version* is the story's then: what is written meanwhile makes another.
    """

    story_id: str
    version: int
    story: Story | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Stories with all the words, the newest first. *more*: others follow these."""

    stories: tuple[Story, ...] = ()
    more: bool = False
