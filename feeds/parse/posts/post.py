"""One local post to its entry: front matter, where it stands, its dates, its body.

A post with a fault raises `PostError` with its place, and its last good version stays published: a guess could
publish a draft, re-date an article or move its URL. What was doubtful and could be read is a problem of the post.

What each generator means by its keys, names and folders stands in `kinds/`, a file for each; here is what all share.

Identity is not made here: an explicit `id`, `guid` or `uuid`, else nothing. Title, category and path may change.
"""

import re
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from feeds.errors import Fault, PostError
from feeds.model.entry import Image, Parsed, Person, RawEntry, Text
from feeds.model.quick import replace
from feeds.model.source import Document, FeedInfo, Folder, Problem, SiteKind, Source
from feeds.parse.decoding.decode import codec, decode
from feeds.parse.kinds import KINDS
from feeds.parse.kinds.jekyll import FOLDERS
from feeds.parse.kinds.kind import FILE_NAME, Config, Hold, Post, zone_named
from feeds.parse.posts import permalink
from feeds.parse.posts.body import read_body
from feeds.parse.posts.fields import Fields, below, person
from feeds.parse.posts.front_matter import fail
from feeds.parse.posts.markdown import to_html
from feeds.parse.posts.yaml_tree import Flaw, Scalar
from feeds.parse.terms import licence_of
from feeds.parse.times.dates import read_date

LARGEST = 2 * 1024 * 1024
CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Only these make a title HTML: `Vec<T> 소개` is text.
INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|br|code|del|em|font|i|img|ins|mark|p|s|small|span|strong|sub|sup|u)\b[^<>]*>", re.I
)


def parse(document: Document, source: Source) -> Parsed:
    """Return the one entry of a post; none for a file that its generator does not take for one.

    Raises `PostError`.
    """
    if len(document.body) > LARGEST:
        raise _fault(document, f"the post has {len(document.body)} bytes; at most {LARGEST} are read")
    kind = KINDS[_kind(document, source)]
    folder = document.folder
    config = kind.read_config(folder.config, folder.name or "its configuration")
    path = _path(document, source)
    inside = _inside(path, folder, config)
    root = _root(source, config)
    info = FeedInfo(
        title=config.title,
        description=config.description,
        home=f"{root}/" if root else "",
        language=config.language,
        format="posts",
    )
    if not (inside and kind.takes_path(inside, config)):
        return Parsed(info=info)
    text, problems = _text(document, source)
    matter = kind.read_front_matter(text, document.path)
    nodes = below(matter.fields, kind.defaults(document, path, config))
    fields = Fields(nodes, document.path, [*problems, *matter.problems])
    zone = kind.zone or _timezone(source, folder.name, config, fields)
    post = Post(
        document=document, source=source, kind=kind, path=inside, name=kind.file_name(inside, config), text=text,
        matter=matter, fields=fields, config=config, zone=zone, root=root,
    )  # fmt: skip
    if not kind.is_post(post):
        return Parsed(info=info)
    entry = _entry(post)
    return Parsed(info=info, entries=(entry,), problems=tuple(dict.fromkeys(fields.problems)))


def _entry(post: Post) -> RawEntry:
    fields, config, kind = post.fields, post.config, post.kind
    named = _named_date(post)
    written = _written_date(post, named)
    published, stated = _published(post, written, named)
    categories = tuple(dict.fromkeys(kind.categories(post)))
    url = _given_url(post) or post.root + kind.place(post, written or named, categories)
    mark = fields.text("excerpt_separator") or config.excerpt_separator
    body = read_body(kind.body(post, url), post.path, mark)
    guid, terms = fields.scalar("id", "guid", "uuid"), fields.text("license", "licence")
    return RawEntry(
        guid=guid.text.strip() if guid else "",
        url=url,
        title=_marked_up(kind.title(post)),
        summary=_summary(post) or body.summary or _marked_up(fields.text("feature_text")),
        content=Text(value=body.content, kind="html"),
        published=published,
        updated=_updated(post),
        authors=_authors(post),
        tags=_cleared(kind.tags(post)),
        categories=_cleared(categories),
        image=_image(post, url),
        language=fields.text("lang", "language", "locale").replace("_", "-") or post.name.language or config.language,
        rights=fields.text("rights", "copyright") or ("" if licence_of(terms) else terms),
        licence=licence_of(terms),
        base_url=url if post.root or urlsplit(url).scheme else "",
        path=post.document.path,
        blob=post.document.origin,
        feed_id=kind.feed_id(post, url) if post.root else "",
        hold=_hold(post),
        release=_release(post, published if stated else None),
        minor=fields.is_minor(),
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
    if document.folder.name:
        return "/".join(filter(None, (document.folder.below, document.path)))
    last = source.location.rstrip("/").rpartition("/")[2]
    inside = any(folder in FOLDERS for folder in document.path.split("/")[:-1])
    return f"{last}/{document.path}" if last in FOLDERS and not inside else document.path


def _inside(path: str, folder: Folder, config: Config) -> str:
    """Return *path* from the folder that the site keeps its posts in; '' outside of it."""
    content = config.content.strip("./")
    if not content or path.startswith(f"{content}/"):
        return path.removeprefix(f"{content}/")
    return "" if folder.name else path


def _kind(document: Document, source: Source) -> SiteKind:
    """Return the kind that the source says, else what its folder was found to be, else by the folders of the path."""
    if source.options.kind != "auto":
        return source.options.kind
    if document.folder.kind != "auto":
        return document.folder.kind
    return "jekyll" if any(each in FOLDERS for each in _path(document, source).split("/")[:-1]) else "plain"


def _root(source: Source, config: Config) -> str:
    home = (source.home or config.url).rstrip("/")
    return home + config.baseurl if home and not urlsplit(home).path.endswith(config.baseurl or "\0") else home


def _timezone(source: Source, file: str, config: Config, fields: Fields) -> str:
    if config.timezone and not zone_named(config.timezone):
        fields.note(f"`timezone: {config.timezone}` of {file} is no time zone; {source.options.timezone} counts")
    return config.timezone if zone_named(config.timezone) else source.options.timezone


def _given_url(post: Post) -> str:
    """Return the whole address that a post says it has, where only the folder's owner could know better."""
    written = permalink.given(post.fields.text("permalink", "url")) if post.kind.name != "jekyll" else ""
    return written if urlsplit(written).scheme in ("http", "https") else ""


# dates


def _written_date(post: Post, named: datetime | None) -> datetime | None:
    """Return the front matter's date. One that no calendar has is a fault; what is none, such as a year that only
    sorts, is passed over."""
    for key in post.config.dates or post.kind.dates:
        if key == FILE_NAME and named:
            return named
        node = post.fields.get(key)
        if node is None or (key == "published" and not (isinstance(node, Scalar) and re.match(r"\d{4}\D", node.text))):
            continue
        if not isinstance(node, Scalar):
            fail(Flaw(f"`{key}` should be a date", node.line, node.column), post.text, post.document.path)
        if post.kind.dateless.match(node.text):
            post.fields.note(
                f"`{key}: {node.text}` is no date that a reader could be shown; another is looked for", node
            )
            continue
        found = post.kind.moment(post, node)
        if found is None:
            message = f"`{key}: {node.text[:40]}` is not a date"
            flaw = Flaw(message, node.line, node.column, "write it as 2024-01-31 10:00 +0900")
            fail(flaw, post.text, post.document.path)
        return found
    return None


def _named_date(post: Post) -> datetime | None:
    if not post.name.date:
        return None
    found = read_date(post.name.date, post.zone)
    if found is None:
        post.fields.note(f"the file's name begins with {post.name.date}, which is no date")
    return found


def _published(post: Post, written: datetime | None, named: datetime | None) -> tuple[datetime | None, bool]:
    """Return when the post was published, by the source's order, and whether somebody stated it."""
    jekyll = post.kind.name == "jekyll"
    if post.kind.wants_date and not (post.name.date or post.name.draft or (written and not jekyll)):
        what = "the file's name" if jekyll else "the post"
        post.fields.note(f"{what} has no date: {post.kind.shown} does not show this post")
    for origin in post.source.options.date_from:
        match origin:
            case "front_matter" if written:
                return written, True
            case "file_name" if named:
                if not post.kind.dated_names:
                    post.fields.note(f"dated by its file's name, from which {post.kind.shown} takes no date")
                return named, True
            case "git" if post.document.created:
                return post.document.created, False
            case "first_seen":
                break
            case _:
                continue
    return None, False


def _updated(post: Post) -> datetime | None:
    return _moment(post, post.kind.updated, "when the post was changed stays unsaid")


def _moment(post: Post, keys: tuple[str, ...], unread: str) -> datetime | None:
    """Return what the first of *keys* says; where that is no date, it is noted what follows: *unread*."""
    node = post.fields.scalar(*keys)
    found = post.kind.moment(post, node) if node else None
    if node and found is None:
        post.fields.note(f"`{node.text[:40]}` is not a date; {unread}", node)
    return found


def _release(post: Post, published: datetime | None) -> datetime | None:
    embargo = _embargo(post)
    if post.config.future:
        return embargo
    usual = _usual_release(post, published)
    return max(embargo, usual) if embargo and usual else embargo or usual


def _embargo(post: Post) -> datetime | None:
    """Return when the embargo ends that the post is under, whatever its generator. One that cannot be read is a fault:
    what is passed over must not let the post out."""
    node = post.fields.get("embargo")
    if node is None or (isinstance(node, Scalar) and not node.text.strip()):
        return None
    found = post.kind.moment(post, node) if isinstance(node, Scalar) else None
    if found is None:
        said = f"`embargo: {node.text[:40]}` is not a date" if isinstance(node, Scalar) else "`embargo` is not a date"
        flaw = Flaw(said, node.line, node.column, "write it as 2024-01-31 10:00 +0900")
        fail(flaw, post.text, post.document.path)
    return found


def _usual_release(post: Post, published: datetime | None) -> datetime | None:
    return _moment(post, post.kind.release, "the post's own date counts") or published


def _hold(post: Post) -> Hold:
    """Return why the post is not shown; one whose end has come is not."""
    end = _moment(post, post.kind.ends, "the post does not end")
    asked = post.document.asked
    return post.kind.hold(post) or ("expired" if end and asked and end <= asked else "")


# words


def _marked_up(words: str) -> Text | None:
    if not words:
        return None
    return Text(value=words, kind="html" if INLINE_TAG.search(words) else "text")


def _summary(post: Post) -> Text | None:
    """Return the summary that the author wrote. `excerpt: false` is a theme's switch."""
    words = post.fields.text(*(key for key in post.kind.summary if not _is_switch(post.fields, key)))
    return Text(value=to_html(words).strip(), kind="html") if words and post.kind.formatted else _marked_up(words)


def _authors(post: Post) -> tuple[Person, ...]:
    if names := post.kind.people(post):
        return tuple(map(person, names))
    return post.fields.people("author", "authors") or post.config.authors


def _is_switch(fields: Fields, key: str) -> bool:
    node = fields.get(key)
    return isinstance(node, Scalar) and node.plain and node.text.lower() in ("true", "false")


def _cleared(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names* without the commas that splitting at blanks leaves: `기술, 개발`."""
    return tuple(dict.fromkeys(name.strip(" ,") for name in names if name.strip(" ,")))


def _image(post: Post, url: str) -> Image | None:
    """Return the leading picture: a path from '/' stands below the baseurl in front matter, as jekyll-feed has it."""
    found = post.fields.image()
    if found is None:
        return None
    place = permalink.given(post.kind.picture(post, found.url))
    if not place:
        return None
    if place.startswith("/") and not place.startswith("//") and post.root:
        return replace(found, url=post.root + permalink.tidy(place))
    return replace(found, url=urljoin(url, place) if urlsplit(url).scheme else place)
