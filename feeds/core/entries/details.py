"""What few entries say, from what was found to what is promised: labels with a scheme, answers, episodes of podcasts.

Caps: 10 answers, 20 transcripts, 50 voices; texts of an episode 255 characters, its summary 4,000 (Apple's limits).
"""

import re
from collections.abc import Collection, Sequence

from feeds.core.entries.fields import MANY, caption, language, link, media_type
from feeds.core.words.text import capped, one_line
from feeds.model.entry import Label, Reply
from feeds.model.podcast import Podcast, Transcript, Voice
from feeds.model.quick import replace

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[!-~\u00a0-\U0010ffff]{1,1000}")
_ID = re.compile(r"(?:https?|tag|urn):[!-~\u00a0-\U0010ffff]{1,1000}", re.IGNORECASE)
_MOST_ANSWERS, _MOST_VOICES = 10, 50
_LONGEST, _LONGEST_SUMMARY = 255, 4000
_MOST_EPISODES = 1_000_000  # larger numbers are dates and counters


def labels(found: Sequence[Label], tags: Collection[str]) -> tuple[Label, ...]:
    """Return what is known of *tags* beyond their names. A scheme that is no IRI (RFC 4287 §4.2.2.2) says nothing."""
    kept: dict[str, Label] = {}
    for label in found[: 10 * MANY]:
        name, term, scheme = capped(one_line(label.name), 100), caption(label.term, 200), label.scheme.strip()
        scheme = scheme if _SCHEME.fullmatch(scheme) else ""
        if name in tags and (scheme or term not in {"", name}):
            kept.setdefault(name, Label(name=name, term="" if term == name else term, scheme=scheme))
    return tuple(kept.values())


def answers(found: Sequence[Reply], base: str) -> tuple[Reply, ...]:
    """Return what an entry answers; an id that is no IRI gives way to the page."""
    kept: dict[str, Reply] = {}
    for reply in found[:_MOST_ANSWERS]:
        url, id = link(reply.url, base), reply.id.strip()
        if id := id if _ID.fullmatch(id) else link(id, base) or url:
            kept.setdefault(id, Reply(id=id, url=url))
    return tuple(kept.values())


def podcast(found: Podcast | None, base: str, said: Collection[str]) -> Podcast | None:
    """Return what an episode says beyond what its entry *said*: title, summary, names of authors."""
    if found is None:
        return None
    texts = (found.title, found.author, found.subtitle)
    title, author, subtitle = ("" if (text := caption(t, _LONGEST)) in said else text for t in texts)
    summary = caption(found.summary, _LONGEST_SUMMARY)
    kept = replace(
        found,
        title=title,
        author=author,
        subtitle=subtitle,
        summary="" if summary in said or summary == subtitle else summary,
        image=link(found.image, base),
        season=found.season if 0 < found.season < _MOST_EPISODES else 0,
        episode=found.episode if 0 < found.episode < _MOST_EPISODES else 0,
        chapters=link(found.chapters, base),
        transcripts=tuple(filter(None, (_transcript(t, base) for t in found.transcripts[:MANY]))),
        voices=tuple(filter(None, (_voice(v, base) for v in found.voices[:_MOST_VOICES]))),
    )
    return kept if kept != Podcast() else None


def _transcript(found: Transcript, base: str) -> Transcript | None:
    url = link(found.url, base)
    kind = media_type(found.media_type, url)
    return Transcript(url=url, media_type=kind, language=language(found.language)) if url else None


def _voice(found: Voice, base: str) -> Voice | None:
    name, role, group = caption(found.name, 200), caption(found.role, 100), caption(found.group, 100)
    return (
        Voice(name=name, role=role, group=group, url=link(found.url, base), image=link(found.image, base))
        if name
        else None
    )
