"""Eleventy: data of folders below front matter, dates in UTC, permalinks with the usual placeholders.

Eleventy makes a page of every file; which are posts, each site says in its own way. Here: those that name a tag of
`POSTS`, in front matter or in their folder's data, and those below a folder of such a name. What is kept out of
collections or has no page of its own (`permalink: false`) is none.

Source: Eleventy 3.1.8, run on each case, and 11ty.dev, "Data cascade", "Content dates", "Permalinks".
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from unicodedata import normalize

from feeds.errors import PostError
from feeds.model.source import Document
from feeds.parse.kinds import script, usual
from feeds.parse.kinds.kind import Config, FileName, Kind, Post
from feeds.parse.kinds.plain import SHELVES
from feeds.parse.kinds.settings import read_settings
from feeds.parse.posts import front_matter, permalink
from feeds.parse.posts.fields import unplaced
from feeds.parse.posts.front_matter import FrontMatter
from feeds.parse.posts.liquid import Site, expand
from feeds.parse.posts.yaml_tree import Items, Node, Scalar
from feeds.parse.times.dates import read_date

POSTS = SHELVES | {"writing", "essays", "entries", "journal"}
MEANS_NOTHING = POSTS | {"all", "nav"}  # tags that gather pages and say nothing of them
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DATELESS = re.compile(r"(?:git )?(?:last modified|created)\s*$|\s*(?:0\d{3}|9999)-", re.IGNORECASE)
# What Luxon's `fromISO` and js-yaml read as dates, of the forms that people write.
READ = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?")
YAML_TIME = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?")
SCRIPT = re.compile(r"\s*---[ \t]*(?:js|javascript)[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r"\{\{-?\s*([\w.]+)\s*((?:\|[^{}]*)?)-?\}\}")
SPELT = {"&": " and ", "ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue"}  # Source: sindresorhus/slugify


@lru_cache(maxsize=16)
def read_config(text: str, name: str) -> Config:
    """Return what the script says plainly of folders."""
    prefix = script.constant(text, "pathPrefix").strip("/")
    return Config(
        content=(script.constant(text, "input") or script.argument(text, "setInputDirectory")).strip("./"),
        baseurl=f"/{prefix}" if prefix else "",
    )


def read_front_matter(text: str, file: str) -> FrontMatter:
    """Return the front matter of a file: of one in JavaScript (`---js`) what it says plainly."""
    found = SCRIPT.match(text)
    if found is None:
        return front_matter.read(text, file)
    line = text.count("\n", 0, found.end()) + 1
    return FrontMatter(fields=script.values(found[1]), form="headers", body=text[found.end() :], line=line)


def file_name(path: str, config: Config) -> FileName:
    """Take a name apart: the first date in the whole path counts, and the name goes without its own."""
    name = usual.split(path)
    found = DATE.search(path)
    last = path.rpartition("/")[0].rpartition("/")[2]
    slug = usual.split(f"{last}.x").slug if name.slug == "index" and last else name.slug
    return name._replace(date=found[0] if found else "", slug=slug)


def defaults(document: Document, path: str, config: Config) -> Mapping[str, Node]:
    """Return what the post starts from: the data of its folders and of itself, the nearest winning; tags add up."""
    merged: dict[str, Node] = {}
    for nodes in _data(document, path):
        tags = (*_texts(merged.get("tags")), *_texts(nodes.get("tags")))
        merged |= nodes
        if tags:
            merged["tags"] = Items(items=tuple(Scalar(text=tag) for tag in dict.fromkeys(tags)))
    return merged


def is_post(post: Post) -> bool:
    """Tell whether a file is a post: its collection or folder is called so, and it is no list and not left out."""
    fields = post.fields
    if _is(fields.get("eleventyexcludefromcollections"), "true") or _is(fields.get("permalink"), "false"):
        return False
    if fields.get("pagination"):
        return False
    folders = {folder.lower() for folder in post.path.split("/")[:-1]}
    named = {tag.lower() for tag in _all_tags(post)}
    is_list = post.path.count("/") == 1 and post.path.rpartition("/")[2].startswith("index.")
    return bool(named & POSTS) or (bool(folders & POSTS) and not is_list)


def moment(post: Post, node: Scalar) -> datetime | None:
    """Return a date; without an offset it is of UTC."""
    found = read_date(node.text, "UTC")
    if found and not (READ.fullmatch(node.text.strip()) or (node.plain and YAML_TIME.fullmatch(node.text.strip()))):
        remedy = "Eleventy refuses this date; write it as 2024-01-31T10:00:00+09:00"
        post.fields.note(f"`{node.text[:40]}`: {remedy}", node)
    return found


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    """Return a post's address: its `permalink`, else its file's, where one called as its folder is its index."""
    pattern = post.fields.text("permalink")
    if pattern:
        written = _filled(pattern, post)
        if written is not None:
            path = permalink.tidy("/" + permalink.given(written))
            return path.removesuffix("index.html") if path.endswith("/index.html") else path
        post.fields.note(f"`permalink: {pattern}` needs Eleventy to run; the usual place was taken")
    *folders, name = post.path.split("/")
    stem = name.rpartition(".")[0]
    last = [] if stem == "index" or (folders and stem == folders[-1]) else [stem]
    return permalink.plain("/".join([*folders, *last, "index.x"]), "")


def tags(post: Post) -> tuple[str, ...]:
    return tuple(tag for tag in _all_tags(post) if tag.lower() not in MEANS_NOTHING)


def body(post: Post, url: str) -> str:
    """Return the text with the Liquid or Nunjucks done that is the same in both."""
    values = {"title": post.fields.text("title"), "page.url": url.removeprefix(post.root)}
    site = Site(url=post.home, baseurl=post.config.baseurl, post_url=lambda name: "", values=values)
    return expand(post.matter.body, site, post.fields, post.matter.line)


KIND = Kind(
    name="eleventy",
    shown="Eleventy",
    dates=("date",),
    updated=usual.UPDATED,
    summary=("description", "summary", "excerpt"),
    dateless=DATELESS,
    zone="UTC",
    read_config=read_config,
    read_front_matter=read_front_matter,
    file_name=file_name,
    defaults=defaults,
    moment=moment,
    is_post=is_post,
    place=place,
    title=usual.title,
    categories=lambda post: (*usual.listed(post, "categories"), *usual.single(post, "category")),
    tags=tags,
    hold=usual.hold,
    body=body,
)


def _data(document: Document, path: str) -> Iterator[Mapping[str, Node]]:
    """Give the data of the folders above a post from the outermost, then its own (`a.11tydata.json` of `a.md`)."""
    known = dict(document.folder.data)
    *folders, name = document.path.split("/")
    places = ["/".join([*folders[:n], folders[n - 1]]) for n in range(1, len(folders) + 1)]
    above = path.split("/")[: -len(folders) - 1]
    for stem in (*above[-1:], *places, "/".join([*folders, name.rpartition(".")[0]])):
        for suffix in ("json", "11tydata.json", "11tydata.js", "11tydata.mjs", "11tydata.cjs"):
            if (text := known.get(f"{stem}.{suffix}")) is not None:
                yield _read(text, f"{stem}.{suffix}")


@lru_cache(maxsize=256)
def _read(text: str, name: str) -> Mapping[str, Node]:
    """Return the data of one file; of a script what it says plainly. One that cannot be read says nothing."""
    if name.endswith(".json"):
        try:
            return {key: unplaced(node) for key, node in read_settings(text, name).items()}
        except PostError:
            return {}
    found: dict[str, Node] = {}
    for key in ("permalink", "author", "lang", "category", "draft"):
        if value := script.constant(text, key):
            found[key] = Scalar(text=value, plain=False)
    if tags := script.constants(text, "tags"):
        found["tags"] = Items(items=tuple(Scalar(text=tag) for tag in tags))
    return found


def _all_tags(post: Post) -> tuple[str, ...]:
    """Return the post's own tags and those of its folders; a text is one tag."""
    above = _texts(defaults(post.document, post.path, post.config).get("tags"))
    return tuple(dict.fromkeys((*above, *_texts(post.fields.get("tags")))))


def _texts(node: Node | None) -> tuple[str, ...]:
    nodes = node.items if isinstance(node, Items) else (node,)
    return tuple(each.text.strip() for each in nodes if isinstance(each, Scalar) and each.text.strip())


def _filled(pattern: str, post: Post) -> str | None:
    """Return *pattern* with its outputs filled; None where one of them only Eleventy knows."""
    stem = post.path.rpartition(".")[0]
    folder = stem.rpartition("/")[0]
    node = post.fields.scalar("date")
    date = read_date(node.text if node else post.name.date, "UTC")
    values = {
        "page.fileSlug": post.name.slug,
        "page.filePathStem": "/" + "/".join(filter(None, (folder, usual.split(f"{stem}.x").slug))),
        "title": post.fields.text("title"),
        "slug": post.fields.text("slug"),
    }
    lost: list[str] = []

    def fill(found: re.Match[str]) -> str:
        filters = [part.strip() for part in found[2].split("|")[1:]]
        shown = _date(date, filters) if found[1] in ("page.date", "date") else _text(values.get(found[1]), filters)
        lost.extend([found[0]] if shown is None else [])
        return shown or ""

    filled = OUTPUT.sub(fill, pattern)
    return None if lost or re.search(r"\{[{%]", filled) else filled


def _text(value: str | None, filters: list[str]) -> str | None:
    for name in filters:
        if value is None or name not in ("slug", "slugify", "downcase", "lower"):
            return None
        value = value.lower() if name in ("downcase", "lower") else slugify(value)
    return value or None


def _date(date: datetime | None, filters: list[str]) -> str | None:
    found = re.fullmatch(r"date:?\s*\(?[\"']([%\w/. -]+)[\"']\)?", filters[0]) if len(filters) == 1 else None
    return date.astimezone(UTC).strftime(found[1]) if date and found and "%" in found[1] else None


def slugify(text: str) -> str:
    """Return *text* as Eleventy's `slugify` has it: Latin letters and digits, the rest is '-'."""
    text = normalize("NFC", text).lower()
    for sign, spelt in SPELT.items():
        text = text.replace(sign, spelt)
    text = normalize("NFKD", re.sub(r"(?<=\w)['’](?=\w)", "", text)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def _is(node: Node | None, word: str) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text.lower() == word
