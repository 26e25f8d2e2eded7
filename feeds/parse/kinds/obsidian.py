"""Obsidian: a vault of notes that link to each other by name, with pictures embedded, tags in the text, callouts.

URLs are Obsidian Publish's: `permalink`, else the note's path with '+' for blanks. A note whose `publish` is false is
held back; one that says nothing is shown, for the folder was named as one of posts. Templates and drawings are no
posts. A link leads to the note that Obsidian would open: by path, beside the note, else the shortest path with that
name.

Source: help.obsidian.md, "Internal links", "Embed files", "Obsidian Flavored Markdown", "Permalinks". Not run.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from unicodedata import normalize
from urllib.parse import quote, unquote

from feeds.parse.kinds import usual
from feeds.parse.kinds.kind import Config, FileName, Hold, Kind, Post
from feeds.parse.kinds.plain import shelf
from feeds.parse.kinds.settings import read_settings
from feeds.parse.posts import permalink
from feeds.parse.posts.fields import Fields
from feeds.parse.posts.yaml_tree import Items, Scalar

DATED_NAME = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)(?:[ _-]+.*)?")
LINK = re.compile(r"(?P<embed>!?)\[\[(?P<target>[^\[\]\n|\\]+)(?:\\?\|(?P<words>[^\[\]\n]*))?\]\]")
MARKDOWN_LINK = re.compile(r"(?<=\]\()<?(?P<target>[^\s()<>:#]+(?:%20[^\s()<>:#]+)*)(?P<rest>#[^\s()<>]*)?>?(?=[)\s])")
COMMENT = re.compile(r"%%.*?%%", re.DOTALL)
HIGHLIGHT = re.compile(r"(?<![=\w])==(?=\S)(.+?)(?<=\S)==(?!=)")
CALLOUT = re.compile(
    r"^(?P<quote>[ \t]*(?:>[ \t]*)+)\[!(?P<type>[\w-]+)(?:\|[^\]]*)?\][+-]?[ \t]*(?P<title>[^\n]*)$", re.MULTILINE
)
BLOCK_ID = re.compile(r"(?:^|[ \t])\^[\w-]+[ \t]*$", re.MULTILINE)
TAG = re.compile(r"(?<![^\s(])#(?=[^\s#]*[^\W\d])([\w/-]+)")
QUERY = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[ \t]*(?:dataview|dataviewjs|query|tasks|button)\b.*?^ {0,3}\1[ \t]*$", re.M | re.S
)
PLUGINS = ("excalidraw-plugin", "kanban-plugin")  # their files are no texts
PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "avif"})
SOUNDS = frozenset({"mp3", "wav", "m4a", "ogg", "flac", "3gp"})
FILMS = frozenset({"mp4", "webm", "ogv", "mov", "mkv"})


@lru_cache(maxsize=16)
def read_config(text: str, name: str) -> Config:
    """Return the settings of the vault's templates: the folder that they lie in."""
    return Config(nodes=read_settings(text, name))


def file_name(path: str, config: Config) -> FileName:
    """Take a name apart: a daily note's is its date, which stays in its URL."""
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    dated = DATED_NAME.fullmatch(stem)
    return FileName(dated["date"] if dated else "", stem, dot + suffix)


def takes_path(path: str, config: Config) -> bool:
    templates = Fields(config.nodes, "").text("folder").strip("/") or "templates"
    return not path.lower().startswith(f"{templates.lower()}/")


def is_post(post: Post) -> bool:
    return not any(post.fields.get(plugin) for plugin in PLUGINS)


def hold(post: Post) -> Hold:
    return usual.hold(post) or ("unpublished" if post.fields.is_unpublished("publish") else "")


def title(post: Post) -> str:
    """Return the title: stated, else the note's name."""
    return post.fields.text("title") or post.name.slug


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    return usual.given(post, "permalink", "url") or address(post.path)


def address(path: str) -> str:
    """Return where the note at *path* stands, as Obsidian Publish has it."""
    return permalink.tidy("/" + "/".join(_escaped(part) for part in path.rpartition(".")[0].split("/")))


def tags(post: Post) -> tuple[str, ...]:
    """Return tags of the front matter and of the text, without their '#'."""
    named = (*post.fields.names("tags", jekyll=False), *usual.single(post, "tag"))
    found: list[str] = []
    usual.outside_code(COMMENT.sub("", post.matter.body), lambda text: _collected(text, found))
    return tuple(name.strip("#") for name in (*named, *found))


def categories(post: Post) -> tuple[str, ...]:
    named = (*post.fields.names("categories", jekyll=False), *usual.single(post, "category"))
    return tuple(_words(name) for name in named) or shelf(post)


def picture(post: Post, text: str) -> str:
    """Return where a picture of the front matter lies, which may be written as a link."""
    found = LINK.fullmatch(text.strip())
    target = found["target"].strip() if found else text
    path = _find(post, target) if not re.match(r"[a-z]+:|/", target) else ""
    return _file(post, path) if path else target


def body(post: Post, url: str) -> str:
    """Return the text as Markdown that everybody reads: links and embeds as addresses, callouts as quotes."""
    text = QUERY.sub("", post.matter.body)
    return usual.outside_code(text, lambda piece: _plain(piece, post))


def _people(post: Post) -> tuple[str, ...]:
    """Return authors that are written as links to their notes."""
    node = post.fields.get("author") or post.fields.get("authors")
    nodes = node.items if isinstance(node, Items) else (node,)
    names = [each.text for each in nodes if isinstance(each, Scalar)]
    return tuple(map(_words, names)) if any(LINK.search(name) for name in names) else ()


KIND = Kind(
    name="obsidian",
    shown="Obsidian",
    dates=("date", "created", "date created", "created_at", "creation_date", "publish_date", "published"),
    updated=("updated", "modified", "date modified", "date updated", *usual.UPDATED),
    summary=("description", "summary", "excerpt"),
    read_config=read_config,
    file_name=file_name,
    moment=usual.moment,
    takes_path=takes_path,
    is_post=is_post,
    place=place,
    title=title,
    categories=categories,
    tags=tags,
    people=_people,
    picture=picture,
    hold=hold,
    body=body,
)


def _words(name: str) -> str:
    found = LINK.fullmatch(name.strip())
    return (found["words"] or found["target"].rpartition("/")[2]).strip() if found else name


def _collected(text: str, found: list[str]) -> str:
    found += [match[1].rstrip("/") for match in TAG.finditer(MARKDOWN_LINK.sub("", LINK.sub("", text)))]
    return text


def _plain(text: str, post: Post) -> str:
    text = COMMENT.sub("", text)
    text = CALLOUT.sub(_callout, text)
    text = BLOCK_ID.sub("", text)
    text = HIGHLIGHT.sub(r"<mark>\1</mark>", text)
    text = MARKDOWN_LINK.sub(lambda found: _linked(found, post), text)
    return LINK.sub(lambda found: _shown(found, post), text)


def _callout(found: re.Match[str]) -> str:
    title = found["title"].strip() or found["type"].replace("-", " ").capitalize()
    return f"{found['quote']}**{title}**\n{found['quote'].rstrip()}"


def _linked(found: re.Match[str], post: Post) -> str:
    """Return the address of a Markdown link to another file of the vault."""
    target = unquote(found["target"])
    path = "" if target.startswith("/") else _find(post, target)
    if not path:
        return found[0]
    return (_page(post, path) if path.endswith(".md") else _file(post, path)) + (found["rest"] or "")


def _shown(found: re.Match[str], post: Post) -> str:
    """Return a link or an embedded file as Markdown or HTML; one that leads nowhere as its words."""
    target, _, part = found["target"].strip().partition("#")
    path = _find(post, target) if target else post.path
    suffix = path.rpartition(".")[2].lower()
    words = (found["words"] or "").strip()
    if found["embed"] and suffix != "md":
        return _embedded(_file(post, path), suffix, words, target) if path else ""
    shown = words or (f"{target} > {part}" if target and part and not part.startswith("^") else target or part)
    if not path:
        return shown
    anchor = "" if not part or part.startswith("^") else "#" + _escaped(part.rpartition("#")[2])
    return f"[{shown}]({(_page(post, path) if suffix == 'md' else _file(post, path))}{anchor})"


def _embedded(url: str, suffix: str, words: str, target: str) -> str:
    *alt, size = words.split("|") if words else [""]
    width = re.fullmatch(r"(\d{1,4})(?:x(\d{1,4}))?", size.strip())
    alt = alt if width else [*alt, size]
    said = escape("|".join(alt).strip())
    if suffix in PICTURES:
        height = f' height="{width[2]}"' if width and width[2] else ""
        return f'<img src="{url}" alt="{said}"{f" width={chr(34)}{width[1]}{chr(34)}{height}" if width else ""}>'
    if suffix in SOUNDS or suffix in FILMS:
        kind = "audio" if suffix in SOUNDS else "video"
        return f'<{kind} controls src="{url}"></{kind}>'
    return f"[{said or target.rpartition('/')[2]}]({url})"


def _page(post: Post, path: str) -> str:
    """Return where the note at *path* stands: where it says so itself, that counts."""
    stated = _stated(post.document.folder.stated).get(path, "")
    return post.root + (permalink.tidy("/" + permalink.given(stated)) if stated else address(path))


@lru_cache(maxsize=4)
def _stated(pairs: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return dict(pairs)


def _file(post: Post, path: str) -> str:
    return post.root + "/" + quote(path, safe="/!$&'()*+,;=:@~" if not set("()") & set(path) else "/~")


def _find(post: Post, target: str) -> str:
    """Return the path of the file that a link means, '' where there is none."""
    wanted = normalize("NFC", target.strip()).lower().removeprefix("./")
    names = _by_name(post.document.folder.files)
    for each in (wanted, f"{wanted}.md"):
        paths = names.get(each.rpartition("/")[2], ())
        beside = "/".join(filter(None, (post.path.lower().rpartition("/")[0], each)))
        exact = [path for path in paths if path.lower() in (each, beside)]
        ending = [path for path in paths if path.lower().endswith(f"/{each}") or "/" not in each]
        if found := exact or ending:
            return found[0]
    return ""


@lru_cache(maxsize=4)
def _by_name(files: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return paths by the file's name in lower case, the shortest first."""
    found: dict[str, list[str]] = {}
    for path in sorted(files, key=lambda path: (path.count("/"), path)):
        found.setdefault(path.rpartition("/")[2].lower(), []).append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def _escaped(text: str) -> str:
    return permalink.given(text.replace("%", "%25").replace("?", "%3F").replace("#", "%23")).replace("%20", "+")
