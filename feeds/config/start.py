"""The text of a new feeds.yaml: from nothing, from a site's address, or from what another program keeps.

Text in, text out: the caller reads the file that it starts from, and writes the one that comes out.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from feeds.config import lists, nodes, opml
from feeds.config.edit import quoted
from feeds.config.faults import page
from feeds.config.listed import Listed
from feeds.config.nodes import Node
from feeds.config.values import Unfit, Value, language, site_url, zone
from feeds.errors import UsageError

TITLE, URL = "My site", "https://www.example.com"  # stand in a new file for what is not known; `feeds check` names them
LONGEST = 200  # characters of a list's title
_SCRIPTS = (("ja", re.compile(r"[\u3041-\u30ff]")), ("ko", re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")))
_DOMAINS = {"kr": "ko", "jp": "ja", "xn--3e0b707e": "ko"}  # IANA root zone; the last is .한국
_ZONES = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is known of a site before its feeds.yaml is written; '' where nothing is."""

    origin: str = ""  # what it was found in, for a comment
    title: str = ""
    url: str = ""
    description: str = ""
    language: str = ""
    timezone: str = ""
    author: str = ""
    email: str = ""
    content: str = ""  # path of the posts, relative to the new file
    kind: str = "auto"
    feeds: tuple[Listed, ...] = ()
    left_out: tuple[str, ...] = ()


def start(name: str = "", text: str = "", folder: str = ".") -> str:
    """Return the text of a new feeds.yaml.

    *name* is '' for nothing, a site's address, or the name of a file whose *text* is given; *folder* leads from the
    new file to that file's folder. Raises `UsageError` where nothing can be made of it.
    """
    return written(begun(name, text, folder))


def begun(name: str, text: str = "", folder: str = ".") -> Beginning:
    """Return what *name* and *text* say of a site: told apart by the file's name, then by its content.

    Where they name no language or zone of their own, the writing of title and description tells it, else the
    top-level domain.
    """
    found = _said(name, text, folder)
    spoken = _spoken(found)
    zones = (_ZONES.get(tag) for tag in (found.language.partition("-")[0].casefold(), spoken))
    return replace(found, language=found.language or spoken, timezone=found.timezone or next(filter(None, zones), ""))


def _spoken(found: Beginning) -> str:
    """Return the language that a site seems to be in: by kana or Hangul, else by its domain; '' where nothing tells."""
    words = f"{found.title} {found.description}"
    written = (tag for tag, script in _SCRIPTS if script.search(words))
    return next(written, "") or _DOMAINS.get((urlsplit(found.url).hostname or "").rpartition(".")[2], "")


def _said(name: str, text: str, folder: str) -> Beginning:
    last = re.split(r"[/\\]", name)[-1].casefold()
    if not name:
        return Beginning()
    if re.match(r"https?://", name, re.IGNORECASE):
        return _from_url(name)
    if re.fullmatch(r"_config.*\.ya?ml", last):
        return _from_jekyll(text, folder)
    if last in {"hugo.toml", "config.toml"}:
        return _from_hugo(text, folder)
    found = lists.read(text)
    if not found.feeds:
        remedy = "give a site's address, an OPML list, _config.yml, hugo.toml, newsboat's urls or a planet's ini"
        raise UsageError(f"{name} holds nothing to start from; {remedy}")
    kinds = {
        "opml": "an OPML list",
        "newsboat": "newsboat's urls",
        "planet": "a planet's ini",
        "records": "a list of records",
    }
    shape = lists.shape(text)
    title = opml.title(text)[:LONGEST] if shape == "opml" else ""
    return Beginning(origin=kinds[shape], title=title, feeds=found.feeds, left_out=found.problems)


def _from_url(url: str) -> Beginning:
    fit = _fit(site_url, url)
    if not fit:
        raise UsageError(f"'{url}' is no address of a site; {site_url.right}")
    host = (urlsplit(fit).hostname or "").removeprefix("www.")
    return Beginning(origin="the address given", title=host, url=fit)


def _from_jekyll(text: str, folder: str) -> Beginning:
    """Read Jekyll's `_config.yml`: real ones hold anchors and tags, of which only the simple values matter."""
    root, _ = nodes.parse(text, page("_config.yml", text))
    if root is None or root.kind != "mapping":
        raise UsageError("_config.yml is not YAML that can be read; mend it, or begin without it")
    found = _flat(root)
    url = found.get("url", "").rstrip("/") + "/" + found.get("baseurl", "").strip("/")
    return Beginning(
        origin="_config.yml",
        title=found.get("title") or found.get("name", ""),
        url=_fit(site_url, url),
        description=found.get("description") or found.get("tagline", ""),
        language=_fit(language, _tag(found.get("lang") or found.get("locale") or found.get("language", ""))),
        timezone=_fit(zone, found.get("timezone", "")),
        author=found.get("author.name") or found.get("author", ""),
        email=found.get("author.email") or found.get("email", ""),
        content=folder,
        kind="jekyll",
    )


def _from_hugo(text: str, folder: str) -> Beginning:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"hugo.toml cannot be read: {error}; mend it, or begin without it") from None
    facts = {key.casefold(): value for key, value in found.items()}
    params = {key.casefold(): value for key, value in facts.get("params", {}).items()}
    author = params.get("author", facts.get("author", ""))
    return Beginning(
        origin="hugo.toml",
        title=_word(facts.get("title")),
        url=_fit(site_url, _word(facts.get("baseurl"))),
        description=_word(params.get("description")),
        language=_fit(language, _tag(_word(facts.get("languagecode") or facts.get("defaultcontentlanguage")))),
        timezone=_fit(zone, _word(facts.get("timezone"))),
        author=_word(author.get("name") if isinstance(author, Mapping) else author),
        content=f"{folder}/{_word(facts.get('contentdir')) or 'content'}",
        kind="hugo",
    )


def _flat(root: Node) -> dict[str, str]:
    """Return the scalars of the first two levels, as `key` and `key.key`."""
    found: dict[str, str] = {}
    for key, pair in root.pairs.items():
        if pair.value.kind == "scalar" and nodes.value(pair.value) is not None:
            found[key] = pair.value.text.strip()
        for inner, below in pair.value.pairs.items():
            if below.value.kind == "scalar":
                found[f"{key}.{inner}"] = below.value.text.strip()
    return found


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _tag(text: str) -> str:
    return text.replace("_", "-").partition(".")[0]


def _fit(kind: Value, text: str) -> str:
    """Return *text* as *kind* reads it, '' where it does not fit: a new file begins without faults."""
    try:
        return str(kind.read(text))
    except Unfit:
        return ""


def written(beginning: Beginning) -> str:
    """Return the file: what is known filled in, what is not explained."""
    known = replace(beginning, language=beginning.language or "en", timezone=beginning.timezone or "UTC")
    blocks = [_head(known), _site(known), _content(known), _sources(known), _TAIL]
    return "\n".join("\n".join(block) + "\n" for block in blocks)


def _head(known: Beginning) -> list[str]:
    origin = f", begun from {known.origin}" if known.origin else ""
    return [
        f"# What `feeds` reads and publishes{origin}.",
        "# `feeds check` tells every fault at once; `feeds run` makes one pass; `feeds serve` stays.",
        "# Editors complete and check it once `feeds schema > feeds.schema.json` has run:",
        "# yaml-language-server: $schema=./feeds.schema.json",
        "version: 1",
    ]


def _site(known: Beginning) -> list[str]:
    lines = ["site:", f"  title: {quoted(_line(known.title) or TITLE)}{_guess(known.title)}"]
    lines.append(f"  url: {quoted(known.url or URL)}{_guess(known.url)}")
    if known.description:
        lines.append(f"  description: {quoted(_line(known.description))}")
    lines.append(f"  language: {quoted(known.language)}")
    lines.append(f"  timezone: {quoted(known.timezone)}")
    if known.author or re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", known.email):
        name = [f"name: {quoted(_line(known.author))}"] if known.author else []
        email = [f"email: {quoted(known.email)}"] if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", known.email) else []
        lines.append(f"  author: {{{', '.join([*name, *email])}}}")
    return [*lines, "  # pages: posts  # a page for each post of ours, where no site generator makes one"]


def _guess(value: str) -> str:
    return "" if value else "  # put yours here"


def _line(text: str) -> str:
    return " ".join(text.split())


def _content(known: Beginning) -> list[str]:
    if not known.content:
        return ["# Our own posts, files with front matter:", "# content:", "#   - path: ./posts"]
    path = known.content if known.content.startswith((".", "/")) else f"./{known.content}"
    return ["content:  # our own posts", f"  - path: {quoted(path)}", f"    kind: {known.kind}"]


def _sources(known: Beginning) -> list[str]:
    comment = "# Feeds of others; `feeds add URL` finds the feed behind a page and writes it here."
    notes = [f"# {_line(note)}" for note in known.left_out]
    if not known.feeds:
        return [comment, "sources: []", *notes]
    return [comment, *notes, "sources:", *_items(known.feeds)]


def _items(feeds: Iterable[Listed]) -> list[str]:
    lines = []
    for feed in feeds:
        lines.append(f"  - url: {quoted(feed.url)}")
        if feed.title:
            lines.append(f"    title: {quoted(feed.title)}")
        if feed.categories:
            lines.append(f"    categories: [{', '.join(map(quoted, feed.categories))}]")
    return lines


_TAIL = """\
# Subjects with a place of their own; other categories are kept under their own names.
# categories:
#   - {name: Technology, slug: tech, aliases: [IT, Tech]}

# What is published, below the site's address: one feed of everything, one for each category.
outputs:
  - {id: all, path: /, formats: [atom, rss, json, html, opml], limit: 50}
  - {id: by-category, each: category, path: "/{slug}/"}

server: {listen: 127.0.0.1:8080}  # `feeds serve`
store: sqlite:///var/feeds.db     # what was read
public: var/public                # what is published""".splitlines()
