"""One local post to its entry: front matter, where it stands, its dates, its body.

A post with a fault raises `PostError` with its place, and its last good version stays published: a guess could
publish a draft, re-date an article or move its URL. What was doubtful and could be read is a problem of the post.

Kinds. *jekyll*: below `_posts` or with a `_config.yml`; URL, dates and categories as Jekyll 4.3.1 gives them, with two
exceptions that a news desk wants: a post whose file name has no date is taken (Jekyll passes it over), and `draft:
true` holds a post back wherever it lies (Jekyll looks at `_drafts` only). *plain*: any other folder.

Identity is not made here: an explicit `id`, `guid` or `uuid`, else nothing. Title, category and path may change.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from feeds.errors import Fault, PostError
from feeds.model.entry import Image, Parsed, RawEntry, Text
from feeds.model.source import Document, FeedInfo, Problem, Source
from feeds.parse import permalink
from feeds.parse.dates import read_date
from feeds.parse.decode import codec, decode
from feeds.parse.fields import Fields, below
from feeds.parse.front_matter import FrontMatter, fail, read
from feeds.parse.jekyll import FOLDERS, Config, FileName, defaults, file_name, jekyll_date, read_config
from feeds.parse.post_body import PostBody, first_heading, read_body
from feeds.parse.yaml_tree import Flaw, Scalar

LARGEST = 2 * 1024 * 1024
CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Only these make a title HTML: `Vec<T> 소개` is text.
INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|br|code|del|em|font|i|img|ins|mark|p|s|small|span|strong|sub|sup|u)\b[^<>]*>", re.I
)
SORT_KEY = re.compile(r"\s*(?:0\d{3}|9999)-")  # years that only sort: 0001 to 0009 are in use
DATE_KEYS = {
    "jekyll": ("date",),
    "plain": ("date", "pubdate", "publishdate", "publish_date", "published", "created", "created_at"),
}
UPDATED_KEYS = ("last_modified_at", "updated", "lastmod", "modified", "updated_at", "updateddate", "last_modified")
# Folders that say where posts lie, not what they are about.
SHELVES = frozenset({"posts", "post", "blog", "content", "articles", "article", "_posts", "_drafts", "news", "글"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """All that reading one post looks at."""

    document: Document
    source: Source
    kind: Literal["jekyll", "plain"]
    path: str  # from the site's root
    name: FileName
    text: str
    matter: FrontMatter
    fields: Fields
    config: Config
    zone: str
    root: str  # the site's URL with its baseurl, without a trailing slash; '' where unknown


def parse(document: Document, source: Source) -> Parsed:
    """Return the one entry of a post; none for a Jekyll site's file without front matter.

    Raises `PostError`.
    """
    if len(document.body) > LARGEST:
        raise _fault(document, f"the post has {len(document.body)} bytes; at most {LARGEST} are read")
    config = read_config(document.config)
    text, problems = _text(document, source)
    path = _path(document, source)
    kind = _kind(document, source, path)
    matter = read(text, document.path)
    root = _root(source, config)
    info = FeedInfo(
        title=config.title,
        description=config.description,
        home=f"{root}/" if root else "",
        language=config.language,
        format="posts",
    )
    if kind == "jekyll" and not matter.form:
        return Parsed(info=info)
    fields = Fields(below(matter.fields, defaults(config, path)), document.path, [*problems, *matter.problems])
    post = _Post(
        document=document, source=source, kind=kind, path=path, name=file_name(path), text=text, matter=matter,
        fields=fields, config=config, zone=_timezone(source, config, fields), root=root,
    )  # fmt: skip
    entry = _entry(post)
    return Parsed(info=info, entries=(entry,), problems=tuple(fields.problems))


def _entry(post: _Post) -> RawEntry:
    fields, config = post.fields, post.config
    written, named = _written_date(post), _named_date(post)
    published, stated = _published(post, written, named)
    categories = _categories(post)
    url = post.root + _place(post, written or named, categories)
    if urlsplit(given := _given_place(post)).scheme in ("http", "https"):
        url = given
    body = read_body(
        PostBody(text=post.matter.body, line=post.matter.line, path=post.path, jekyll=post.kind == "jekyll"),
        config, fields, home=_home(post.source, config), url=url,
    )  # fmt: skip
    guid = fields.scalar("id", "guid", "uuid")
    return RawEntry(
        guid=guid.text.strip() if guid else "",
        url=url,
        title=_marked_up(_title(post)),
        summary=_marked_up(_excerpt(fields)) or body.summary or _marked_up(fields.text("feature_text")),
        content=Text(value=body.content, kind="html"),
        published=published,
        updated=_updated(post),
        authors=fields.people("author", "authors") or config.authors,
        tags=_cleared((*fields.names("tags", jekyll=post.kind == "jekyll"), *_single(post, "tag"))),
        categories=_cleared(categories) or _shelf(post),
        image=_image(post, url),
        language=fields.text("lang", "language", "locale").replace("_", "-") or config.language,
        base_url=url if post.root or urlsplit(url).scheme else "",
        path=post.document.path,
        blob=post.document.origin,
        hold=_hold(post),
        release=published if stated and not config.future else None,
    )


# bytes and places


def _fault(document: Document, message: str, line: int = 0, suggestion: str = "") -> PostError:
    return PostError(Fault(file=document.path, line=line, message=message, suggestion=suggestion))


def _text(document: Document, source: Source) -> tuple[str, list[Problem]]:
    """Return the post's text with `\\n` for line ends; only what is certain is decoded, never a guess."""
    body, forced = document.body, codec(source.options.encoding) if source.options.encoding else ""
    problems = []
    try:
        text = body.decode(forced or "utf-8-sig")
    except UnicodeDecodeError as error:
        decoded = decode(body)
        marked = decoded.encoding.startswith("utf-16") or decoded.encoding.startswith("utf-32")
        if forced or decoded.lost or not (marked or decoded.encoding == "cp949"):
            line = body.count(b"\n", 0, error.start) + 1
            message = f"not {forced or 'UTF-8'}: byte {error.start} is {body[error.start]:#04x}"
            raise _fault(document, message, line, "save the file as UTF-8") from error
        text = decoded.text
        detail = f"not UTF-8: read as {decoded.encoding}; save it as UTF-8"
        problems.append(Problem(code="assumed", detail=detail, where=document.path))
    if "\0" in text:
        raise _fault(document, "zero bytes: this is not a text file", 1, "save the file as UTF-8")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if CONTROLS.search(text):
        text = CONTROLS.sub("", text)
        problems.append(Problem(code="assumed", detail="control characters were left out", where=document.path))
    return text, problems


def _path(document: Document, source: Source) -> str:
    """The post's path from the site's root, which is above where the source is a `_posts` folder itself."""
    last = source.location.rstrip("/").rpartition("/")[2]
    inside = any(folder in FOLDERS for folder in document.path.split("/")[:-1])
    return f"{last}/{document.path}" if last in FOLDERS and not inside else document.path


def _kind(document: Document, source: Source, path: str) -> Literal["jekyll", "plain"]:
    if source.options.kind != "auto":
        return source.options.kind
    below_posts = any(folder in FOLDERS for folder in path.split("/")[:-1])
    return "jekyll" if document.config or below_posts else "plain"


def _home(source: Source, config: Config) -> str:
    return (source.home or config.url).rstrip("/")


def _root(source: Source, config: Config) -> str:
    home = _home(source, config)
    return home + config.baseurl if home and not urlsplit(home).path.endswith(config.baseurl or "\0") else home


def _timezone(source: Source, config: Config, fields: Fields) -> str:
    if config.timezone and not _zone(config.timezone):
        fields.note(f"`timezone: {config.timezone}` of _config.yml is no time zone; {source.options.timezone} counts")
    return config.timezone if _zone(config.timezone) else source.options.timezone


@lru_cache(maxsize=16)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _place(post: _Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    """Return the post's path on its site."""
    slug = post.fields.text("slug")
    if post.kind == "jekyll":
        pattern = post.fields.text("permalink") or post.config.permalink
        parts = permalink.Parts(
            slug=slug or post.name.slug,
            name=post.name.slug,
            categories=categories,
            date=stated.astimezone(_zone(post.zone) or UTC) if stated else None,
            path=post.path.rpartition("_posts/")[2].rpartition(".")[0],
        )
        return permalink.jekyll(pattern, parts)
    written = _given_place(post)
    return permalink.tidy("/" + written) if written else permalink.plain(post.path, slug)


def _given_place(post: _Post) -> str:
    return permalink.given(post.fields.text("permalink", "url")) if post.kind == "plain" else ""


# dates


def _written_date(post: _Post) -> datetime | None:
    """Return the front matter's date. One that no calendar has is a fault; a year that only sorts is no date."""
    for key in DATE_KEYS[post.kind]:
        node = post.fields.get(key)
        if node is None or (key == "published" and not (isinstance(node, Scalar) and re.match(r"\d{4}\D", node.text))):
            continue
        if not isinstance(node, Scalar):
            fail(Flaw(f"`{key}` should be a date", node.line, node.column), post.text, post.document.path)
        if SORT_KEY.match(node.text):
            post.fields.note(
                f"`{key}: {node.text}` is no date that a reader could be shown; another is looked for", node
            )
            continue
        found = _moment(post, node)
        if found is None:
            message = f"`{key}: {node.text[:40]}` is not a date"
            flaw = Flaw(message, node.line, node.column, "write it as 2024-01-31 10:00 +0900")
            fail(flaw, post.text, post.document.path)
        return found
    return None


def _moment(post: _Post, node: Scalar) -> datetime | None:
    if post.kind == "jekyll":
        return jekyll_date(node, post.zone, yaml=post.matter.form == "yaml")
    return read_date(node.text, post.zone)


def _named_date(post: _Post) -> datetime | None:
    if not post.name.date:
        return None
    found = read_date(post.name.date, post.zone)
    if found is None:
        post.fields.note(f"the file's name begins with {post.name.date}, which is no date")
    return found


def _published(post: _Post, written: datetime | None, named: datetime | None) -> tuple[datetime | None, bool]:
    """Return when the post was published, by the source's order, and whether somebody stated it."""
    if post.kind == "jekyll" and not (post.name.date or post.name.draft):
        post.fields.note("the file's name has no date: Jekyll does not show this post")
    for origin in post.source.options.date_from:
        match origin:
            case "front_matter" if written:
                return written, True
            case "file_name" if named:
                return named, True
            case "git" if post.document.created:
                return post.document.created, False
            case "first_seen":
                break
            case _:
                continue
    return None, False


def _updated(post: _Post) -> datetime | None:
    node = post.fields.scalar(*UPDATED_KEYS)
    found = _moment(post, node) if node else None
    if node and found is None:
        post.fields.note(f"`{node.text[:40]}` is not a date; when the post was changed stays unsaid", node)
    return found


def _hold(post: _Post) -> Literal["", "draft", "unpublished"]:
    """Return why the post is not shown. Where words leave doubt, it is not."""
    fields = post.fields
    if post.name.draft or fields.is_draft():
        return "draft"
    return "unpublished" if fields.is_unpublished("published") or fields.is_unpublished("public") else ""


# words


def _title(post: _Post) -> str:
    """Return the title: stated, else in Jekyll the file's name as Jekyll spells it, else the first heading."""
    slug = post.name.slug
    if post.kind == "jekyll":
        return post.fields.text("title") or " ".join(word.capitalize() for word in slug.split("-")).strip() or slug
    stem = post.path.rpartition("/")[0].rpartition("/")[2] if slug.lower() == "index" else slug
    return post.fields.text("title") or first_heading(post.matter.body) or re.sub(r"[-_]+", " ", stem).strip() or slug


def _marked_up(words: str) -> Text | None:
    if not words:
        return None
    return Text(value=words, kind="html" if INLINE_TAG.search(words) else "text")


def _excerpt(fields: Fields) -> str:
    """Return the summary that the author wrote. `excerpt: false` is a theme's switch."""
    keys = [key for key in ("excerpt", "description", "summary") if not _is_switch(fields, key)]
    return fields.text(*keys)


def _is_switch(fields: Fields, key: str) -> bool:
    node = fields.get(key)
    return isinstance(node, Scalar) and node.plain and node.text.lower() in ("true", "false")


def _categories(post: _Post) -> tuple[str, ...]:
    """Return categories as Jekyll makes URLs from them: folders above `_posts`, `categories`, then `category`."""
    folders = post.name.folders if post.kind == "jekyll" else ()
    named = post.fields.names("categories", jekyll=post.kind == "jekyll")
    return tuple(dict.fromkeys((*folders, *named, *_single(post, "category"))))


def _single(post: _Post, key: str) -> tuple[str, ...]:
    """Return what stands under a key that names one thing: `category: 기술 개발` is one category."""
    node = post.fields.get(key)
    if isinstance(node, Scalar):
        return (node.text.strip(),) if node.text.strip() else ()
    return post.fields.names(key, jekyll=False)


def _cleared(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names* without the commas that splitting at blanks leaves: `기술, 개발`."""
    return tuple(dict.fromkeys(name.strip(" ,") for name in names if name.strip(" ,")))


def _shelf(post: _Post) -> tuple[str, ...]:
    """Return the folder's name as category where a plain post has none; folders for order alone do not count."""
    if post.kind == "jekyll":
        return ()
    folders = [f for f in post.path.split("/")[:-1] if f.lower() not in SHELVES and not re.fullmatch(r"[\d._-]+", f)]
    is_bundle = post.name.slug.lower() == "index"
    folders = folders[:-1] if is_bundle else folders
    return (folders[-1],) if folders else ()


def _image(post: _Post, url: str) -> Image | None:
    """Return the leading picture: a path from '/' stands below the baseurl in front matter, as jekyll-feed has it."""
    found = post.fields.image()
    if found is None:
        return None
    place = permalink.given(found.url)
    if place.startswith("/") and not place.startswith("//") and post.root:
        return replace(found, url=post.root + permalink.tidy(place))
    return replace(found, url=urljoin(url, place) if urlsplit(url).scheme else place)
