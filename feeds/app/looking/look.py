"""Answers for those who look: how sources do, why an item is where it is."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from feeds.app.build import App
from feeds.core.deciding import telling
from feeds.core.deciding.differences import differences
from feeds.core.links import urls
from feeds.core.polling import rhythm
from feeds.errors import PROBLEMS, UsageError
from feeds.model.changes import Earlier, Reworded
from feeds.model.decision import Decision
from feeds.model.entry import Entry, EntryKey
from feeds.model.overview import Found, SourceLine
from feeds.model.settings import Settings
from feeds.model.source import Problem, Source


def worst_first(app: App) -> tuple[SourceLine, ...]:
    """Return the sources, those with a problem before the others, the longest failing first."""
    lines = [line for line in app.store.overview.sources() if not line.removed]
    return tuple(sorted(lines, key=lambda line: (not line.state.problem, -line.state.failures, line.source.order)))


def told(decision: Decision, language: str) -> str:
    """Return why *decision* was taken, in the language (or locale) of who asks, as far as we speak it."""
    return telling.sentence(decision, telling.spoken(language))


def reason(why: str, language: str) -> str:
    """Return why two entries are one story, or are not, as a replay judges them, in words."""
    speech = telling.spoken(language)
    return telling.veto(telling.why(why, speech), speech)


def quiet(line: SourceLine, now: datetime) -> timedelta | None:
    """Return for how long a source has been silent, where that is unlike it; None elsewhere."""
    return None if line.state.problem else rhythm.quiet(line.state.info.times, now)


def doubled(lines: Iterable[SourceLine]) -> list[tuple[SourceLine, SourceLine]]:
    """Return pairs of sources that read one feed, the one that stands first in the configuration first.

    One feed: the same address, or the same that it names as its own (`rel=self`); http and https are one, as are
    tracking parameters. Its entries are merged in any case, but asked for twice.
    """
    first: dict[str, SourceLine] = {}
    pairs = []
    feeds = [line for line in lines if line.source.kind == "feed" and line.source.enabled and not line.state.lives_at]
    for line in sorted(feeds, key=lambda line: line.source.order):
        keys = {urls.canonical(url) for url in (line.source.location, line.state.info.self_url) if url}
        if owner := next((first[key] for key in sorted(keys) if key in first), None):
            pairs.append((owner, line))
        for key in keys:
            first.setdefault(key, line)
    return pairs


def advice(problem: Problem | None) -> tuple[str, str]:
    """Return cause and remedy of a problem in plain words, the case's detail with the cause."""
    if problem is None:
        return "", ""
    cause, remedy = PROBLEMS[problem.code]
    return f"{cause} ({problem.detail})" if problem.detail else cause, remedy


def why(app: App, what: str) -> Found:
    """Return the life of what *what* names: a URL of an item, its id, a post's file, or a story's id."""
    found = app.store.overview.find(*dict.fromkeys([what, *forms(app, what)]))
    if not found:
        raise UsageError(
            f"nothing here is known as {what!r}; "
            "give a URL or id, as the desk and `feeds export json` show, or a post's file"
        )
    return replace(found, revisions=_revisions(found))


def why_or_none(app: App, what: str) -> Found | None:
    """As `why`, of something that may be forgotten."""
    return app.store.overview.find(*dict.fromkeys([what, *forms(app, what)])) or None


def _revisions(found: Found) -> Mapping[tuple[EntryKey, datetime], tuple[Reworded, ...]]:
    """Return what each version of the entries that were found changed, by entry and time, as far as it is kept."""
    after: dict[EntryKey, Earlier | Entry] = {k.entry.key: k.entry for k in found.entries}
    told: dict[tuple[EntryKey, datetime], tuple[Reworded, ...]] = {}
    for before in reversed(found.earlier):
        if before.key in after:
            told[before.key, before.at] = differences(before, after[before.key])
            after[before.key] = before
    return told


def forms(app: App, what: str) -> Iterator[str]:
    """Other spellings of a URL: canonical, percent-encoded, and below the site for a path; ids of posts for a file."""
    yield from _posts(app, what)
    if what.startswith("/"):
        prefix = urlsplit(app.settings.site.url).path.rstrip("/")
        what = app.settings.site.url + (what.removeprefix(prefix) if what.startswith(prefix + "/") else what)
        yield what
    if urlsplit(what).scheme in ("http", "https"):
        yield urls.canonical(what)
        yield quote(what, safe=":/?#[]@!$&'()*+,;=%~")


def _posts(app: App, what: str) -> Iterator[str]:
    """The ids of posts in the file *what*."""
    for source, paths in post_paths(app.settings, what):
        yield from (k.entry.guid for k in app.store.overview.entries(source.id) if k.entry.path in paths)


def post_paths(settings: Settings, what: str) -> Iterator[tuple[Source, Collection[str]]]:
    """Give each folder of posts with the paths in it that the file *what* may be.

    It may be named as seen from here, from the root, or from the folder of its source.
    """
    if ":" in what or not os.path.splitext(what)[1]:
        return
    here = os.path.realpath(what)
    for source in settings.sources:
        root = os.path.realpath(source.location) + os.sep
        if source.kind == "content":
            yield source, {what.lstrip("/"), here.removeprefix(root).replace(os.sep, "/")}


def ago(moment: datetime | None, now: datetime) -> str:
    """Say how long ago *moment* was, or how far ahead: `3m ago`, `in 2h`, `never`."""
    if moment is None:
        return "never"
    seconds = int((now - moment.astimezone(UTC)).total_seconds())
    size = abs(seconds)
    number, unit = next(((size // n, u) for n, u in ((86400, "d"), (3600, "h"), (60, "m")) if size >= n), (size, "s"))
    return f"{number}{unit} ago" if seconds >= 0 else f"in {number}{unit}"
