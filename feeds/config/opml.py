"""OPML lists of feeds, nested and dirty: read, never believed.

OPML 2.0 says little and is followed less, so: attribute names in any letter case; `xmlUrl` makes an outline a feed
whatever its type; an outline without it is a folder. Broken XML is read as far as it goes. Nothing is fetched, no
entity is loaded, nothing is executed: newsboat ran `exec:` addresses of imported lists (its pull request 3400).
"""

import re
from html.entities import html5

from lxml import etree

from feeds.config.listed import Feeds, Gathering

MOST = 10_000  # outlines
_DOCTYPE_OPENS = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_BARE_AND = re.compile(
    r"&(?!#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)?"
)
_XML_ONLY = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(text: str) -> Feeds:
    """Return the feeds of *text*, folders as categories, the outermost first. What is left out is said in problems."""
    gathering = Gathering()
    root = _root(text)
    if root is None:
        gathering.problem("no outline found: is this OPML?")
        return gathering.feeds()
    folders: list[str] = []  # what the open outlines are called, from the outermost in; '' gives no name
    seen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str) or etree.QName(element).localname.lower() != "outline":
            continue
        if event == "end":
            folders.pop()
            continue
        seen += 1
        if seen > MOST:
            gathering.problem(f"more than {MOST} outlines: the rest is left out")
            break
        folders.append(_outline(element, list(filter(None, folders)), gathering))
    return gathering.feeds()


def _root(text: str) -> etree._Element | None:
    """Parse *text* with nothing that could reach outside: no document type, no entities of its own, no network."""
    clean = _XML_ONLY.sub("", _BARE_AND.sub(_named, _without_doctype(_DECLARATION.sub("", text))))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(clean.encode(), parser)
    except etree.XMLSyntaxError:
        return None


def _without_doctype(text: str) -> str:
    """Cut the one document type that XML allows: searching for more costs quadratic time on hostile text."""
    opening = _DOCTYPE_OPENS.search(text)
    found = _DOCTYPE.match(text, opening.start()) if opening else None
    return text[: found.start()] + text[found.end() :] if found else text


def _named(found: re.Match[str]) -> str:
    """Write an HTML entity, or an `&` that nobody escaped, so that XML reads it."""
    sign = html5.get(found[1]) if found[1] else None
    return "".join(f"&#{ord(c)};" for c in sign) if sign else f"&amp;{found[1] or ''}"


def _outline(element: etree._Element, folders: list[str], gathering: Gathering) -> str:
    """Take one outline; return the name that it gives to what stands below it."""
    found = {str(name).lower(): " ".join(str(value).split()) for name, value in element.attrib.items()}
    if found.get("type", "").lower() == "source":  # a list of lists (share.opml.org), not a feed
        return ""
    url = found.get("xmlurl") or (found.get("url", "") if found.get("type", "").lower() in {"rss", "atom"} else "")
    title = found.get("text") or found.get("title", "")
    if not url:
        return title if len(element) else ""
    gathering.add(url, title=title, categories=[*folders, *_categories(found.get("category", ""))])
    return ""


def _categories(text: str) -> list[str]:
    """Return the last part of each path: `/Regions/Seoul,news` is Seoul and news (OPML 2.0, `category`)."""
    return [name for path in text.split(",") if (name := path.strip().rstrip("/").rpartition("/")[2].strip())]
