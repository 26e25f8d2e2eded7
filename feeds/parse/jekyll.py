"""What a Jekyll site's `_config.yml` and file names say of its posts.

Source: Jekyll 4.3.1, run on each case (time zone Asia/Seoul) and read (`document.rb`, `frontmatter_defaults.rb`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from feeds.model.entry import Person
from feeds.parse.dates import read_date
from feeds.parse.fields import Fields, below, unplaced
from feeds.parse.front_matter import fail
from feeds.parse.yaml_tree import Flaw, Items, Node, Scalar, Table, load

CONFIG = "_config.yml"
FOLDERS = ("_posts", "_drafts")
DATED_NAME = re.compile(r"(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-(?P<slug>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One item of `defaults`: which posts, and what they start from."""

    path: str = ""
    type: str | None = None
    values: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What we use of `_config.yml`; '' where it says nothing."""

    title: str = ""
    description: str = ""
    url: str = ""
    baseurl: str = ""  # starts with '/' and does not end with one
    permalink: str = ""
    timezone: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    excerpt_separator: str = ""
    future: bool = False
    scopes: tuple[Scope, ...] = ()


class FileName(NamedTuple):
    """A post's file name, taken apart. *date* is as written, '' where the name has none that exists."""

    date: str
    slug: str
    suffix: str
    folders: tuple[str, ...]  # above `_posts`: Jekyll makes categories of them
    draft: bool  # below `_drafts`


@lru_cache(maxsize=16)
def read_config(text: str) -> Config:
    """Return what `_config.yml` says. Raises `PostError` that names its place: without it every URL would move."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        node = load(text, strict=False, largest=512 * 1024, events=100_000)
        if node is not None and not isinstance(node, Table):
            raise Flaw("the configuration must consist of `key: value` lines", node.line, node.column)
    except Flaw as flaw:
        fail(flaw, text, CONFIG)
    fields = Fields(node.fields if node else {}, CONFIG)
    base = fields.text("baseurl").strip("/")
    future = fields.get("future")
    return Config(
        title=fields.text("title", "name"),
        description=fields.text("description"),
        url=fields.text("url").rstrip("/"),
        baseurl=f"/{base}" if base else "",
        permalink=fields.text("permalink"),
        timezone=fields.text("timezone"),
        language=fields.text("lang", "locale", "language").replace("_", "-"),
        authors=fields.people("author", "authors"),
        excerpt_separator=fields.text("excerpt_separator"),
        future=isinstance(future, Scalar) and future.text.lower() == "true",
        scopes=_scopes(fields.get("defaults")),
    )


def file_name(path: str) -> FileName:
    """Take *path* apart: `tech/_posts/2024-1-2-제목.md` is of 2024-1-2, slug `제목`, folder `tech`."""
    *folders, name = path.split("/")
    stem, dot, suffix = name.rpartition(".")
    special = next((n for n, folder in enumerate(folders) if folder in FOLDERS), None)
    above = folders[:special] if special is not None else []
    draft = special is not None and folders[special] == "_drafts"
    dated = DATED_NAME.fullmatch(stem)
    date, slug = (dated["date"], dated["slug"]) if dated else ("", stem)
    return FileName(_full_year(date), slug or stem, dot + suffix, tuple(f for f in above if f), draft)


def _full_year(date: str) -> str:
    """Two digits of a year as Ruby reads them: up to 68 of this century."""
    year, dash, rest = date.partition("-")
    if len(year) == 2:
        year = ("20" if int(year) < 69 else "19") + year
    elif len(year) == 3:
        return ""
    return year + dash + rest


def defaults(config: Config, path: str) -> dict[str, Node]:
    """Return what the post at *path* starts from: all scopes that hold it, the narrower winning."""
    kind = "drafts" if file_name(path).draft else "posts"
    merged: dict[str, Node] = {}
    best: Scope | None = None
    for scope in config.scopes:
        if not _applies(scope, path, kind):
            continue
        if best is None or _precedes(best, scope):
            merged, best = below(scope.values, merged), scope
        else:
            merged = below(merged, scope.values)
    return merged


def jekyll_date(node: Scalar, zone: str, *, yaml: bool) -> datetime | None:
    """Return the moment that a front matter `date` names, None where it cannot be read.

    Jekyll's YAML reader takes an unquoted date and time *with seconds* and without a zone as UTC; everything else
    without a zone is local: `2024-01-01 20:00:00` in Seoul is 05:00 of the next day, `2024-01-01 20:00` is 20:00.
    """
    naive = re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d\d:\d\d(?:\.\d*)?", node.text.strip())
    return read_date(node.text, "UTC" if naive and node.plain and yaml else zone)


def _scopes(node: Node | None) -> tuple[Scope, ...]:
    return tuple(_scope(each) for each in node.items if isinstance(each, Table)) if isinstance(node, Items) else ()


def _scope(table: Table) -> Scope:
    values = table.fields.get("values")
    fields = Fields(table.fields, CONFIG)
    path = fields.text("scope.path").strip("/")
    return Scope(
        path=path,
        type=fields.text("scope.type") or None,
        values={k.lower(): unplaced(n) for k, n in values.fields.items()} if isinstance(values, Table) else {},
    )


def _applies(scope: Scope, path: str, kind: str) -> bool:
    if scope.type not in (None, kind):
        return False
    if "*" in scope.path:
        return fnmatchcase(path, scope.path) or fnmatchcase(path, scope.path + "/*")
    return not scope.path or path == scope.path or path.startswith(scope.path + "/")


def _precedes(old: Scope, new: Scope) -> bool:
    """Whether *new* wins over *old*: by the longer path, then by naming a type, then by coming later."""
    if len(old.path) != len(new.path):
        return len(new.path) > len(old.path)
    return new.type is not None or old.type is None
