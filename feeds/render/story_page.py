"""A story as a page of its own: its text, its sources, and where else it is told; or that it is gone.

The text was cleaned when it came in, and the page's policy lets no script run and nothing load but pictures and sound.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, SetAside
from feeds.model.entry import Image
from feeds.render import frame, safe
from feeds.render.frame import Place, clipped, may_show
from feeds.render.page import paths
from feeds.render.pieces import each
from feeds.render.shown import Shown, moment
from feeds.render.words import short_day, speaker, speech

DESCRIPTION = 200  # characters that search engines show, about


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """*own*: the story is told here first, and search engines are welcome."""

    shown: Shown
    published: datetime
    day: str
    updated: datetime | None
    content: Markup
    image: Image | None
    subjects: tuple[Place, ...]
    steps: tuple["_Step", ...]
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One thing that happened to the story, the latest first on the page. *told*: by whom, with what address."""

    time: datetime
    what: str
    told: Place | None = None


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return the one story of *feed* as a page. Raises `RenderError` where there is none."""
    channel = feed.channel
    views, aside = each(feed, "page", lambda told: _view(told.shown, feed))
    if not views:
        raise RenderError(channel.id, aside[0].reason if aside else "there is no story to tell")
    body = frame.page(
        "story.html",
        feed,
        view=views[0],
        address=_address(channel, "page"),
        description=clipped(views[0].shown.summary, DESCRIPTION),
    )
    return body, aside


def gone(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return the page that stands where a story was told once."""
    return frame.page("gone.html", feed), ()


def _view(shown: Shown, feed: Feed) -> _View:
    channel = feed.channel
    zone = ZoneInfo(channel.timezone)
    where = paths(feed)
    picture = shown.image if shown.image and may_show(shown.image.url, channel) else None
    published = shown.published.astimezone(zone)
    return _View(
        shown=shown,
        published=published,
        day=short_day(published.date(), speech(channel.language)),
        updated=shown.updated.astimezone(zone) if shown.updated > shown.published else None,
        content=Markup(shown.content),  # noqa: S704 - cleaned by nh3 when it came in, and shown under the page's policy
        image=picture if picture and picture.url not in shown.content else None,
        subjects=tuple(Place(name=c.name, url=where.get(c.slug, "")) for c in shown.categories),
        steps=_steps(shown, feed),
        own=shown.source is None,
    )


def _steps(shown: Shown, feed: Feed) -> tuple[_Step, ...]:
    """What happened to the story, the latest first; () where it was told once and that is all.

    Changes of labels and pictures are none that a reader would look for.
    """
    channel = feed.channel
    say, zone = speaker(speech(channel.language)).gettext, ZoneInfo(channel.timezone)
    fields = {"title": say("title"), "summary": say("text"), "text": say("text"), "files": say("files")}
    story = next(item.story for item in feed.items if safe.uri(item.story.id) == shown.id)
    copies = {copy.url: copy.title for copy in shown.copies}
    steps = [_Step(time=shown.published, what=say("published"))]
    for member in story.members[1:]:
        url = safe.web(member.entry.url)
        if url in copies:
            time = moment(member.entry.published or member.first_seen)
            steps.append(_Step(time=time, what=say("told here too"), told=Place(name=copies[url], url=url)))
    for version in feed.versions:
        words = dict.fromkeys(fields[name] for name in version.differs if name in fields)
        if version.key == story.lead.key and words:
            steps.append(_Step(time=moment(version.at), what=f"{say('corrected')}: {', '.join(words)}"))
    ordered = sorted(steps, key=lambda step: (step.time, step.what, step.told.name if step.told else ""), reverse=True)
    return tuple(replace(step, time=step.time.astimezone(zone)) for step in ordered) if len(steps) > 1 else ()


def _address(channel: Channel, format: str) -> str:
    path = channel.file("page") if format == "page" else channel.file("gone")
    return safe.web(channel.base_url) + safe.uri(path.removesuffix("index.html"))
