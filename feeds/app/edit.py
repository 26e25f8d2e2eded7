"""Changes to feeds.yaml and to what rests: comments and order stay as their owner wrote them."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from feeds.app.build import App
from feeds.config import edit, lists, start
from feeds.config.edit import Imported
from feeds.errors import UsageError
from feeds.model.changes import Earlier
from feeds.model.story import Story
from feeds.render.opml import Outline, write_opml


@dataclass(frozen=True, slots=True)
class Begun:
    """What a new configuration was begun from, what it reads ('' for nothing), and what of the origin it left out."""

    origin: str
    reads: str
    left_out: tuple[str, ...]


def init(target: str, source: str) -> Begun:
    """Write a new configuration to *target*, begun from *source* ('' for nothing); tell what it holds."""
    if os.path.lexists(target):
        raise UsageError(f"{target} exists already; remove it first, or name another with --config")
    text = ""
    if source and not source.startswith(("http://", "https://")):
        text = _text_of(source)
    folder = os.path.relpath(os.path.dirname(os.path.abspath(source)), os.path.dirname(os.path.abspath(target)))
    known = start.begun(source, text, folder)
    edit.write(target, start.written(known))
    posts = [f"the posts in {known.content}"] if known.content else []
    feeds = [f"{len(known.feeds)} feed{'s' * (len(known.feeds) != 1)}"] if known.feeds else []
    return Begun(known.origin or "nothing", " and ".join([*posts, *feeds]), known.left_out)


def add(config: str, url: str, *, id: str, title: str, categories: Sequence[str], environ: Mapping[str, str]) -> str:
    """Add one feed to *config* and return its id."""
    return edit.add_source(config, url, environ, id=id, title=title, categories=categories)


def remove(config: str, source_id: str, environ: Mapping[str, str]) -> None:
    """Take one source out of *config*."""
    edit.remove_source(config, source_id, environ)


def take_list(file: str, config: str, environ: Mapping[str, str]) -> tuple[Imported, tuple[str, ...]]:
    """Add the feeds of a list (OPML, newsboat, planet) to *config*; return what was done and what was left out."""
    found = lists.read(_text_of(file))
    if not found.feeds:
        said = "".join(f"\n  {problem}" for problem in found.problems[:5])
        raise UsageError(f"{file} names no feed; OPML, newsboat `urls`, planet ini, YAML and JSON are understood{said}")
    return edit.add_sources(config, found.feeds, environ), found.problems


def _text_of(file: str) -> str:
    try:
        return lists.opened(Path(file))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error


def set_paused(app: App, ids: Sequence[str], *, paused: bool, sync: bool) -> None:
    """Let sources rest, or wake them, until the opposite is said; *sync* where nobody else brings the store in line."""
    if sync:
        app.sync()
    if unknown := [i for i in ids if app.source(i) is None]:
        raise UsageError(f"no source is called {unknown[0]!r}; `feeds list` shows them")
    for source_id in ids:
        app.store.library.pause(source_id, paused)


def opml(app: App) -> bytes:
    """Return the remote sources as OPML 2.0, by their learned titles."""
    lines = [line for line in app.store.overview.sources() if line.source.kind == "feed" and not line.removed]
    outlines = [
        Outline(
            title=line.source.title or line.state.info.title or line.source.id,
            xml_url=line.source.location,
            html_url=line.state.info.home,
            language=line.state.info.language,
            categories=line.source.categories,
        )
        for line in lines
    ]
    return write_opml(app.settings.site.title, outlines)


def as_json_lines(app: App) -> Iterator[str]:
    """Give every story as one line of JSON: nothing that is stored of it is left out."""
    for story, earlier in app.store.overview.histories():
        yield json.dumps(_as_values(story, earlier), ensure_ascii=False, default=str)


def _as_values(story: Story, earlier: Sequence[Earlier]) -> dict[str, object]:
    return {
        "id": story.id,
        "status": story.status,
        "published": story.published.isoformat(),
        "updated": story.updated.isoformat(),
        "first_seen": story.first_seen.isoformat(),
        "categories": [c.name for c in story.categories],
        "channels": story.channels,
        "entries": [
            {
                "source": m.entry.source_id,
                "guid": m.entry.guid,
                "url": m.entry.url,
                "title": m.entry.title,
                "summary": m.entry.summary,
                "content": m.entry.content,
                "published": m.entry.published,
                "updated": m.entry.updated,
                "authors": [a.name or a.email for a in m.entry.authors],
                "tags": m.entry.tags,
                "enclosures": [{"url": e.url, "type": e.media_type, "length": e.length} for e in m.entry.enclosures],
                "image": m.entry.image.url if m.entry.image else "",
                "language": m.entry.language,
                "rights": m.entry.rights,
                "path": m.entry.path,
                "earlier": [
                    {"until": one.at, "title": one.title, "summary": one.summary, "content": one.content}
                    for one in earlier
                    if one.key == m.key
                ],
            }
            for m in story.members
        ],
    }
