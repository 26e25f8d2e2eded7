"""Links from post to post. Where another post stands its own front matter decides, so that they are read in two steps.

Reading a post writes the address of another as `post-file:` and what it is called there: its file, its name or its
title, as its generator allows. When all posts of the folder are read, `linked` puts their addresses in. A link to what
is not there, or is held back, leaves its words; with a guess (`post_url` of Jekyll tells date and slug) it keeps that.
"""

import re
from collections.abc import Sequence
from html import escape
from posixpath import dirname, join, normpath
from unicodedata import normalize
from urllib.parse import quote, unquote

from feeds.model.entry import RawEntry, Text
from feeds.model.quick import replace
from feeds.model.source import Problem

SCHEME = "post-file:"
_WRITTEN = r"post-file:(?P<name>[^\s\"'<>?#)]*)(?:\?(?P<guess>[^\s\"'<>#)]*))?(?P<part>#[^\s\"'<>)]*)?"
_LINK = re.compile(
    rf"<a\b(?P<before>[^<>]*?\bhref=)(?P<quote>[\"'])(?P<root>[^\"'<>]*?){_WRITTEN}(?P=quote)(?P<after>[^<>]*)>"
    r"(?P<words>.*?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(_WRITTEN)
_ENDINGS = frozenset({"md", "markdown", "mdown", "mkd", "mdx", "rst", "html", "htm", "txt"})
_DATED = re.compile(r"\d{4}-\d\d?-\d\d?-")


def to_post(name: str, guess: str = "") -> str:
    """Return the address of a post by what it is called; *guess* is where it stands if it is not found."""
    name, sharp, part = name.strip().partition("#")
    also = f"?{quote(guess, safe='/:')}" if guess else ""
    return f"{SCHEME}{quote(name, safe='/')}{also}{sharp}{quote(part, safe='%')}"


def linked(entries: Sequence[RawEntry]) -> tuple[list[RawEntry], list[Problem]]:
    """Return *entries*, all posts of a folder, with their links to each other; and which of these lead nowhere."""
    if not any(SCHEME in text.value for entry in entries for text in _texts(entry)):
        return list(entries), []
    posts = _Posts(entries)
    done: list[RawEntry] = []
    problems: list[Problem] = []
    for entry in entries:
        lost: dict[str, None] = {}
        title, summary, content = (_linked(text, entry, posts, lost) for text in _fields(entry))
        done.append(replace(entry, title=title, summary=summary, content=content))
        for name in lost:
            detail = f"the link to the post {name!r} became its words: it is not there"
            problems.append(Problem(code="assumed", detail=detail, where=entry.path))
    return done, problems


def _fields(entry: RawEntry) -> tuple[Text | None, Text | None, Text | None]:
    return entry.title, entry.summary, entry.content


def _texts(entry: RawEntry) -> list[Text]:
    return [text for text in _fields(entry) if text]


def _linked(text: Text | None, entry: RawEntry, posts: "_Posts", lost: dict[str, None]) -> Text | None:
    if text is None or SCHEME not in text.value:
        return text

    def address(found: re.Match[str], root: str = "") -> str:
        name = unquote(found["name"])
        if url := posts.find(name, entry.path):
            return escape(url + (found["part"] or ""))
        if found["guess"]:
            return escape(root) + escape(unquote(found["guess"]) + (found["part"] or ""))
        lost[name] = None
        return ""

    def link(found: re.Match[str]) -> str:
        url = address(found, found["root"])
        whole = f"<a{found['before']}{found['quote']}{url}{found['quote']}{found['after']}>{found['words']}</a>"
        return whole if url else found["words"]

    return replace(text, value=_BARE.sub(address, _LINK.sub(link, text.value)))


class _Posts:
    """The addresses of posts by what they may be called. Those that are held back have none."""

    def __init__(self, entries: Sequence[RawEntry]) -> None:
        self._paths: dict[str, str] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._titles: dict[str, str] = {}
        for entry in sorted(entries, key=lambda e: (e.path.count("/"), e.path)):
            if not entry.url or entry.hold:
                continue
            path = _key(entry.path)
            last = path.rpartition("/")[2]
            self._paths.setdefault(path, entry.url)
            for name in {last, _DATED.sub("", last, count=1)}:
                self._names.setdefault(name, []).append((path, entry.url))
            if entry.title and entry.title.kind == "text":
                self._titles.setdefault(_folded(entry.title.value), entry.url)

    def find(self, name: str, beside: str) -> str:
        """Return where the post stands that the one at *beside* calls *name*: by its path there or from the top, else
        by the end of its path, else by its title; '' for none."""
        key = _key(name)
        for path in (normpath(join(dirname(_key(beside)), key)), key):
            if path in self._paths:
                return self._paths[path]
        key = key.lstrip("./")
        for path, url in self._names.get(key.rpartition("/")[2], ()):
            if "/" not in key or path.endswith(f"/{key}"):
                return url
        return self._titles.get(_folded(name), "")


def _key(path: str) -> str:
    """A path as names are compared: without its ending, of a folder's own post without `index`."""
    text = normalize("NFC", path.strip()).lower().lstrip("/")
    stem, dot, ending = text.rpartition(".")
    text = stem if dot and ending in _ENDINGS else text
    return text.removesuffix("/_index").removesuffix("/index")


def _folded(title: str) -> str:
    return " ".join(normalize("NFC", title).casefold().split())
