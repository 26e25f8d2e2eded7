"""Rules that several generators share, for the tables of their kinds."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from urllib.parse import urlsplit

from feeds.parse.kinds.kind import FileName, Hold, Post, zone_named
from feeds.parse.posts import permalink
from feeds.parse.posts.body import first_heading
from feeds.parse.posts.yaml_tree import Items, Scalar
from feeds.parse.times.dates import read_date

UPDATED = ("last_modified_at", "updated", "lastmod", "modified", "updated_at", "updateddate", "last_modified")
# A fenced block, to its end or the text's; code within a line.
CODE = re.compile(
    r"^ {0,3}(`{3,}+(?=[^`\n]*\n)|~{3,}+)[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|(?<!`)(`++)[^\n]*?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)
OFFSET = re.compile(r"(?P<utc>Z|UTC|GMT)$|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)$")
DATED_NAME = re.compile(r"(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-(?P<slug>.*)")


def address(text: str) -> tuple[str, str]:
    """Return scheme and host of a site's address, and its path as a baseurl; '' for what is none."""
    try:
        parts = urlsplit(text.strip())
        host = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return "", ""
    path = parts.path.strip("/")
    return host, f"/{path}" if path else ""


def moment(post: Post, node: Scalar) -> datetime | None:
    return read_date(node.text, post.zone)


def own_time(text: str, zone: str) -> datetime | None:
    """Return the date that *text* names by the clock of its own offset, or of *zone*: whose day paths are named by."""
    found = read_date(text, zone)
    return found.astimezone(_offset(text.strip()) or zone_named(zone)) if found else None


def _offset(text: str) -> tzinfo | None:
    found = OFFSET.search(text) if len(text) > 10 else None
    if found is None or found["utc"]:
        return UTC if found else None
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    return timezone(-offset if found["sign"] == "-" else offset)


def split(path: str) -> FileName:
    """Take the last part of *path* apart: `2024-1-2-제목.md` is of 2024-1-2, slug `제목`."""
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    dated = DATED_NAME.fullmatch(stem)
    date, slug = (dated["date"], dated["slug"]) if dated else ("", stem)
    return FileName(_full_year(date), slug or stem, dot + suffix)


def _full_year(date: str) -> str:
    """Two digits of a year as Ruby reads them: up to 68 of this century."""
    year, dash, rest = date.partition("-")
    if len(year) == 2:
        year = ("20" if int(year) < 69 else "19") + year
    elif len(year) == 3:
        return ""
    return year + dash + rest


def stated_title(post: Post) -> str:
    """Return the title that is stated, else the first heading; '' without either."""
    return post.fields.text("title") or first_heading(post.matter.body)


def title(post: Post) -> str:
    """Return the title: stated, else the first heading, else the file's name or, of an index, its folder's."""
    slug = post.name.slug
    stem = post.path.rpartition("/")[0].rpartition("/")[2] if slug.lower() == "index" else slug
    return stated_title(post) or re.sub(r"[-_]+", " ", stem).strip() or slug


def single(post: Post, key: str) -> tuple[str, ...]:
    """Return what stands under a key that names one thing: `category: 기술 개발` is one category."""
    node = post.fields.get(key)
    if isinstance(node, Scalar):
        return (node.text.strip(),) if node.text.strip() else ()
    return post.fields.names(key, jekyll=False)


def listed(post: Post, key: str) -> tuple[str, ...]:
    """Return the names of a list; a text is one of them, whatever blanks and commas it has."""
    node = post.fields.get(key)
    return post.fields.names(key, jekyll=False) if isinstance(node, Items) else single(post, key)


def hold(post: Post) -> Hold:
    """Return why the post is not shown. Where words leave doubt, it is not."""
    fields = post.fields
    if post.name.draft or fields.is_draft():
        return "draft"
    return "unpublished" if fields.is_unpublished("published") or fields.is_unpublished("public") else ""


def given(post: Post, *keys: str) -> str:
    """Return the path that an author wrote, '' for none."""
    written = permalink.given(post.fields.text(*keys))
    return permalink.tidy("/" + written) if written else ""


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return Markdown with what stands outside of code as *change* gives it, piece by piece."""
    out, at = [], 0
    for found in CODE.finditer(text):
        out += [change(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*out, change(text[at:])])
