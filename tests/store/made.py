"""Small values, and a poll that decides nothing, for the tests of the store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from feeds.model.changes import Changes, EntryStatus, Mark, PollView, Saved
from feeds.model.channel import Rendition, Window
from feeds.model.decision import Decision
from feeds.model.delivery import Delivery
from feeds.model.entry import Entry, origin_of
from feeds.model.source import FeedInfo, Source
from feeds.model.story import Category, Member, Story
from feeds.store import Store
from feeds.store.incoming.library import Library

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TECH = Category(slug="tech", name="기술")


def source(id: str = "a", **more: Any) -> Source:
    return Source(**{"id": id, "kind": "feed", "location": f"https://{id}.example/feed", **more})


def entry(guid: str, source_id: str = "a", **more: Any) -> Entry:
    given = {"title": f"Title of {guid}", "url": f"https://{source_id}.example/{guid}", "published": NOW, **more}
    return Entry(source_id=source_id, guid=guid, **given)


def saved(one: Entry, story_id: str = "", status: EntryStatus = "kept", first_seen: datetime = NOW) -> Saved:
    return Saved(
        entry=one, fingerprint="f", status=status, story_id=story_id, first_seen=first_seen, url_key=f"page:{one.url}"
    )


def member(one: Entry, of: Source | None = None, **more: Any) -> Member:
    of = of or source(one.source_id)
    return Member(
        entry=one,
        prefer=of.prefer,
        local=of.kind == "content",
        order=of.order,
        origin=origin_of(of, FeedInfo()),
        **{"first_seen": NOW, "categories": (TECH,), **more},
    )


def story(id: str, *members: Member, **more: Any) -> Story:
    lead = members[0].entry
    given = {
        "keys": (f"id:{id}",),
        "categories": (TECH,),
        "channels": ("all",),
        "published": lead.published or NOW,
        "updated": lead.published or NOW,
        "first_seen": NOW,
        **more,
    }
    return Story(id=id, members=members, **given)


def decision(guid: str, source_id: str = "a", at: datetime = NOW, **more: Any) -> Decision:
    return Decision(**{"at": at, "kind": "changed", "source_id": source_id, "guid": guid, **more})


def changes(view: PollView, at: datetime = NOW, **more: Any) -> Changes:
    """What a poll at *at* writes, which finds *more*; the source is due an hour later."""
    state = replace(view.state, polled=at, due=max(at, view.state.due) + timedelta(hours=1))
    return Changes(**{"was_due": view.state.due, "state": state, **more})


def told(*entries: Entry, channels: Sequence[str] = ("all",), at: datetime = NOW, **more: Any) -> dict[str, Any]:
    """The part of changes in which each of *entries* tells a story of its own, named `story:GUID`."""
    return {
        "entries": tuple(saved(e, f"story:{e.guid}", first_seen=at) for e in entries),
        "stories": tuple(
            story(
                f"story:{e.guid}", member(e, first_seen=at), **{"channels": tuple(channels), "first_seen": at, **more}
            )
            for e in entries
        ),
        "marks": tuple(Mark(channel_id=c, due=at) for c in channels),
        "decisions": tuple(decision(e.guid, e.source_id, at) for e in entries),
    }


def tell(library: Library, *entries: Entry, at: datetime = NOW, **more: Any) -> PollView:
    """Poll the source of *entries*, which are all new; return what was read before."""
    view = library.poll_view(entries[0].source_id, [e.guid for e in entries], [f"id:story:{e.guid}" for e in entries])
    library.apply(changes(view, at, categories=(TECH,), **told(*entries, at=at, **more)))
    return view


def ready(store: Store, *sources: Source) -> Library:
    """The library, with *sources* (else `a` and `b`) in it."""
    store.library.sync(sources or (source("a"), source("b", order=1)), lambda _: 0, NOW)
    return store.library


def window(channel_id: str = "all", limit: int = 50, **more: Any) -> Window:
    return Window(**{"channel_id": channel_id, "limit": limit, "at": NOW, **more})


def rendition(channel_id: str = "all", path: str = "/atom.xml", body: bytes = b"<feed/>", **more: Any) -> Rendition:
    given = {"format": "atom", "media_type": "application/atom+xml; charset=utf-8", "updated": NOW, **more}
    return Rendition(channel_id=channel_id, path=path, pieces=(body,), etag=f"etag of {body!r}", **given)


PING = Delivery(id="1", kind="ping", target="https://hub.example/", topic="https://x.example/", due=NOW)
