"""RawEntry to RawEntry: what the owner of a source says about its feed, before any promise is kept.

In this order, each step on what the one before left:

base     relative addresses stand on the place that `base` names, whatever the document says
ignore   fields that are not believed are taken away
rewrite  words that an expression matches give way; a tag of which nothing is left goes
ids      what tells entries apart, where the feed's own ids cannot be trusted. `link`: as if it had no ids.
         `title_link`, `content`: a hash of those words. An entry that the library knows keeps the id by which it is
         known (`ledger.recognise`: same page, same title), so that a new rule re-posts nothing.

Rules of Planet Venus that this matches: ignore_in_feed, filters (regexp_sifter, xpath_sifter for fields), xml_base.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from feeds.core.entries.identity import digest
from feeds.core.links.resolve import absolute
from feeds.core.words.expressions import rewritten
from feeds.core.words.text import plain
from feeds.model.entry import Parsed, RawEntry, Text
from feeds.model.oddity import Effect
from feeds.model.quick import replace
from feeds.model.source import FeedInfo, Field, IdRule, Options, Rewrite, WordField

Step = Callable[[RawEntry], RawEntry]

EMPTY: Mapping[Field, Mapping[str, Any]] = {
    "title": {"title": None},
    "summary": {"summary": None},
    "content": {"content": None},
    "author": {"authors": ()},
    "date": {"published": None, "updated": None},
    "updated": {"updated": None},
    "guid": {"guid": "", "guid_is_permalink": False},
    "link": {"url": ""},
    "tags": {"tags": (), "categories": (), "labels": ()},
    "image": {"image": None},
    "enclosures": {"enclosures": (), "podcast": None},
    "language": {"language": ""},
    "rights": {"rights": "", "licence": ""},
    "comments": {"comments": "", "comments_feed": "", "answers": ()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    parsed: Parsed
    effects: tuple[Effect, ...] = ()  # one for each override, also where it met nothing


def amend(parsed: Parsed, options: Options, url: str) -> Amended:
    """Return what *parsed*, which was read at *url*, says under *options*."""
    entries, effects = parsed.entries, []
    for option, names, step in _steps(options, parsed.info, url):
        after = tuple(map(step, entries))
        effects.append(_effect(option, names, entries, after))
        entries = after
    return Amended(parsed=replace(parsed, entries=entries) if effects else parsed, effects=tuple(effects))


def _steps(options: Options, info: FeedInfo, url: str) -> Iterator[tuple[str, tuple[str, ...], Step]]:
    """Give the overrides, each with the attributes of an entry that it concerns."""
    if options.base != "document":
        ground = {"feed": url, "site": absolute(info.home, url) or url, "page": ""}[options.base]
        yield f"base: {options.base}", ("base_url",), partial(_based, ground, url)
    for field in options.ignore:
        yield f"ignore: {field}", tuple(EMPTY[field]), partial(_without, EMPTY[field])
    for change in options.rewrite:
        option = f"rewrite: {change.field} '{change.find}' to '{change.replace}'"
        yield option, tuple(EMPTY[change.field]), partial(_rewritten, change)
    if options.ids != "guid":
        yield f"ids: {options.ids}", ("guid",), partial(_identified, options.ids)


def _based(ground: str, url: str, raw: RawEntry) -> RawEntry:
    base = ground or absolute(raw.url, url) or url
    return raw if raw.base_url == base else replace(raw, base_url=base)


def _without(nothing: Mapping[str, Any], raw: RawEntry) -> RawEntry:
    return replace(raw, **nothing)


def _rewritten(change: Rewrite, raw: RawEntry) -> RawEntry:
    return replace(raw, **WORDS[change.field](raw, partial(rewritten, find=change.find, replace=change.replace)))


Words = Callable[[str], str]


def _of_text(name: str) -> Callable[[RawEntry, Words], dict[str, Any]]:
    def change(raw: RawEntry, words: Words) -> dict[str, Any]:
        found: Text | None = getattr(raw, name)
        return {name: replace(found, value=words(found.value)) if found else None}

    return change


def _of_tags(raw: RawEntry, words: Words) -> dict[str, Any]:
    return {name: tuple(filter(None, map(words, getattr(raw, name)))) for name in ("tags", "categories")}


WORDS: Mapping[WordField, Callable[[RawEntry, Words], dict[str, Any]]] = {
    "title": _of_text("title"),
    "summary": _of_text("summary"),
    "content": _of_text("content"),
    "author": lambda raw, words: {"authors": tuple(replace(a, name=words(a.name)) for a in raw.authors)},
    "guid": lambda raw, words: {"guid": words(raw.guid)},
    "link": lambda raw, words: {"url": words(raw.url)},
    "tags": _of_tags,
}


def _identified(rule: IdRule, raw: RawEntry) -> RawEntry:
    title, body = raw.title or Text(value=""), raw.content or raw.summary or Text(value="")
    parts = {"link": (), "title_link": (" ".join(plain(title.value).split()), raw.url), "content": (plain(body.value),)}
    words = parts[rule]
    guid = f"{rule}:{digest(*words)}" if any(words) else ""  # nothing to hash: as a feed without ids is read
    return replace(raw, guid=guid, guid_is_permalink=False)


def _effect(option: str, names: tuple[str, ...], before: tuple[RawEntry, ...], after: tuple[RawEntry, ...]) -> Effect:
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    if not changed:
        return Effect(option=option)
    old, new = changed[0]
    return Effect(option=option, entries=len(changed), before=_said(old, names), after=_said(new, names))


def _said(raw: RawEntry, names: tuple[str, ...]) -> str:
    """Show what an entry holds under *names*, in one short line; '' for nothing."""
    return "; ".join(filter(None, (_shown(getattr(raw, name)) for name in names)))[:200]


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, bool) or value is None:
        return ""
    for name in ("value", "name", "url"):
        if found := getattr(value, name, ""):
            return " ".join(str(found)[:400].split())
    return " ".join(str(value)[:400].split())
