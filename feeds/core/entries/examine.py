"""A feed's items looked over for its publisher, as they were found: what is odd, in which of them.

Each check sees one raw entry, or the feed, and says what is odd in a few words; '' where nothing is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from feeds.core.entries import prepare
from feeds.core.entries.clean import LIMIT
from feeds.core.links import tracking
from feeds.core.words.text import plain
from feeds.model.entry import Parsed, RawEntry
from feeds.model.oddity import Finding
from feeds.model.source import FeedInfo

OLD = timedelta(days=183)
AHEAD = timedelta(hours=1)  # clocks differ
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_TAG = re.compile(r"<[A-Za-z](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>")
_UNSAFE = re.compile(r"<(script|iframe|object|embed|applet|form|input|button|textarea|select|frame|meta|base)\b", re.I)
_HANDLER = re.compile(r"\s(on[a-z]{3,20})\s*=", re.IGNORECASE)
_SCRIPTED = re.compile(r"=\s*[\"']?\s*(?:javascript|vbscript):", re.IGNORECASE)
_STYLE = re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\s(?:href|src)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")

Says = Callable[[RawEntry], str]


def examine(parsed: Parsed, now: datetime) -> tuple[Finding, ...]:
    """Return what is odd about the feed itself, then about its items, each with the item's number from 1."""
    of_items = [
        Finding(code=code, detail=detail, item=number)
        for number, entry in enumerate(parsed.entries, 1)
        for code, says in (*_CHECKS, ("date.future", _ahead_of(now)))
        if (detail := says(entry))
    ]
    feed = (*_about_feed(parsed.info, parsed.entries), *_about_age(parsed.entries, now))
    return (*feed, *of_items)


# the feed itself


def _about_feed(info: FeedInfo, entries: Sequence[RawEntry]) -> Iterator[Finding]:
    missing = (
        ("feed.title", info.title),
        ("feed.link", info.home),
        ("feed.self", info.self_url),
        ("feed.hub", info.hub),
    )
    for code, said in missing:
        if not said.strip():
            yield Finding(code=code)
    if not info.language and not any(entry.language for entry in entries):
        yield Finding(code="feed.language")
    elif info.language and not _LANGUAGE.fullmatch(info.language):
        yield Finding(code="feed.language_odd", detail=info.language[:40])


def _about_age(entries: Sequence[RawEntry], now: datetime) -> Iterator[Finding]:
    dates = [date for entry in entries if (date := entry.updated or entry.published)]
    if dates and now - max(dates) > OLD:
        yield Finding(code="feed.old", detail=f"the newest is of {max(dates):%Y-%m-%d}")


# items


def _no_title(entry: RawEntry) -> str:
    return "" if entry.title and entry.title.value.strip() else _named(entry)


def _no_link(entry: RawEntry) -> str:
    return "" if entry.url or entry.enclosures else _named(entry)


def _relative_link(entry: RawEntry) -> str:
    return entry.url[:100] if entry.url and not _SCHEME.match(entry.url.strip()) else ""


def _tracked(entry: RawEntry) -> str:
    try:
        pairs = parse_qsl(urlsplit(entry.url).query, keep_blank_values=True)
    except ValueError:
        return ""
    names = [n for n, _ in pairs if n.lower() in tracking.NAMES or n.lower().startswith(tracking.PREFIXES)]
    return ", ".join(names)[:100]


def _undated(entry: RawEntry) -> str:
    return "" if entry.published or entry.updated else _named(entry)


def _ancient(entry: RawEntry) -> str:
    date = entry.published or entry.updated
    return f"{date:%Y-%m-%d %H:%M}" if date and date < _OLDEST else ""


def _ahead_of(now: datetime) -> Says:
    def ahead(entry: RawEntry) -> str:
        date = max(filter(None, (entry.published, entry.updated)), default=None)
        return f"{date:%Y-%m-%d %H:%M} UTC" if date and date > now + AHEAD else ""

    return ahead


def _wordless(entry: RawEntry) -> str:
    return "" if entry.enclosures or _markup(entry).strip() else _named(entry)


def _same(entry: RawEntry) -> str:
    if not (entry.summary and entry.content) or len(entry.summary.value) < 300:
        return ""
    return _named(entry) if plain(entry.summary.value) == plain(entry.content.value) else ""


def _relative_addresses(entry: RawEntry) -> str:
    found = [
        url
        for tag in _TAG.findall(_markup(entry))
        for pair in _ADDRESS.findall(tag)
        if (url := (pair[0] or pair[1]).strip()) and not url.startswith(("#", "//")) and not _SCHEME.match(url)
    ]
    return f"{found[0][:80]}{f' and {len(found) - 1} more' if len(found) > 1 else ''}" if found else ""


def _images_without_alt(entry: RawEntry) -> str:
    bare = [image for image in prepare.images(_markup(entry)) if "alt" not in image and not prepare.is_pixel(image)]
    return f"{len(bare)} in one item" if len(bare) > 1 else bare[0].get("src", "image")[:100] if bare else ""


def _pixels(entry: RawEntry) -> str:
    pixels = [image for image in prepare.images(_markup(entry)) if prepare.is_pixel(image)]
    return pixels[0].get("src", "")[:100] if pixels else ""


def _unsafe(entry: RawEntry) -> str:
    markup = _markup(entry)
    if "<" not in markup:
        return ""
    found = [f"<{name.lower()}>" for name in _UNSAFE.findall(markup)]
    for tag in _TAG.findall(markup):
        found += [name.lower() for name in _HANDLER.findall(tag)]
        found += ["javascript:"] if _SCRIPTED.search(tag) else []
    return ", ".join(f"{found.count(name)} × {name}" for name in dict.fromkeys(found))[:100]


def _styled(entry: RawEntry) -> str:
    styles = sum(1 for tag in _TAG.findall(_markup(entry)) if _STYLE.search(tag))
    return f"{styles} in one item" if styles else ""


def _large(entry: RawEntry) -> str:
    size = len(_markup(entry))
    return f"{size // 1024} kB" if size > LIMIT else ""


_CHECKS: tuple[tuple[str, Says], ...] = (
    ("title.missing", _no_title),
    ("link.missing", _no_link),
    ("link.relative", _relative_link),
    ("link.tracking", _tracked),
    ("date.missing", _undated),
    ("date.ancient", _ancient),
    ("content.missing", _wordless),
    ("content.same", _same),
    ("content.relative", _relative_addresses),
    ("content.alt", _images_without_alt),
    ("content.pixel", _pixels),
    ("content.unsafe", _unsafe),
    ("content.style", _styled),
    ("content.large", _large),
)


def _markup(entry: RawEntry) -> str:
    body = entry.content or entry.summary
    return body.value if body else ""


def _named(entry: RawEntry) -> str:
    """Name an item by the first thing that it has."""
    title = entry.title.value if entry.title else ""
    return " ".join((title or entry.url or entry.guid or plain(_markup(entry)[:1000])).split())[:80] or "an empty item"
