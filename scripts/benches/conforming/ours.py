"""What our reader makes of the same tasks, and how it looks through feedparser's names.

Expectations of feedparser's cases are Python over its result. They are asked of a view of ours that has the same names
for what we keep; one that asks for anything else does not concern us, and says so by raising `NotKept`.
Texts are compared as HTML, so that `<br />` is `<br>`; what a feed says of itself, which is kept as words, as words.
"""

import html
import re
from datetime import UTC, datetime
from pathlib import Path
from time import struct_time
from typing import Any

from conformance_peers import WORDS, Task
from lxml import html as markup

from feeds.errors import ParseError
from feeds.model.entry import Origin, Parsed, Person, RawEntry, Text
from feeds.model.source import Document, FeedInfo, Source
from feeds.parse import parse

SOURCE = Source(id="s", kind="feed", location="https://a.example/feed")


class NotKept(LookupError):
    """An expectation asks for what we do not keep."""


def read(task: Task) -> Parsed | None:
    """Return what we read; None where it is refused."""
    body = Path(task["path"]).read_bytes()
    try:
        return parse(Document(url=task["url"], body=body, media_type=task["media_type"]), SOURCE)
    except ParseError:
        return None


def told(parsed: Parsed) -> dict[str, Any]:
    """Return what a document says, in the shape of `conformance_peers.told`, with the name of the reader of ours."""
    return {
        "title": parsed.info.title,
        "items": [_item(entry) for entry in parsed.entries],
        "reader": parsed.reader or "tolerant",
    }


def _item(entry: RawEntry) -> dict[str, Any]:
    published = entry.published or entry.updated
    return {
        "id": entry.guid,
        "link": entry.url,
        "title": entry.title.value if entry.title else "",
        "summary": entry.summary.value if entry.summary else "",
        "published": published.isoformat() if published else "",
        "updated": entry.updated.isoformat() if entry.updated else "",
        "enclosures": [[e.url, e.media_type, str(e.length or "")] for e in entry.enclosures],
    }


class Markup(str):
    """HTML that is equal where it means the same, however it is written."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and (str(self) == str(other) or _canonical(self) == _canonical(other))

    __hash__ = str.__hash__


class Words(str):
    """Plain words, equal to the same and to HTML with them."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and str(self) in (words(other), " ".join(other.split()))

    __hash__ = str.__hash__


class HtmlType(str):
    """A media type: we keep whether a text is HTML, and not whether it was written as XHTML."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other in ("text/html", "application/xhtml+xml")

    __hash__ = str.__hash__


def words(text: str) -> str:
    """Return the words of HTML in one line."""
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", text)).split())


def _canonical(text: str) -> str:
    tree = markup.fragment_fromstring(text, create_parent="div")
    for element in tree.iter():
        for name, value in sorted(element.attrib.items()):
            del element.attrib[name]
            element.attrib[name] = value
        element.text = " ".join((element.text or "").split())
        element.tail = " ".join((element.tail or "").split())
    return str(markup.tostring(tree, encoding="unicode"))


class View(dict[str, Any]):
    """A part of a result by feedparser's names; what is absent raises KeyError, what we never keep NotKept."""

    def __missing__(self, key: str) -> Any:
        raise NotKept(key)

    def __getitem__(self, key: str) -> Any:
        found = super().__getitem__({"url": "href"}.get(key, key))
        if found is None:
            raise KeyError(key)
        return found

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __eq__(self, other: object) -> bool:
        return {key: value for key, value in self.items() if value is not None} == other

    __hash__ = None


def holds(expect: str, parsed: Parsed | None) -> bool | None:
    """Tell whether an expectation holds; None where it does not concern us."""
    names = _Names(parsed or Parsed())
    try:
        return bool(eval(expect, {"__builtins__": WORDS}, names))  # feedparser's own way with its own cases
    except NotKept:
        return None
    except (KeyError, IndexError, TypeError, AttributeError):
        return False


class _Names(dict[str, Any]):
    def __init__(self, parsed: Parsed) -> None:
        super().__init__(
            bozo=0,
            version=parsed.info.format,
            feed=_feed(parsed.info),
            entries=[_entry(entry) for entry in parsed.entries],
        )

    def __missing__(self, key: str) -> Any:
        raise NotKept(key) if key not in WORDS else KeyError(key)


def _feed(info: FeedInfo) -> View:
    title, rights, description = Words(info.title), Words(info.rights), Words(info.description)
    return View(
        title=title,
        title_detail=View(value=title),
        **dict.fromkeys(("subtitle", "tagline", "description"), description),
        **dict.fromkeys(("subtitle_detail", "tagline_detail"), View(value=description)),
        link=info.home or None,
        id=info.id or None,
        language=info.language or None,
        **dict.fromkeys(("rights", "copyright"), rights),
        **dict.fromkeys(("rights_detail", "copyright_detail"), View(value=rights)),
    )


def _entry(entry: RawEntry) -> View:
    summary, title = _detail(entry.summary or entry.content), _detail(entry.title)  # of two names for one text
    authors = [_person(person) for person in entry.authors]
    return View(
        title=dict.get(title, "value"),
        title_detail=title,
        **dict.fromkeys(("summary", "description"), dict.get(summary, "value")),
        **dict.fromkeys(("summary_detail", "description_detail"), summary),
        content=[_detail(entry.content)],
        **dict.fromkeys(("id", "guid"), entry.guid or None),
        link=entry.url or None,
        published_parsed=_nine(entry.published),
        updated_parsed=_nine(entry.updated),
        authors=authors,
        author_detail=authors[0] if authors else None,
        author=_named(entry.authors[0]) if authors else None,
        contributors=[_person(person) for person in entry.contributors],
        tags=[View(term=tag, label=tag) for tag in entry.tags],
        category=entry.tags[0] if entry.tags else None,
        enclosures=[View(href=e.url, type=e.media_type, length=str(e.length)) for e in entry.enclosures],
        rights=Words(entry.rights),
        license=entry.licence or None,
        comments=entry.comments or None,
        source=_source(entry.origin or Origin()),
        wfw_commentrss=entry.comments_feed or None,
    )


def _detail(text: Text | None) -> View:
    if text is None:
        return View(value=None, type=None)
    return View(value=Markup(text.value), type=HtmlType("text/html") if text.kind == "html" else "text/plain")


def _person(person: Person) -> View:
    return View(name=person.name or None, email=person.email or None, href=person.url or None)


def _named(person: Person) -> str:
    """A person in one line, as feedparser writes it."""
    return f"{person.name} ({person.email})" if person.name and person.email else person.name or person.email


def _source(origin: Origin) -> View:
    title, rights = Words(origin.title), Words(origin.rights)
    return View(
        title=title,
        title_detail=View(value=title),
        rights=rights,
        rights_detail=View(value=rights),
        id=origin.id or None,
        icon=origin.icon or None,
        link=origin.url or None,
        href=origin.feed_url or None,
    )


def _nine(moment: datetime | None) -> struct_time | None:
    return moment.astimezone(UTC).utctimetuple() if moment else None
