"""Pelican: `pelicanconf.py` read without running it, headers of three kinds of files, slugs, URLs, links between files.

Exceptions that a news desk wants: a post without a date or a title is taken (Pelican refuses it), and a translation is
an entry of its own, for it has a page of its own.

Source: Pelican 4.8.0, run on each case (time zone Asia/Seoul), and its documentation of settings and content.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from unicodedata import normalize

import re2
from text_unidecode import unidecode

from feeds.parse.kinds import usual
from feeds.parse.kinds.headers import read_headers
from feeds.parse.kinds.kind import Config, FileName, Hold, Kind, Post, Scope
from feeds.parse.kinds.python import read_python
from feeds.parse.posts import permalink
from feeds.parse.posts.fields import Fields, unplaced
from feeds.parse.posts.links import to_post
from feeds.parse.posts.yaml_tree import Items, Node, Scalar, Table
from feeds.parse.times.dates import read_date

# Source: `pelican/settings.py` of 4.8.0; in its order.
SUBSTITUTIONS = ((r"[^\w\s-]", ""), (r"(?u)\A\s*", ""), (r"(?u)\s*\Z", ""), (r"[-\s]+", "-"))
NAMED = r"(?P<date>\d{4}-\d{2}-\d{2}).*"
PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
LINK = re.compile(r"[{|](?P<what>static|attach|filename|category|tag|author|index)[|}](?P<path>[^)\s\"'<>]*)")
READ = (".md", ".markdown", ".mkd", ".mdown", ".rst", ".html", ".htm")  # endings of posts
PLACES = {"category": "category/{slug}.html", "tag": "tag/{slug}.html", "author": "author/{slug}.html"}


@lru_cache(maxsize=16)
def read_config(text: str, name: str) -> Config:
    """Return what the configuration says. Raises `PostError` that names its place."""
    nodes = read_python(text, name)
    fields = Fields(nodes, name)
    host, path = usual.address(fields.text("siteurl"))
    future = fields.get("with_future_dates")
    metadata = fields.get("default_metadata")
    return Config(
        title=fields.text("sitename"),
        description=fields.text("sitesubtitle"),
        url=host,
        baseurl=path,
        content=fields.text("path").strip("./"),
        permalink=fields.text("article_url") or "{slug}.html",
        timezone=fields.text("timezone"),
        language=fields.text("default_lang").replace("_", "-"),
        authors=fields.people("author"),
        future=not (isinstance(future, Scalar) and future.text == "false"),
        scopes=(Scope(values={k.lower(): unplaced(n) for k, n in metadata.fields.items()}),)
        if isinstance(metadata, Table)
        else (),
        nodes=nodes,
    )


def file_name(path: str, config: Config) -> FileName:
    """Take a name apart as `FILENAME_METADATA` and `PATH_METADATA` say; the language and slug that they find count."""
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    settings = Fields(config.nodes, "")
    found = _groups(settings.text("filename_metadata") or NAMED, stem)
    found = _groups(settings.text("path_metadata"), path) | found
    return FileName(
        date=found.get("date", ""),
        slug=found.get("slug", stem),
        suffix=dot + suffix,
        folders=tuple(filter(None, (found.get("category", ""),))),
        language=found.get("lang", ""),
    )


def takes_path(path: str, config: Config) -> bool:
    """Whether an article may lie there: below `ARTICLE_PATHS`, not below `PAGE_PATHS` or what is excluded."""
    settings = Fields(config.nodes, "")
    wanted = _paths(settings.get("article_paths"), ("",))
    pages = _paths(settings.get("page_paths"), ("pages",))
    excluded = (*pages, *_paths(settings.get("article_excludes"), ()))
    name = path.rpartition("/")[2]
    ignored = any(fnmatchcase(name, each) for each in _paths(settings.get("ignore_files"), (".#*",)))
    return _is_below(path, wanted) and not _is_below(path, excluded) and not ignored


def hold(post: Post) -> Hold:
    status = post.fields.text("status").lower()
    if status in ("", "published"):
        return usual.hold(post)
    if status not in ("draft", "hidden", "skip"):
        post.fields.note(f"`status: {status}` is in doubt and holds the post back; write published, draft or hidden")
    return "draft" if status == "draft" else "unpublished"


def title(post: Post) -> str:
    if not post.fields.text("title"):
        post.fields.note("the post has no title: Pelican does not show it")
    return usual.title(post)


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    """Return a post's address: its `url`, else the pattern of `ARTICLE_URL`, filled in as Pelican does."""
    if written := usual.given(post, "url"):
        return written
    settings = Fields(post.config.nodes, "")
    language = _language(post)
    own = language == (post.config.language or "en")
    pattern = post.config.permalink if own else settings.text("article_lang_url") or "{slug}-{lang}.html"
    people = _names(post, "author") or _names(post, "authors") or tuple(a.name for a in post.config.authors)
    values: Mapping[str, str] = {
        "slug": _slug(post),
        "lang": language,
        "author": slugify(people[0], post) if people else "",
        "category": slugify(categories[0], post) if categories else "",
    }
    node = post.fields.scalar("date")
    date = usual.own_time(node.text if node else post.name.date, post.zone)

    def fill(found: re.Match[str]) -> str:
        if found[1] == "date":
            return date.strftime(found[2] or "%Y-%m-%d %H:%M:%S%z") if date else ""
        return values.get(found[1], found[0])

    return permalink.tidy(permalink.given("/" + PLACEHOLDER.sub(fill, pattern)))


def categories(post: Post) -> tuple[str, ...]:
    """Return the one category: stated, else by the path, the folder's name, or `misc`."""
    settings = Fields(post.config.nodes, "")
    by_folder = not (isinstance(n := settings.get("use_folder_as_category"), Scalar) and n.text == "false")
    folder = post.path.rpartition("/")[0].rpartition("/")[2] if by_folder else ""
    named = usual.single(post, "category")[:1] or post.name.folders
    return named or (folder or settings.text("default_category") or "misc",)


def tags(post: Post) -> tuple[str, ...]:
    return _names(post, "tags")


def body(post: Post, url: str) -> str:
    """Return the text with `{static}`, `{attach}`, `{filename}` and their like as addresses."""
    return LINK.sub(lambda found: _address(found, post, url), post.matter.body)


KIND = Kind(
    name="pelican",
    shown="Pelican",
    dates=("date",),
    updated=("modified",),
    summary=("summary",),
    formatted=True,
    wants_date=True,
    read_config=read_config,
    read_front_matter=read_headers,
    file_name=file_name,
    defaults=lambda document, path, config: config.scopes[0].values if config.scopes else {},
    moment=lambda post, node: read_date(node.text.replace("_", " "), post.zone),
    takes_path=takes_path,
    place=place,
    title=title,
    categories=categories,
    tags=tags,
    picture=lambda post, text: LINK.sub(lambda found: _address(found, post, post.root), text),
    people=lambda post: _names(post, "author") or _names(post, "authors"),
    hold=hold,
    body=body,
)


def slugify(text: str, post: Post) -> str:
    """Return *text* as Pelican's slugs are made: tags off, other scripts in Latin letters, signs away."""
    settings = Fields(post.config.nodes, "")
    text = normalize("NFKC", re.sub(r"<[^<>]*>", "", text))
    if not _is_true(settings.get("slugify_use_unicode")):
        text = unidecode(text)
    pairs = _pairs(settings.get("slug_regex_substitutions"))
    for find, put in pairs or SUBSTITUTIONS:
        text = re.sub(find, put, text, flags=re.IGNORECASE) if not pairs else _substituted(find, put, text)
    return (text if _is_true(settings.get("slugify_preserve_case")) else text.lower()).strip()


def _slug(post: Post) -> str:
    """Return the slug: stated, by the path, else made of the title or, where the site says so, the file's name."""
    stated = post.fields.text("slug")
    stem = post.path.rpartition("/")[2].rpartition(".")[0]
    if stated or post.name.slug != stem:
        return stated or post.name.slug
    source = Fields(post.config.nodes, "").text("slugify_source")
    return slugify(stem if source == "basename" else usual.title(post), post)


def _language(post: Post) -> str:
    return post.fields.text("lang").lower() or post.name.language or post.config.language or "en"


def _names(post: Post, key: str) -> tuple[str, ...]:
    """Return a list: as written, else cut at semicolons where there is one, else at commas."""
    node = post.fields.get(key)
    if isinstance(node, Items):
        return post.fields.names(key, jekyll=False)
    text = post.fields.text(key)
    parts = (part.strip() for part in text.split(";" if ";" in text else ","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _address(found: re.Match[str], post: Post, url: str) -> str:
    what, path = found["what"], found["path"].strip()
    below = path.lstrip("/") if path.startswith("/") else "/".join(filter(None, (post.path.rpartition("/")[0], path)))
    if what == "filename" and below.partition("#")[0].lower().endswith(READ):
        return to_post(path)
    if what in ("static", "filename"):  # the latter named all files before Pelican 4
        return post.root + permalink.tidy(f"/{below}")
    if what == "attach":
        return url.rpartition("/")[0] + "/" + path.rpartition("/")[2]
    if what == "index":
        return f"{post.root}/"
    if what in PLACES:
        pattern = Fields(post.config.nodes, "").text(f"{what}_url") or PLACES[what]
        return f"{post.root}/{pattern.replace('{slug}', slugify(path, post))}"
    return found[0]


def _groups(pattern: str, text: str) -> dict[str, str]:
    """Return what the names in *pattern* stand for at the start of *text*; expressions are RE2's: each ends in time."""
    try:
        found = re2.match(pattern, text) if pattern else None
    except re2.error:
        return {}
    return {name.lower(): value for name, value in found.groupdict().items() if value} if found else {}


def _substituted(find: str, put: str, text: str) -> str:
    try:
        return str(re2.sub(f"(?i){find}", put, text))
    except re2.error:
        return text


def _pairs(node: Node | None) -> Sequence[tuple[str, str]]:
    lists = [each for each in node.items if isinstance(each, Items)] if isinstance(node, Items) else []
    texts = [[part.text for part in each.items if isinstance(part, Scalar)] for each in lists]
    return tuple((pair[0], pair[1]) for pair in texts if len(pair) == 2)


def _paths(node: Node | None, usual_ones: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(node, Items):
        return usual_ones
    return tuple(each.text.strip("/") for each in node.items if isinstance(each, Scalar))


def _is_below(path: str, folders: Sequence[str]) -> bool:
    return any(not folder or path == folder or path.startswith(f"{folder}/") for folder in folders)


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text == "true"
