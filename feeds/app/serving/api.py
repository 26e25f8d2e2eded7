"""Answers to the programs' interface: what is stored, under the settings in force."""

from collections.abc import Sequence
from dataclasses import fields

from feeds import __version__
from feeds.app.build import App
from feeds.app.serving.tokens import teller
from feeds.core.publishing.compose import told_at
from feeds.core.sorting.channels import channels
from feeds.model.overview import RenditionLine, SourceLine
from feeds.model.story import Story
from feeds.ports.api import ChannelLine, DecisionsAsked, Numbered, StoriesAsked, Told
from feeds.web.api import answers as api
from feeds.web.metrics import Meters, public
from feeds.web.wire.http import Entrance

ENDED = frozenset({"page", "gone"})  # what stands at paths of single stories, not of a channel


def entrances(app: App, meters: Meters) -> tuple[Entrance, ...]:
    """Return the ways in: the interface, and the numbers for those who may see them from outside."""
    who = teller(app.store.tokens, app.clock)
    return (*api.entrances(Answers(app), who, lambda: app.settings.site.url, __version__), public(meters, who))


class Answers:
    """The port `Reading`."""

    def __init__(self, app: App) -> None:
        self._app = app

    def channels(self) -> Sequence[ChannelLine]:
        found = channels(self._app.settings, self._app.store.library.categories(self._app.clock()))
        documents: dict[str, list[RenditionLine]] = {}
        for line in self._app.store.overview.renditions():
            if line.format not in ENDED:
                documents.setdefault(line.channel_id, []).append(line)
        return [
            ChannelLine(channel=channel, documents=tuple(documents.get(channel.id, ())))
            for channel in found
            if not channel.private
        ]

    def stories(self, asked: StoriesAsked) -> tuple[Story, ...]:
        values = {field.name: getattr(asked, field.name) for field in fields(asked)}
        now = self._app.clock()
        found = self._app.store.catalogue.stories(**{**values, "limit": asked.limit + 1}, now=now)
        return found if asked.hidden else tuple(told_at(story, now) for story in found)

    def story(self, id: str, *, hidden: bool) -> Told | None:
        found = self._app.store.overview.find(id)
        story = next((s for s in found.stories if s.id in (id, found.moves.get(id))), None)
        if story is None:
            return None
        now = self._app.clock()
        if not hidden and (story.status != "shown" or (story.release and story.release > now)):
            return None
        mine = {story.id, *(old for old, new in found.moves.items() if new == story.id)}
        told = story if hidden else told_at(story, now)
        keys = {member.key for member in told.members}
        waiting = {member.key for member in story.members} - keys
        timeline = [
            d
            for d in found.decisions
            if (d.story_id in mine or (d.source_id, d.guid) in keys) and (d.source_id, d.guid) not in waiting
        ]
        story = told
        return Told(story=story, timeline=tuple(timeline))

    def sources(self) -> Sequence[SourceLine]:
        return [line for line in self._app.store.overview.sources() if not line.removed]

    def decisions(self, asked: DecisionsAsked) -> tuple[Numbered, ...]:
        values = {field.name: getattr(asked, field.name) for field in fields(asked)}
        values |= {"limit": asked.limit + 1, "kind": asked.kind or ""}
        found = self._app.store.catalogue.decisions(**values, now=self._app.clock())
        return tuple(Numbered(number=number, decision=decision) for number, decision in found)
