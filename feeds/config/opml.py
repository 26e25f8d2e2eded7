"""OPML lists of feeds, nested and dirty: read, never believed.

OPML 2.0 says little and is followed less, so: attribute names in any letter case; `xmlUrl` makes an outline a feed
whatever its type; an outline without it is a folder. Broken XML is read as far as it goes. Nothing is fetched, no
entity is loaded, nothing is executed: newsboat ran `exec:` addresses of imported lists (its pull request 3400).
"""

import re
from html.entities import html5

from lxml import etree

from feeds.config.listed import Feeds, Gathering
from feeds.model.limits import LONGEST_SPACE, has_overlong_space

MOST = 10_000  # outlines
_DOCTYPE_OPENS = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
# Feeds that FreshRSS makes of pages.
_MADE = {
    "html+xpath": "FreshRSS makes it of a web page",
    "xml+xpath": "FreshRSS makes it of XML that is no feed",
    "json+dotnotation": "FreshRSS makes it of JSON that is no feed",
    "html+xpath+json+dotnotation": "FreshRSS makes it of a web page",
}
# Attributes of Miniflux and FreshRSS whose wish is not met here, by how their names begin, and what to do instead.
_NOT_TAKEN = (
    ("scraperrules", "its scraper rules are left out: only what the feed holds is read"),
    ("crawler", "its wish for the pages' full text is left out: only what the feed holds is read"),
    ("cssfullcontent", "its wish for the pages' full text is left out: only what the feed holds is read"),
    ("rewriterules", "its rewrite rules are left out; see `rewrite`"),
    ("urlrewriterules", "its rewrite rules for links are left out; see `rewrite` with `field: link`"),
    ("blocklistrules", "its block rules are left out; see `drop`"),
    ("blockfilterentryrules", "its block rules are left out; see `drop`"),
    ("keeplistrules", "its keep rules are left out; see `only`"),
    ("keepfilterentryrules", "its keep rules are left out; see `only`"),
    ("filtersactionread", "its filter is left out; see `drop`"),
    ("cookie", "its cookie is left out; see `headers`"),
    ("curlopt", "its request options are left out; see `headers` and `user_agent`"),
    ("username", "its login is left out; see `auth`"),
)
_REFERENCE = re.compile(
    r"&(?:(?:amp|lt|gt|quot|apos);|#(?:([0-9]{1,7})|[xX]([0-9A-Fa-f]{1,6}));|([A-Za-z][A-Za-z0-9]{1,31};)?)"
)
_XML_ONLY = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(text: str) -> Feeds:
    """Return the feeds of *text*, folders as categories, the outermost first. What is left out is said in problems."""
    gathering = Gathering()
    clean = _cleaned(text)
    if has_overlong_space(clean):
        gathering.problem(f"a namespace of more than {LONGEST_SPACE} bytes: no list needs one, so none of it is read")
        return gathering.feeds()
    root = _root(clean)
    if root is None:
        gathering.problem("no outline found: is this OPML?")
        return gathering.feeds()
    folders: list[str] = []  # what the open outlines are called, from the outermost in; '' gives no name
    seen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str) or element.tag.rpartition("}")[2].lower() != "outline":
            continue
        if event == "end":
            folders.pop()
            continue
        seen += 1
        if seen > MOST:
            gathering.problem(f"more than {MOST} outlines: the rest is left out", _line(element))
            break
        folders.append(_outline(element, list(filter(None, folders)), gathering))
    return gathering.feeds()


def title(text: str) -> str:
    """Return what a list calls itself, on one line: the `title` of its `head` (OPML 2.0); '' where it says nothing."""
    root = _root(_cleaned(text))
    if root is None:
        return ""
    found = root.find("{*}head/{*}title")
    return "" if found is None else " ".join("".join(map(str, found.itertext())).split())


def _cleaned(text: str) -> bytes:
    """Return *text* without a document type and what no XML may hold."""
    return _XML_ONLY.sub("", _REFERENCE.sub(_readable, _without_doctype(_DECLARATION.sub(_blank, text)))).encode()


def _root(clean: bytes) -> etree._Element | None:
    """Parse a list with nothing that could reach outside: no entities of its own, no network."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(clean, parser)
    except etree.XMLSyntaxError:
        return None


def _without_doctype(text: str) -> str:
    """Cut the one document type that XML allows: searching for more costs quadratic time on hostile text."""
    opening = _DOCTYPE_OPENS.search(text)
    found = _DOCTYPE.match(text, opening.start()) if opening else None
    return text[: found.start()] + _blank(found) + text[found.end() :] if found else text


def _blank(found: re.Match[str]) -> str:
    """Keep the lines of what is cut, so that faults are told at theirs."""
    return "\n" * found[0].count("\n")


def _readable(found: re.Match[str]) -> str:
    """Write an HTML entity, or an `&` that nobody escaped, so that XML reads it; drop numbers of no character.

    libxml2, told to recover, takes `&#xD800;` in the name of a namespace, and lxml then raises UnicodeDecodeError.
    """
    if number := found[1] or found[2]:
        value = int(number, 10 if found[1] else 16)
        return found[0] if value <= 0x10FFFF and not _XML_ONLY.match(chr(value)) else ""
    if found[0].endswith(";") and not found[3]:
        return found[0]
    sign = html5.get(found[3]) if found[3] else None
    return "".join(f"&#{ord(c)};" for c in sign) if sign else f"&amp;{found[3] or ''}"


def _outline(element: etree._Element, folders: list[str], gathering: Gathering) -> str:
    """Take one outline; return the name that it gives to what stands below it."""
    found = {_local(name): " ".join(str(value).split()) for name, value in element.attrib.items()}
    kind, line = found.get("type", "").lower(), _line(element)
    if kind == "source":  # a list of lists (share.opml.org), not a feed
        return ""
    url = found.get("xmlurl") or (found.get("url", "") if kind in {"rss", "atom"} else "")
    title = found.get("text") or found.get("title", "")
    if not url:
        return title if len(element) else ""
    if made := _MADE.get(kind):
        gathering.problem(f"'{title or url}' is left out: {made}", line)
        return ""
    for name, words in _NOT_TAKEN:
        if any(key.startswith(name) and value not in {"", "false", "0"} for key, value in found.items()):
            gathering.problem(f"'{title or url}': {words}", line)
    gathering.add(
        url,
        title=title,
        categories=[*folders, *_categories(found.get("category", ""))],
        enabled=found.get("disabled", "").lower() not in {"true", "1"},
        user_agent=found.get("useragent", ""),
        line=line,
    )
    return ""


def _local(name: str | bytes) -> str:
    """Return an attribute's name in lower case, without namespace, signs and prefix: FreshRSS writes `frss:`."""
    return str(name).rpartition("}")[2].rpartition(":")[2].lower().replace("_", "")


def _line(element: etree._Element) -> int:
    return int(str(element.sourceline or 0))


def _categories(text: str) -> list[str]:
    """Return the last part of each path: `/Regions/Seoul,news` is Seoul and news (OPML 2.0, `category`)."""
    return [name for path in text.split(",") if (name := path.strip().rstrip("/").rpartition("/")[2].strip())]
