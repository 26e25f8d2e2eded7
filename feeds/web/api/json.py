"""Values as the programs' interface shows them: plain data, without anything that is secret."""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from feeds.core.deciding import telling
from feeds.errors import PROBLEMS
from feeds.model.decision import Decision
from feeds.model.overview import SourceLine
from feeds.model.story import Category, Member, Story
from feeds.ports.api import ChannelLine, Numbered, Told
from feeds.web.api.spec import key

Data = dict[str, Any]


def channel(line: ChannelLine) -> Data:
    found = line.channel
    return {
        "id": found.id,
        "output": found.output_id,
        "category": category(found.category) if found.category else None,
        "title": found.title,
        "description": found.description,
        "language": found.language,
        "home": found.home,
        "documents": [
            {
                "format": document.format,
                "url": found.base_url + quote(document.path),
                "updated": document.updated,
                "etag": document.etag,
                "bytes": document.size,
                "version": document.version,
            }
            for document in line.documents
        ],
    }


def category(found: Category) -> Data:
    return {"slug": found.slug, "name": found.name}


def story(found: Story, public: Collection[str]) -> Data:
    """*public* are the ids of channels that may be named."""
    lead = found.lead
    return {
        "id": found.id,
        "key": key(found.id),
        "status": found.status,
        "title": lead.title,
        "url": lead.url or "",
        "summary": lead.summary,
        "language": lead.language,
        "authors": [person.name for person in lead.authors if person.name],
        "published": found.published,
        "updated": found.updated,
        "first_seen": found.first_seen,
        "release": found.release,
        "categories": [category(c) for c in found.categories],
        "channels": [id for id in found.channels if id in public],
        "source": lead.source_id,
        "copies": len(found.members) - 1,
    }


def told(found: Told, public: Collection[str], *, hidden: bool, speech: str) -> Data:
    return {
        **story(found.story, public),
        "members": [member(m) for m in found.story.members],
        "timeline": [decision(d, hidden=hidden, speech=speech) for d in found.timeline],
    }


def member(found: Member) -> Data:
    entry = found.entry
    return {
        "source": entry.source_id,
        "guid": entry.guid,
        "url": entry.url or "",
        "title": entry.title,
        "published": entry.published,
        "updated": entry.updated,
        "first_seen": found.first_seen,
        "categories": [category(c) for c in found.categories],
    }


def decision(found: Decision, *, hidden: bool, speech: str) -> Data:
    return {
        "at": found.at,
        "kind": found.kind,
        "source": found.source_id,
        "guid": found.guid,
        "story": found.story_id,
        "rule": found.rule,
        "code": found.says if hidden else "",
        "text": telling.sentence(found, speech) if hidden else "",
        "facts": dict(found.facts) if hidden else {},
    }


def numbered(found: Numbered, *, hidden: bool, speech: str) -> Data:
    return {"id": found.number, **decision(found.decision, hidden=hidden, speech=speech)}


def source(line: SourceLine) -> Data:
    found, state = line.source, line.state
    problem = state.problem
    return {
        "id": found.id,
        "kind": found.kind,
        "title": found.title or state.info.title,
        "location": address(found.location) if found.kind == "feed" else None,
        "categories": [*found.categories],
        "every": int(found.every.total_seconds()),
        "enabled": found.enabled,
        "paused": state.paused,
        "due": state.due,
        "polled": state.polled,
        "changed": state.changed,
        "failures": state.failures,
        "problem": (
            {"code": problem.code, "cause": PROBLEMS[problem.code][0], "remedy": PROBLEMS[problem.code][1]}
            if problem
            else None
        ),
        "entries": line.entries,
        "newest": line.newest,
    }


def address(url: str) -> str:
    """Return *url* without name, password and fragment, and without the values in its query, which may be keys."""
    parts = urlsplit(url)
    query = "&".join(
        f"{name}=…" if has else name for name, has, _ in (p.partition("=") for p in parts.query.split("&"))
    )
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))
