"""Hugo: configuration in TOML, YAML or JSON, dates, permalinks, bundles, what is not published.

Which posts: every page below `content` but `_index` files and what belongs to a leaf bundle, as Hugo's own feed.
A date that Hugo does not read and that is plain all the same is taken and noted; the URL stays as Hugo makes it.

Source: Hugo 0.111.3, run on each case (time zone Asia/Seoul); gohugo.io, "Front matter", "URL management".
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from unicodedata import category

from feeds.errors import PostError
from feeds.model.source import Document
from feeds.parse.kinds import usual
from feeds.parse.kinds.kind import FILE_NAME, SORT_KEY, Config, FileName, Hold, Kind, Post
from feeds.parse.kinds.settings import read_settings
from feeds.parse.kinds.shortcodes import expand
from feeds.parse.posts import permalink
from feeds.parse.posts.fields import Fields, unplaced
from feeds.parse.posts.front_matter import read
from feeds.parse.posts.yaml_tree import Items, Node, Scalar, Table
from feeds.parse.times.dates import read_date

DATES = ("date", "publishdate", "pubdate", "published", "lastmod", "modified")
UPDATED = ("lastmod", "modified")
RELEASE = ("publishdate", "pubdate")
ENDS = ("expirydate", "unpublishdate")
# What Hugo reads as a date, of the forms that people write. Source: spf13/cast `timeFormats`; 0.111.3 run.
READ = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d+)? ?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|(?:[A-Z][a-z]{2}, )?\d\d [A-Z][a-z]{2} \d{4}(?: \d\d:\d\d:\d\d (?:[A-Z]{3,4}|[+-]\d{4}))?"
)
TOKEN = re.compile(r":([a-z]+)(\[[^\]]*\])?")
KEPT = "./\\_-#+~"  # what stands in a path beside letters, marks and digits; Hugo's `UnicodeSanitize`
NOWHERE = datetime(1, 1, 1, tzinfo=UTC)  # the zero time of Go: Hugo makes paths of it where a post has no date


@lru_cache(maxsize=16)
def read_config(text: str, name: str) -> Config:
    """Return what the configuration says. Raises `PostError` that names its place."""
    nodes = read_settings(text, name)
    fields = Fields(nodes, name)
    host, path = usual.address(fields.text("baseurl"))
    language = fields.text("defaultcontentlanguage")
    languages = fields.get("languages")
    return Config(
        title=fields.text("title"),
        description=fields.text("params.description", "params.subtitle"),
        url=host,
        baseurl=path,
        content=fields.text("contentdir").strip("/") or "content",
        permalinks=_patterns(fields.get("permalinks")),
        taxonomies=tuple(_values(fields.get("taxonomies")).values()),
        dates=_date_keys(fields.get("frontmatter.date")),
        timezone=fields.text("timezone"),
        language=(fields.text("languagecode") or language).replace("_", "-"),
        languages=tuple(languages.fields) if isinstance(languages, Table) else (),
        authors=fields.people("params.author", "params.authors", "author"),
        future=_is_true(fields.get("buildfuture")),
        nodes=nodes,
    )


def file_name(path: str, config: Config) -> FileName:
    """Take a name apart: its date counts where the configuration says so, its language where the site has it."""
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    base, _, language = stem.rpartition(".")
    language = language.lower() if base and language.lower() in config.languages else ""
    found = usual.split((base if language else stem) + dot + suffix)
    slug = found.slug if FILE_NAME in config.dates else base if language else stem
    return found._replace(slug=slug, language=language or _language_folder(path, config)[0])


def defaults(document: Document, path: str, config: Config) -> Mapping[str, Node]:
    """Return what `cascade` in the `_index` files above gives the post, the nearest winning.

    Source: gohugo.io, "Front matter: cascade". A target is told by its path alone, `/posts/**` for all below.
    """
    below_content = path.removeprefix(f"{config.content}/")
    language = file_name(below_content, config).language or _default(config)
    unsaid = _language_folder(below_content, config)[0] or _default(config)
    merged: dict[str, Node] = {}
    above = sorted(document.folder.data, key=lambda pair: pair[0].count("/"))
    for place, text in above:
        folder, _, name = place.rpartition("/")
        spoken = name.rpartition(".")[0].partition(".")[2] or unsaid  # `_index.en.md` is for English alone
        if (document.path.startswith(f"{folder}/") or not folder) and (not config.languages or spoken == language):
            for table in _cascades(text, place):
                target = Fields(table, place).text("_target.path", "target.path")
                if not target or fnmatchcase(f"/{below_content.rpartition('.')[0]}", target):
                    merged |= {key: unplaced(node) for key, node in table.items() if key not in ("_target", "target")}
    return merged


@lru_cache(maxsize=256)
def _cascades(text: str, name: str) -> tuple[Mapping[str, Node], ...]:
    try:
        node = read(text.removeprefix("\ufeff").replace("\r\n", "\n"), name).fields.get("cascade")
    except PostError:
        return ()
    nodes = node.items if isinstance(node, Items) else (node,)
    return tuple(
        {key.lower(): each for key, each in table.fields.items()} for table in nodes if isinstance(table, Table)
    )


def moment(post: Post, node: Scalar) -> datetime | None:
    found = read_date(node.text, post.zone)
    if found and not READ.fullmatch(node.text.strip()):
        post.fields.note(
            f"`{node.text[:40]}`: Hugo does not read this date; write it as 2024-01-31T10:00:00+09:00", node
        )
    return found


def is_post(post: Post) -> bool:
    """Whether a page is in Hugo's lists: `headless` bundles and `build.list: never` are not."""
    if _is_true(post.fields.get("headless")):
        return False
    return not any(post.fields.text(f"{key}.list") == "never" for key in ("_build", "build"))


def hold(post: Post) -> Hold:
    never = any(post.fields.text(f"{key}.render") == "never" for key in ("_build", "build"))
    return usual.hold(post) or ("unpublished" if never else "")


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    """Return a post's address: its `url`, else what `permalinks` says of its section, else its folders and slug."""
    before = _before(post)
    if written := usual.given(post, "url"):
        # Source: gohugo.io, "URL management": with a slash in front it stands below the site, else below its language.
        before = "" if post.fields.text("url").startswith("/") else before
        return before + written + ("" if "." in written.rpartition("/")[2] or written.endswith("/") else "/")
    *folders, _ = _language_folder(post.path, post.config)[1].split("/")
    base = post.name.slug
    bundle = base == "index"
    base = folders.pop() if bundle and folders else base
    section = folders[0] if folders else base if bundle else ""
    slug = post.fields.text("slug")
    pattern = post.config.permalinks.get(section.lower(), "")
    if pattern:
        path = _filled(pattern, post, section, folders or [section], base)
    else:
        path = "/".join(_part(part, post.config) for part in (*folders, slug or base))
    ugly = _is_true(post.config.nodes.get("uglyurls")) and not path.endswith("/")
    return permalink.tidy(f"{before}/{path}" + (".html" if ugly else "/"))


def categories(post: Post) -> tuple[str, ...]:
    return tuple(_term(post, "categories", name) for name in usual.listed(post, "categories"))


def tags(post: Post) -> tuple[str, ...]:
    """Return tags, and the terms of taxonomies that the site has beside categories and people."""
    others = [t.lower() for t in post.config.taxonomies if t.lower() not in ("tags", "categories", "authors", "author")]
    return tuple(_term(post, key, name) for key in dict.fromkeys(("tags", *others)) for name in usual.listed(post, key))


def body(post: Post, url: str) -> str:
    return expand(post.matter.body, post.fields, post.matter.line)


KIND = Kind(
    name="hugo",
    shown="Hugo",
    dates=DATES,
    updated=UPDATED,
    release=RELEASE,
    ends=ENDS,
    summary=("summary", "description", "excerpt"),
    dateless=SORT_KEY,
    read_config=read_config,
    file_name=file_name,
    defaults=defaults,
    moment=moment,
    is_post=is_post,
    place=place,
    title=usual.title,
    categories=categories,
    tags=tags,
    hold=hold,
    body=body,
    dated_names=False,
)


def _language_folder(path: str, config: Config) -> tuple[str, str]:
    """Return the language whose `contentDir` holds *path*, and the path from there; '' and *path* where none does."""
    settings = Fields(config.nodes, "")
    for language in config.languages:
        folder = settings.text(f"languages.{language}.contentdir").strip("/").removeprefix(f"{config.content}/")
        if folder and path.startswith(f"{folder}/"):
            return language, path.removeprefix(f"{folder}/")
    return "", path


def _term(post: Post, taxonomy: str, name: str) -> str:
    """Return the name that a term is shown by: its page's title in the post's language, else as the post has it."""
    folder, inside = _language_folder(post.path, post.config)
    place = post.document.path.removesuffix(inside)
    own = post.name.language or _default(post.config)
    titles = _titles(post.document.folder.data)
    term = _part(name, Config())
    bare = folder or not post.config.languages or own == _default(post.config)  # `_index.md` speaks its language
    shown = titles.get((place, taxonomy, term, own)) or (titles.get((place, taxonomy, term, "")) if bare else "")
    return shown or name


def _default(config: Config) -> str:
    return Fields(config.nodes, "").text("defaultcontentlanguage") or "en"


@lru_cache(maxsize=4)
def _titles(data: tuple[tuple[str, str], ...]) -> Mapping[tuple[str, str, str, str], str]:
    """Return titles of pages of terms by the folder above, taxonomy, term, and language in the name."""
    found: dict[tuple[str, str, str, str], str] = {}
    for place, text in data:
        *above, taxonomy, term, name = ["", "", *place.split("/")]
        stem = name.rpartition(".")[0].lower()
        try:
            fields = Fields(read(text.removeprefix("\ufeff").replace("\r\n", "\n"), place).fields, place)
        except PostError:
            continue
        if title := fields.text("linktitle", "title"):
            folder = "".join(f"{each}/" for each in above if each)
            found[folder, taxonomy.lower(), _part(term, Config()), stem.partition(".")[2]] = title
    return found


def _before(post: Post) -> str:
    """Return the folder of the post's language: the site's own has none, unless the configuration gives it one."""
    default = _default(post.config)
    language = post.name.language or (default if post.config.languages else "")
    own = language == default and not _is_true(post.config.nodes.get("defaultcontentlanguageinsubdir"))
    return "" if own or not language else f"/{language}"


def _filled(pattern: str, post: Post, section: str, folders: list[str], base: str) -> str:
    """Return *pattern* with its tokens filled, as Hugo's `permalinks` are."""
    date = _own_time(post) or NOWHERE
    title, slug = usual.title(post), post.fields.text("slug")
    sections = folders[: _deepest(post, folders)]
    values: Mapping[str, str] = {
        "year": str(date.year), "month": f"{date.month:02}", "day": f"{date.day:02}",
        "monthname": permalink.MONTHS[date.month - 1], "weekday": str(date.isoweekday() % 7),
        "weekdayname": permalink.DAYS[date.weekday()], "yearday": str(date.timetuple().tm_yday),
        "section": section, "title": title, "slug": slug or title, "slugorfilename": slug or base,
        "slugorcontentbasename": slug or base, "filename": base, "contentbasename": base,
    }  # fmt: skip

    def fill(found: re.Match[str]) -> str:
        if found[1] == "sections":
            return "/".join(_part(each, post.config) for each in (sections[_slice(found[2])] if found[2] else sections))
        return _part(values.get(found[1], found[0][1:]), post.config) + (found[2] or "")

    filled = TOKEN.sub(fill, pattern)
    return filled if _is_true(post.config.nodes.get("disablepathtolower")) else filled.lower()


def _deepest(post: Post, folders: list[str]) -> int:
    """Return how many of *folders* lead to the post's section: the first is one, others only with an `_index`."""
    content = post.path.count("/")
    before = post.document.path.split("/")[: -content - 1] if content else []
    indexed = {path.rpartition("/")[0] for path, _ in post.document.folder.data}
    depths = [n for n in range(1, len(folders) + 1) if "/".join([*before, *folders[:n]]) in indexed]
    return max(depths, default=1)


def _slice(text: str) -> slice:
    """Read `[1:]`, `[:2]`, `[1]`, `[last]` or `[1:last]`, which ends before the last; what is none takes all."""
    if text == "[last]":
        return slice(-1, None)
    found = re.fullmatch(r"\[(\d*)(?:(:)(\d+|last|))?\]", text)
    if found is None:
        return slice(None)
    first = int(found[1] or 0)
    if not found[2]:
        return slice(first, first + 1)
    return slice(first, -1 if found[3] == "last" else int(found[3]) if found[3] else None)


def _own_time(post: Post) -> datetime | None:
    """Return the post's date by the clock of its own offset: that is whose day Hugo's paths name."""
    for key in post.config.dates or DATES:
        if key == FILE_NAME:
            if post.name.date and (found := read_date(post.name.date, post.zone)):
                return post.local(found)
            continue
        node = post.fields.scalar(key)
        if node and READ.fullmatch(node.text.strip()):
            return usual.own_time(node.text, post.zone)
    return None


def _part(text: str, config: Config) -> str:
    """Return *text* as Hugo puts it into a path: signs go, blanks become one '-', letters small."""
    out: list[str] = []
    hyphen = False
    for sign in text:
        if sign in KEPT or category(sign)[0] in "LM" or category(sign) == "Nd":
            if hyphen and out[-1] != "-" and sign != "-":
                out.append("-")
            out.append(sign)
            hyphen = False
        elif out and sign.isspace():
            hyphen = True
    path = "".join(out)
    path = path if _is_true(config.nodes.get("disablepathtolower")) else path.lower()
    return path.replace("#", "%23")


def _patterns(node: Node | None) -> Mapping[str, str]:
    """Return permalink patterns by section; newer sites have those of pages below `page`."""
    flat = _values(node)
    inner = _values(node.fields.get("page")) if isinstance(node, Table) else {}
    return {key.lower(): value for key, value in {**flat, **inner}.items()}


def _values(node: Node | None) -> dict[str, str]:
    if not isinstance(node, Table):
        return {}
    return {key: each.text.strip() for key, each in node.fields.items() if isinstance(each, Scalar)}


def _date_keys(node: Node | None) -> tuple[str, ...]:
    """Return `frontmatter.date` as keys: `:default` stands for the usual ones; git and the disk are not asked here."""
    if not isinstance(node, Items):
        return ()
    keys: list[str] = []
    for each in node.items:
        word = each.text.lower() if isinstance(each, Scalar) else ""
        keys += DATES if word == ":default" else [word] if word == FILE_NAME or word[:1] not in ("", ":") else []
    return tuple(keys)


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.text.lower() == "true"
