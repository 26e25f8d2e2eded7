"""Jekyll: `_config.yml`, names of files, dates, URLs, categories, and the Liquid in a post.

Two exceptions that a news desk wants: a post whose file name has no date is taken (Jekyll passes it over), and `draft:
true` holds a post back wherever it lies (Jekyll looks at `_drafts` only).

Source: Jekyll 4.3.1, run on each case (time zone Asia/Seoul) and read (`document.rb`, `frontmatter_defaults.rb`).
"""

import re
from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import quote, unquote

from feeds.parse.kinds import usual
from feeds.parse.kinds.kind import Config, FileName, Kind, Post, Scope
from feeds.parse.posts import permalink
from feeds.parse.posts.fields import Fields, below, unplaced
from feeds.parse.posts.front_matter import fail
from feeds.parse.posts.links import to_post
from feeds.parse.posts.liquid import Site, expand
from feeds.parse.posts.yaml_tree import Flaw, Items, Node, Scalar, Table, load
from feeds.parse.times.dates import read_date

CONFIG = "_config.yml"
LOCAL = re.compile(r"//(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::|$)")  # what a site is built for at a desk
FOLDERS = ("_posts", "_drafts")


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
        nodes=fields.nodes,
    )


def file_name(path: str) -> FileName:
    """Take *path* apart: `tech/_posts/2024-1-2-제목.md` is of 2024-1-2, slug `제목`, folder `tech`."""
    *folders, name = path.split("/")
    special = next((n for n, folder in enumerate(folders) if folder in FOLDERS), None)
    above = folders[:special] if special is not None else []
    draft = special is not None and folders[special] == "_drafts"
    return usual.split(name)._replace(folders=tuple(f for f in above if f), draft=draft)


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


def is_post(post: Post) -> bool:
    """Whether Jekyll takes the file for a post: without front matter it needs a date in its name."""
    return bool(post.matter.form or post.name.date)


def feed_id(post: Post, url: str) -> str:
    """Return the id by which jekyll-feed names the post: the folder of its URL, then its slug as it was written.

    It begins with the address in `_config.yml`, wherever the site is published today: subscribers know that one.

    Source: jekyll-feed 0.17 `feed.xml` (`post.id | absolute_url`), Jekyll 4.3.1 `DocumentDrop#id`; both run.
    """
    host, path = usual.address(post.config.url)
    root = host + path + post.config.baseurl if host and not LOCAL.search(host) else post.root
    folder = root + url.removeprefix(post.root).removesuffix("/").rpartition("/")[0]
    slug = post.fields.text("slug") or post.name.slug
    return quote(normalize("NFC", unquote(f"{folder}/{slug}")), safe="/:!$&'()*+,;=@~")


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    """Return the post's path. Only the configuration names styles: a post's `pretty` is the page /pretty."""
    own = post.fields.text("permalink")
    parts = permalink.Parts(
        slug=post.fields.text("slug") or post.name.slug,
        name=post.name.slug,
        categories=categories,
        date=post.local(stated) if stated else None,
        path=post.path.rpartition("_posts/")[2].rpartition(".")[0],
    )
    return permalink.jekyll(f"/{own}" if own else post.config.permalink, parts)


def title(post: Post) -> str:
    """Return the title: stated, else the file's name as Jekyll spells it."""
    slug = post.name.slug
    return post.fields.text("title") or " ".join(word.capitalize() for word in slug.split("-")).strip() or slug


def categories(post: Post) -> tuple[str, ...]:
    """Return categories as Jekyll makes URLs from them: folders above `_posts`, `categories`, then `category`."""
    return (*post.name.folders, *post.fields.names("categories", jekyll=True), *usual.single(post, "category"))


def tags(post: Post) -> tuple[str, ...]:
    return (*post.fields.names("tags", jekyll=True), *usual.single(post, "tag"))


def body(post: Post, url: str) -> str:
    """Return the text with its Liquid done, as far as it can be."""
    config = post.config
    values: Mapping[str, str] = {
        "site.title": config.title,
        "site.description": config.description,
        "site.lang": config.language,
        "page.title": post.fields.text("title"),
        "page.url": url.removeprefix(post.home),
    }

    def post_url(name: str) -> str:
        """The address of another post, with where its name alone says that it stands: it may have categories."""
        folder, _, last = name.rpartition("/")
        known = file_name(f"{folder}/_posts/{last}.md" if folder else f"_posts/{last}.md")
        date = read_date(known.date, "UTC") if known.date else None
        parts = permalink.Parts(slug=known.slug, name=known.slug, date=date, path=name)
        return to_post(name, f"{config.baseurl}{permalink.jekyll(config.permalink, parts)}")

    site = Site(url=post.home, baseurl=config.baseurl, post_url=post_url, values=values)
    return expand(post.matter.body, site, post.fields, post.matter.line)


KIND = Kind(
    name="jekyll",
    shown="Jekyll",
    dates=("date",),
    updated=usual.UPDATED,
    wants_date=True,
    is_post=is_post,
    defaults=lambda document, path, config: defaults(config, path),
    read_config=lambda text, name: read_config(text),
    file_name=lambda path, config: file_name(path),
    moment=lambda post, node: jekyll_date(node, post.zone, yaml=post.matter.form == "yaml"),
    place=place,
    title=title,
    categories=categories,
    tags=tags,
    hold=usual.hold,
    body=body,
    feed_id=feed_id,
)
