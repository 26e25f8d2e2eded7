"""feedparser's two readers with those element handlers corrected that lose, mix up or invent something.

The readers are driven by hand instead of through `feedparser.parse`, which decodes again, looks for files and URLs in
what it is given, guesses dates and costs 12.8 CPU seconds on an author of 60 kB (feedparser issue 562).
Written against feedparser 6.0.14. Keys of ours begin with `x_`.
"""

import io
import re
import xml.sax.expatreader
import xml.sax.handler
import xml.sax.xmlreader
from contextlib import suppress
from html import unescape
from typing import Any, ClassVar

from feedparser.api import LooseFeedParser, StrictFeedParser

from feeds.errors import ParseError
from feeds.parse.xml.names import NAMESPACES, link_attributes
from feeds.parse.xml.podcast import CAPTIONS, MOST, SAID, TEXTS, Said

Found = dict[str, Any]
"""What feedparser's dictionaries hold. Read with `dict.get`: their own `get` answers `updated` with `published`."""


_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|apos|#0*(?:34|38|39|60|62)|#[xX]0*(?:22|26|27|2[fF]|3[cCeE]));")
_MISHAPS = (KeyError, TypeError, ValueError, IndexError)  # of handlers that meet elements in an order of their own
_MOST_TAGS = 200  # of one item
_MOST_BROKEN = 400_000  # tags of a document that is not well-formed; the loose reader takes some 10 µs for each


class _Corrected:
    """The corrections; each says what feedparser does instead."""

    namespaces = NAMESPACES
    _matchnamespaces: ClassVar[dict[str, str]] = {}  # feedparser fills it, once for all its readers
    x_content: Found | None = None  # the media:content that is open

    # Only what is a link stands on a base: feedparser resolves guids that are permalinks, which makes other guids.
    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}

    def pop(self: Any, element: str, strip_whitespace: int = 1) -> str:
        """feedparser gives None for an element that was not open, and its handlers fail on that."""
        return super().pop(element, strip_whitespace) or ""  # type: ignore[misc] # of the reader that this is mixed into

    def unknown_starttag(self: Any, tag: str, attributes: list[tuple[str, str]]) -> None:
        """An element in a place where its handler fails is left out; feedparser gives up the document."""
        with suppress(*_MISHAPS):
            super().unknown_starttag(tag, attributes)  # type: ignore[misc] # of the reader that this is mixed into

    def unknown_endtag(self: Any, tag: str) -> None:
        depth, bases, languages = self.depth, len(self.basestack), len(self.langstack)
        with suppress(*_MISHAPS):
            super().unknown_endtag(tag)  # type: ignore[misc] # of the reader that this is mixed into
            return
        self.depth = depth - 1  # what the failed call would have done at its end
        del self.basestack[max(bases - 1, 0) :], self.langstack[max(languages - 1, 0) :]
        self.baseuri = next(filter(None, reversed(self.basestack)), self.baseuri)
        self.lang = self.langstack[-1] if self.langstack else self.lang

    def _start_item(self: Any, attributes: Found) -> None:
        super()._start_item(attributes)  # type: ignore[misc] # of the reader that this is mixed into
        self.entries[-1].update(x_base=self.baseuri, x_language=self.lang or "")
        self.x_content = None

    _start_entry = _start_item

    def _start_link(self: Any, attributes: Found) -> None:
        super()._start_link(link_attributes(attributes))  # type: ignore[misc] # of the reader that this is mixed into

    def _start_guid(self: Any, attributes: Found) -> None:
        self._save("x_permalink", attributes.get("ispermalink", "").strip().lower(), overwrite=True)
        self.push("id", 1)

    def _end_guid(self: Any) -> None:
        """feedparser makes the guid a link, also that of Atom, whose ids are none."""
        self.pop("id")

    def _start_id(self: Any, attributes: Found) -> None:
        self.push("id", 1)

    def _end_id(self: Any) -> None:
        self.pop("id")

    # Dates: the text is kept; feedparser reads it at once, and takes dc:date for a time of change.
    def _end_published(self: Any) -> None:
        self.pop("published")

    _end_issued = _end_pubdate = _end_published

    def _end_updated(self: Any) -> None:
        self.pop("updated")

    _end_modified = _end_lastbuilddate = _end_updated

    def _end_created(self: Any) -> None:
        self.pop("created")

    def _end_expirationdate(self: Any) -> None:
        self.pop("expired")

    def _end_dcterms_valid(self: Any) -> None:
        self.pop("validity")

    # Dublin Core's terms: feedparser knows those of the older element set alone.
    def _start_dcterms_license(self: Any, attributes: Found) -> None:
        self._start_creativecommons_license(attributes)

    def _end_dcterms_license(self: Any) -> None:
        self._end_creativecommons_license()

    def _start_dcterms_rights(self: Any, attributes: Found) -> None:
        self._start_dc_rights(attributes)

    def _end_dcterms_rights(self: Any) -> None:
        self._end_dc_rights()

    # Persons: the text is kept; feedparser's search for an address in it is quadratic, and loses the second author.
    def _end_author(self: Any) -> None:
        text = self.pop("author")
        self.inauthor = 0
        authors = self._get_context().get("authors") or [{}]
        if text and not authors[-1]:
            authors[-1]["x_text"] = text

    _end_managingeditor = _end_author

    def _sync_author_detail(self: Any, key: str = "author") -> None:
        pass

    def _add_tag(self: Any, term: str, scheme: str, label: str) -> None:
        """feedparser compares each tag with all before it: 20 000 cost 4 CPU seconds."""
        if len(self._get_context().get("tags", ())) < _MOST_TAGS:
            super()._add_tag(term, scheme, label)  # type: ignore[misc] # of the reader that this is mixed into

    # Texts: the first of two is the summary for feedparser, the second the content, whoever wrote them.
    def _end_content(self: Any) -> None:
        """feedparser copies the content into a missing summary."""
        self.pop_content("content")

    _end_body = _end_xhtml_body = _end_content_encoded = _end_fullitem = _end_content

    # Times of rest: feedparser keeps the last of several hours and days.
    def _end_hour(self: Any) -> None:
        self.feeddata.setdefault("x_hours", []).append(self.pop("hour"))

    def _end_day(self: Any) -> None:
        self.feeddata.setdefault("x_days", []).append(self.pop("day"))

    # Pictures of items: feedparser keeps those of channels, and gives a channel with one those of its items too.
    def _end_url(self: Any) -> None:
        value = self.pop("href")
        if self.inauthor:
            self._save_author("href", value)
        elif self.incontributor:
            self._save_contributor("href", value)
        elif self.inimage and self.inentry:
            self.entries[-1].setdefault("x_image", value)

    _end_homepage = _end_uri = _end_url

    def _end_image(self: Any) -> None:
        value = self.pop("image")
        self.inimage = 0
        if self.inentry and value:
            self._save("x_image", value)

    # Media RSS: feedparser forgets which content a title, a description and a credit stand in.
    def _start_media_content(self: Any, attributes: Found) -> None:
        super()._start_media_content(attributes)  # type: ignore[misc] # of the reader that this is mixed into
        self.push("media_content", 0)
        self.x_content = attributes

    def _end_media_content(self: Any) -> None:
        self.pop("media_content")
        self.x_content = None


def _apart(element: str) -> None:
    """Keep *element* under its own name; feedparser lets it replace the element that it resembles."""

    def start(self: Any, attributes: Found) -> None:
        self.push(element, 1)

    def end(self: Any) -> None:
        text = self.pop(element)
        if element in CAPTIONS:
            within = self._get_context() if self.x_content is None else self.x_content
            within[f"x_{element}"] = text

    setattr(_Corrected, f"_start_{element}", start)
    setattr(_Corrected, f"_end_{element}", end)


def _said(element: str) -> None:
    """Keep each *element* with its attributes and text; feedparser keeps the last one, and one of the two."""

    def start(self: Any, attributes: Found) -> None:
        self.push(element, 1)
        self.x_attributes = dict(attributes)

    def end(self: Any) -> None:
        said = Said(element, self.x_attributes, self.pop(element))
        kept = self._get_context().setdefault("x_said", [])
        if len(kept) < MOST:
            kept.append(said)

    setattr(_Corrected, f"_start_{element}", start)
    setattr(_Corrected, f"_end_{element}", end)


for _element in (*CAPTIONS, *TEXTS, "dc_title", "dc_date", "dc_description"):
    _apart(_element)
for _element in SAID:
    _said(_element)


class _Strict(_Corrected, StrictFeedParser):  # type: ignore[misc] # feedparser has no types
    pass


class _Loose(_Corrected, LooseFeedParser):  # type: ignore[misc] # feedparser has no types
    def decode_entities(self, element: str, data: str) -> str:
        """feedparser leaves `&amp;` in ids and the like, so that an item changes its id when its feed breaks;
        and reads `&amp;quot;` twice."""
        if self.contentparams.get("type", "text").endswith("xml"):
            return str(super().decode_entities(element, data))
        return _REFERENCE.sub(lambda found: unescape(found[0]), data)

    @staticmethod
    def _normalize_attributes(pair: tuple[str, str]) -> tuple[str, str]:
        """feedparser knows `&amp;` only: of `&#38;` in an attribute two URLs come, one a reader."""
        name, value = pair[0].lower(), unescape(pair[1])
        return name, value.lower() if name in {"rel", "type"} else value

    def _save_author(self, key: str, value: str, prefix: str = "author") -> None:
        super()._save_author(key, self.decode_entities(key, value), prefix)


# Prefixes that stand for the format itself where a document forgot to declare them (`<rss:channel>`).
_UNDECLARED = dict.fromkeys(("rss", "atom", "a10"), "")


class _Expat(xml.sax.expatreader.ExpatParser):
    """The standard library's reader without one call a line: text comes whole, which halves the time (measured)."""

    def reset(self) -> None:
        super().reset()
        parser: Any = self.__dict__["_parser"]  # typeshed leaves it out
        parser.buffer_size = 1 << 18
        parser.buffer_text = True


def read_elements(text: str, base_url: str) -> tuple[Any, str]:
    """Return feedparser's reader after it has read *text*, and why it is not well-formed, '' where it is.

    *text* begins at the root element and has no DOCTYPE. The reader has `feeddata`, `entries` and `version`.
    Raises ParseError("reader"); but any exception may leave this function: the reader meets elements in every
    order that there is.
    """
    strict = _Strict(base_url, None, "utf-8")
    strict.resolve_relative_uris = strict.sanitize_html = False
    expat = _Expat()
    expat.setFeature(xml.sax.handler.feature_namespaces, True)
    expat.setFeature(xml.sax.handler.feature_external_ges, False)
    expat.setContentHandler(strict)
    expat.setErrorHandler(strict)
    source = xml.sax.xmlreader.InputSource()
    source.setEncoding("utf-8")
    source.setByteStream(io.BytesIO(text.encode("utf-8")))
    try:
        expat.parse(source)
    except (xml.sax.SAXException, ValueError) as error:  # ValueError: a blank in the name of a namespace
        if (tags := text.count("<")) > _MOST_BROKEN:
            raise ParseError("reader", f"it has {tags} tags and is not well-formed: {_place(error)}") from error
        loose = _Loose(base_url, None, "utf-8", {})
        loose.namespacemap.update(_UNDECLARED)
        loose.resolve_relative_uris = loose.sanitize_html = False
        loose.feed(text)
        return loose, _place(error)
    return strict, ""


def _place(error: Exception) -> str:
    """Where and why: `line 3, column 7: mismatched tag`."""
    if isinstance(error, xml.sax.SAXParseException):
        return f"line {error.getLineNumber()}, column {error.getColumnNumber()}: {error.getMessage()}"
    return str(error)
