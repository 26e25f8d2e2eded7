"""Sources as the file names them: content folders first, then feeds, files and lists, in the order of the file."""

import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from feeds.config import lists, names
from feeds.config.listed import Feeds, Listed, same
from feeds.config.nodes import Node
from feeds.config.parts import Item, Parts
from feeds.config.references import without
from feeds.config.schema import AuthKeys, ContentKeys, DefaultsKeys, SourceKeys
from feeds.config.sheet import shown
from feeds.core.words import expressions
from feeds.model.source import Kind, Options, Rewrite, Source

ON_DISK = timedelta(seconds=30)  # looking at a folder costs next to nothing
SOONEST = timedelta(minutes=1)  # to ask a server more often is rude

Read: TypeAlias = Item[ContentKeys] | Item[SourceKeys]


def sources(parts: Parts) -> tuple[Source, ...]:
    """Return every source; what several of them must agree on is checked here, its faults are in the sheet."""
    return tuple(_Row(parts).all())


def items(parts: Parts) -> Mapping[str, Node]:
    """Return the item of the file behind each source, by the source's id; feeds of one list share theirs."""
    row = _Row(parts)
    return {source.id: row.items[source.id] for source in row.all()}


class _Row:
    """Sources in the making: their ids and their places must differ."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.sheet = parts, parts.sheet
        self.defaults, self.site = parts.defaults.keys, parts.site.keys
        self.ids: dict[str, Node] = {}
        self.items: dict[str, Node] = {}
        self.places: dict[str, Node] = {}  # by what two spellings of a place share
        self.order = 0

    def all(self) -> Iterator[Source]:
        if self.defaults.every < SOONEST:
            self._too_soon(self.parts.defaults.at("every"))
        self._check_groups(self.parts.defaults)
        read: tuple[Read, ...] = (*self.parts.content, *self.parts.sources)
        for item in read:
            self._claim_id(item)
        for source in self.parts.sources:
            self._check_groups(source)
        chosen = [(source, self._chosen(source)) for source in self.parts.sources]
        for source, key in chosen:
            if key == "url":  # before any list is opened: what the file says itself goes first
                self._claim(source.at("url"), "url", same(str(source.keys.url)))
        for content in self.parts.content:
            yield self._content(content)
        for source, key in chosen:
            match key:
                case "url":
                    yield self._feed(source)
                case "file":
                    yield self._file(source)
                case "opml":
                    yield from self._list(source)

    def _chosen(self, item: Item[SourceKeys]) -> str:
        """Return which of the three keys *item* has, '' where none is sound."""
        given = [key for key in ("url", "file", "opml") if key in item.node.pairs]
        if len(given) == 1:
            return given[0] if item.has(given[0]) else ""
        said = f"this one has {' and '.join(given)}" if given else "this one has none of them"
        self.sheet.fault(item.node, f"a source has one of url, file and opml; {said}")
        return ""

    def _content(self, item: Item[ContentKeys]) -> Source:
        node, path = item.at("path"), self._path(item.keys.path)
        if not path.is_dir():
            remedy = "give the folder of the posts, relative to the folder of this file"
            self.sheet.fault(node, f"path is {shown(node)}, which is no folder; {remedy}")
        self._claim(node, "path", f"content {path.resolve()}")
        home = item.keys.url or self.site.url
        name = names.from_path(without(node.text).strip("./") or path.name)
        return self._source(item, "content", str(path), name, node.text, item.keys.every or ON_DISK, home=home)

    def _file(self, item: Item[SourceKeys]) -> Source:
        node, path = item.at("file"), self._path(str(item.keys.file))
        if not path.is_file():
            message = f"file is {shown(node)}, which does not exist; it is read as soon as it does"
            self.sheet.fault(node, message, level="warning")
        self._claim(node, "file", f"file {path.resolve()}")
        name = names.from_path(without(node.text))
        return self._source(item, "file", str(path), name, node.text, item.keys.every or ON_DISK)

    def _feed(self, item: Item[SourceKeys]) -> Source:
        raw = item.at("url").text
        every = self._every(item)
        auth = item.keys.auth
        if auth and (auth.token is None) == (auth.user is None or auth.password is None):
            self.sheet.fault(item.at("auth"), "auth has user and password, or a token; give one of the two")
        return self._source(item, "feed", str(item.keys.url), names.from_url(without(raw)), raw, every)

    def _list(self, item: Item[SourceKeys]) -> Iterator[Source]:
        """Expand a list: feeds that the file names elsewhere keep what is said there."""
        for key in ("id", "title"):
            if item.has(key):
                self.sheet.fault(item.at(key), f"{key} is given to a list, which has many feeds; leave it out")
        if item.has("auth"):  # one secret for many servers is none
            self.sheet.fault(item.at("auth"), "auth is given to a list; give it to the feed, as a source of its own")
        every = self._every(item)
        for feed in self._listed(item).feeds:
            if self.places.setdefault(same(feed.url), item.node) is item.node:
                yield self._source(item, "feed", feed.url, names.from_url(feed.url), feed.url, every, listed=feed)

    def _listed(self, item: Item[SourceKeys]) -> Feeds:
        node = item.at("opml")
        try:
            found = lists.read(lists.opened(self._path(str(item.keys.opml))))
        except OSError as error:
            reason = error.strerror or str(error)
            self.sheet.fault(node, f"opml is {shown(node)}, which cannot be read ({reason}); give the path of a list")
            return Feeds()
        for problem in found.problems:
            self.sheet.fault(node, f"{shown(node)}: {problem}", level="warning")
        return found

    def _source(
        self,
        item: Read,
        kind: Kind,
        location: str,
        name: str,
        place: str,
        every: timedelta,
        *,
        home: str = "",
        listed: Listed | None = None,
    ) -> Source:
        """Make a source; *name* is its id where none is given, made unique by *place* as the file writes it."""
        keys = item.keys
        source_id = keys.id or names.unique(name, place, self.ids)
        self.ids.setdefault(source_id, item.node)
        self.items[source_id] = item.node
        self.order += 1
        return Source(
            id=source_id,
            kind=kind,
            location=location,
            title=keys.title or (listed.title if listed else ""),
            home=home,
            categories=tuple(dict.fromkeys([*keys.categories, *(listed.categories if listed else ())])),
            every=every,
            prefer=keys.prefer,
            enabled=keys.enabled and (listed is None or listed.enabled),
            order=self.order - 1,
            options=options(keys, self.defaults, self.site.timezone, web=kind == "feed"),
        )

    def _path(self, text: str) -> Path:
        return Path(os.path.normpath(self.sheet.folder / text))

    def _check_groups(self, item: Item[SourceKeys] | Item[DefaultsKeys]) -> None:
        for change in item.keys.rewrite:
            if number := expressions.missing_group(change.find, change.replace):
                message = f"replace names group \\{number}, which find does not have; write \\\\ for a backslash"
                self.sheet.fault(item.at("rewrite"), message)

    def _claim_id(self, item: Read) -> None:
        node = item.at("id")
        first = self.ids.setdefault(item.keys.id, node) if item.keys.id else node
        if first is not node:
            message = f"id {shown(node)} is given twice; line {first.line} has it already: ids must differ"
            self.sheet.fault(node, message)

    def _claim(self, node: Node, key: str, place: str) -> None:
        first = self.places.setdefault(place, node)
        if first is not node:
            self.sheet.fault(
                node, f"{key} {shown(node)} is a source already, in line {first.line}; keep one of the two"
            )

    def _every(self, item: Item[SourceKeys]) -> timedelta:
        if item.keys.every is not None and item.keys.every < SOONEST:
            self._too_soon(item.at("every"))
        return item.keys.every or self.defaults.every

    def _too_soon(self, node: Node) -> None:
        self.sheet.fault(node, f"every is {shown(node)}; give 1m or longer for feeds on the web")


def options(keys: ContentKeys | SourceKeys, defaults: DefaultsKeys, zone: str, *, web: bool) -> Options:
    """Return how a source is read: what it says itself, else the defaults; rules and headers add up."""
    timezone = keys.timezone or defaults.timezone
    kind, date_from = defaults.kind, defaults.date_from
    headers, agent = dict[str, str](), ""
    if isinstance(keys, ContentKeys):
        kind, date_from = keys.kind or kind, keys.date_from or date_from
    if web and isinstance(keys, SourceKeys):
        headers, agent = {**defaults.headers, **keys.headers}, keys.user_agent or defaults.user_agent or ""
        headers |= _authorization(keys.auth)
    read = Options(
        content=keys.content or defaults.content,
        timezone=zone if timezone == "site" else timezone,
        keep=keys.keep or defaults.keep,
        revisions=defaults.revisions if keys.revisions is None else keys.revisions,
        drop=(*defaults.drop, *keys.drop),
        encoding=keys.encoding or defaults.encoding or "",
        kind=kind,
        date_from=date_from,
        headers=headers,
        user_agent=agent,
        future=defaults.future,
        alone=keys.alone,
    )
    return read if isinstance(keys, ContentKeys) else _amended(read, keys, defaults)


def _amended(read: Options, keys: SourceKeys, defaults: DefaultsKeys) -> Options:
    """Add what is said of feeds and files alone."""
    changes = (*defaults.rewrite, *keys.rewrite)
    return replace(
        read,
        only=keys.only or defaults.only,
        future=keys.future or defaults.future,
        deletions=keys.deletions or defaults.deletions,
        ignore=tuple(dict.fromkeys((*defaults.ignore, *keys.ignore))),
        rewrite=tuple(Rewrite(field=c.field, find=c.find, replace=c.replace) for c in changes),
        base=keys.base or defaults.base,
        ids=keys.ids or defaults.ids,
        up_to=keys.up_to or defaults.up_to,
        first=defaults.first if keys.first is None else keys.first,
    )


def _authorization(auth: AuthKeys | None) -> dict[str, str]:
    """Return the header by which a source's owner is known (RFC 7617 §2 in UTF-8, RFC 6750 §2.1)."""
    if auth is None:
        return {}
    if auth.token:
        return {"Authorization": f"Bearer {auth.token}"}
    pair = f"{auth.user or ''}:{auth.password or ''}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
