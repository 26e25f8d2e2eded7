"""MkDocs: with Material's `blog` plugin its posts, else every page; dates in UTC, links from file to file.

A post without a date is taken all the same (the plugin refuses it). A link to another post becomes its words, for that
one's date and title decide where it stands.

Source: mkdocs.org, "Configuration", "Writing your docs"; squidfunk.github.io, "Built-in blog plugin". MkDocs 1.6.1 and
Material 9 run on each case.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import unescape
from posixpath import normpath
from unicodedata import category, normalize
from urllib.parse import unquote

from feeds.errors import PostError
from feeds.parse.kinds import usual
from feeds.parse.kinds.kind import Config, FileName, Kind, Post
from feeds.parse.kinds.settings import read_settings
from feeds.parse.posts import permalink
from feeds.parse.posts.body import FENCE
from feeds.parse.posts.fields import Fields
from feeds.parse.posts.links import to_post
from feeds.parse.posts.yaml_tree import Items, Node, Scalar, Table
from feeds.parse.times.dates import read_date

INDEX = ("index", "readme")
HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
LINK = re.compile(
    r"(?P<before>(?<!!)\[(?P<words>[^\[\]]*)\]|!\[[^\[\]]*\])\(<?(?P<target>(?!/|[a-z]+:|#)[^\s()<>]+)>?(?P<rest>[^()]*)\)"
)
ADMONITION = re.compile(
    r"^(?P<indent> *)(?:!!!|\?\?\?\+?|===\+?) *(?P<type>[\w -]*?)[ \t]*(?:\"(?P<title>[^\"\n]*)\")?[ \t]*$"
)
ATTRIBUTES = re.compile(r"(?<=[)\]`*_])\{:?[^{}\n]*\}|(?<![ \t])[ \t]++\{ ?[.#][^{}\n]*\}(?=[ \t]*$)", re.MULTILINE)
ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[\w-]+:")
BABEL = (("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("yy", "%y"), ("M", "{0.month}"), ("d", "{0.day}"), ("y", "%Y"))


@lru_cache(maxsize=16)
def read_config(text: str, name: str) -> Config:
    """Return what `mkdocs.yml` says. Raises `PostError` that names its place."""
    nodes = read_settings(text, name if name.endswith((".yml", ".yaml")) else "mkdocs.yml")
    fields = Fields(nodes, name)
    host, path = usual.address(fields.text("site_url"))
    return Config(
        title=fields.text("site_name"),
        description=fields.text("site_description"),
        url=host,
        baseurl=path,
        content=fields.text("docs_dir").strip("./") or "docs",
        language=fields.text("theme.language"),
        authors=fields.people("site_author"),
        nodes=nodes,
    )


def takes_path(path: str, config: Config) -> bool:
    blog = _blog(config)
    if blog is None:
        return path.rpartition(".")[0].lower() not in INDEX
    return path.startswith(f"{_posts(blog)}/")


def file_name(path: str, config: Config) -> FileName:
    name = usual.split(path)
    return name._replace(slug=path.rpartition("/")[2].rpartition(".")[0])


def moment(post: Post, node: Scalar) -> datetime | None:
    return read_date(node.text, "UTC")


def title(post: Post) -> str:
    """Return the title: stated, else the first heading, else the file's name as MkDocs spells it."""
    stem = post.name.slug.replace("-", " ").replace("_", " ")
    return usual.stated_title(post) or (stem.capitalize() if stem.lower() == stem else stem)


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    blog = _blog(post.config)
    return _post_place(post, blog, categories) if blog is not None else _page_place(post.path, post.config)


def body(post: Post, url: str) -> str:
    """Return the text as Markdown that everybody reads: links as addresses, admonitions as quotes."""
    text = post.matter.body
    heading = None if post.fields.text("title") else HEADING.search(text)
    if heading and not text[: heading.start()].strip():  # it is the title, which feeds show above the text
        text = text[heading.end() :]
    text = _quoted(text)

    def plain(piece: str) -> str:
        return LINK.sub(lambda found: _linked(found, post), ATTRIBUTES.sub("", ICON.sub("", piece)))

    return usual.outside_code(text, plain)


def people(post: Post) -> tuple[str, ...]:
    """Return the names of authors: the blog's own list knows them by their ids."""
    known: dict[str, str] = {}
    for name, text in post.document.folder.data:
        if name.endswith(".authors.yml"):
            known |= _authors(text, name)
    return tuple(known.get(each, each) for each in usual.listed(post, "authors"))


KIND = Kind(
    name="mkdocs",
    shown="MkDocs",
    dates=("date.created", "date"),
    updated=("date.updated", *usual.UPDATED),
    summary=("description", "summary", "excerpt"),
    zone="UTC",
    read_config=read_config,
    file_name=file_name,
    moment=moment,
    takes_path=takes_path,
    place=place,
    title=title,
    categories=lambda post: (*usual.listed(post, "categories"), *usual.single(post, "category")),
    tags=lambda post: usual.listed(post, "tags"),
    people=people,
    hold=usual.hold,
    body=body,
)


def _blog(config: Config) -> Fields | None:
    """Return the settings of the `blog` plugin; None where the site has none."""
    plugins = config.nodes.get("plugins")
    nodes = plugins.items if isinstance(plugins, Items) else (plugins,) if isinstance(plugins, Table) else ()
    for each in nodes:
        if isinstance(each, Scalar) and each.text in ("blog", "material/blog"):
            return Fields({}, "mkdocs.yml")
        if isinstance(each, Table):
            for name in ("blog", "material/blog"):
                if name in each.fields:
                    settings = each.fields[name]
                    return Fields(settings.fields if isinstance(settings, Table) else {}, "mkdocs.yml")
    return None


def _root_of(blog: Fields) -> str:
    found = blog.get("blog_dir")
    return found.text.strip("./") if isinstance(found, Scalar) else "blog"


def _posts(blog: Fields) -> str:
    return (blog.text("post_dir") or "{blog}/posts").replace("{blog}", _root_of(blog)).strip("./")


def _post_place(post: Post, blog: Fields, categories: tuple[str, ...]) -> str:
    node = post.fields.scalar("date.created", "date")
    date = usual.own_time(node.text, "UTC") if node else None
    if date is None:
        post.fields.note("the post has no date: Material's blog does not show this post")
    form = blog.text("post_url_date_format") or "yyyy/MM/dd"
    slug = post.fields.text("slug") or slugify(_raw_title(post))
    values: Mapping[str, str] = {
        "date": _written(date, form) if date else "",
        "slug": slug,
        "file": post.name.slug,
        "categories": "/".join(slugify(name) for name in categories[:1]),
    }
    pattern = blog.text("post_url_format") or "{date}/{slug}"
    path = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), pattern)
    return _ended(f"{_root_of(blog)}/{path}", post.config)


def _page_place(path: str, config: Config) -> str:
    stem = path.rpartition(".")[0]
    folder, _, name = stem.rpartition("/")
    return _ended(folder, config, index=True) if name.lower() in INDEX else _ended(stem, config)


def _ended(path: str, config: Config, *, index: bool = False) -> str:
    directories = not _is_false(config.nodes.get("use_directory_urls"))
    end = "/" if directories or index else ".html"
    return permalink.tidy("/" + permalink.given(path) + end)


def _written(date: datetime, form: str) -> str:
    """Return *date* in a form of Babel: `yyyy/MM/dd`."""
    for sign, directive in BABEL:
        form = re.sub(rf"(?<![a-zA-Z%]){sign}(?![a-zA-Z])", directive, form)
    return date.strftime(form).format(date)


def _raw_title(post: Post) -> str:
    """Return the words that the slug is made of: the title as it is written, Markdown's signs and all."""
    if stated := post.fields.text("title"):
        return stated
    found = HEADING.search(FENCE.sub("", post.matter.body))
    return found[1] if found else title(post)


def slugify(text: str) -> str:
    """Return *text* as `pymdownx.slugs.slugify(case="lower")` has it: each blank is a '-', signs go."""
    text = normalize("NFC", unescape(re.sub(r"</?[^>]*>", "", text))).strip().lower()
    kept = "".join(c for c in text if c in " -_" or category(c)[0] in "LMN")
    return kept.replace(" ", "-")


def _linked(found: re.Match[str], post: Post) -> str:
    """Return a link or picture with its address from the site's root, for it is written from the file's place."""
    target, sharp, part = found["target"].partition("#")
    path = normpath("/".join(filter(None, (post.path.rpartition("/")[0], unquote(target)))))
    if path.startswith(".."):
        return found[0]
    if not path.endswith(".md"):
        return f"{found['before']}({post.root}/{permalink.given(path)}{sharp}{part}{found['rest']})"
    blog = _blog(post.config)
    if blog is not None and path.startswith(f"{_posts(blog)}/"):
        return f"{found['before']}({to_post(path)}{sharp}{part}{found['rest']})"
    return f"{found['before']}({post.root}{_page_place(path, post.config)}{sharp}{part}{found['rest']})"


def _quoted(text: str) -> str:
    """Return *text* with admonitions, details and tabs, whose content is indented, as quotes below their title."""
    out: list[str] = []
    blanks = 0  # lines that belong to the quote only where more of it follows
    inside = ""  # what the lines of a quote are indented by
    fenced = False
    for line in text.split("\n"):
        if inside and not line.strip():
            blanks += 1
            continue
        if inside and line.startswith(inside):
            out += [f"{inside[:-4]}>"] * blanks + [f"{inside[:-4]}> {line[len(inside) :]}"]
            blanks = 0
            continue
        out += [""] * blanks
        blanks = 0
        found = None if fenced else ADMONITION.match(line)
        inside = found["indent"] + "    " if found and (found["type"] or found["title"]) else ""
        out += _begun(found) if found and inside else [line]
        fenced ^= line.lstrip().startswith(("```", "~~~"))
    return "\n".join([*out, *[""] * blanks])


def _begun(found: re.Match[str]) -> list[str]:
    """Return the first lines of a quote: its title, else its type; an empty title means none."""
    words = found["title"] if found["title"] is not None else found["type"].partition(" ")[0].capitalize()
    return [f"{found['indent']}> **{words}**", f"{found['indent']}>"] if words else []


@lru_cache(maxsize=16)
def _authors(text: str, name: str) -> dict[str, str]:
    try:
        fields = Fields(read_settings(text, name), name)
    except PostError:
        return {}
    listed = fields.get("authors")
    nodes = listed.fields if isinstance(listed, Table) else {}
    return {key: Fields({"x": node}, name).text("x.name") or key for key, node in nodes.items()}


def _is_false(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.text.lower() == "false"
