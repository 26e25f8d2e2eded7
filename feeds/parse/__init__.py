"""One document to what it holds: `parse`. What a document is, its bytes say; the label is heard last."""

from codecs import BOM_UTF8

from feeds.errors import ParseError
from feeds.model.entry import Parsed, RawEntry
from feeds.model.quick import replace
from feeds.model.source import Document, FeedInfo, Problem, Source
from feeds.parse.bounds import bounded
from feeds.parse.decoding.decode import Decoded, decode, is_plain_utf8
from feeds.parse.decoding.doctype import without_doctype
from feeds.parse.decoding.repair import repair
from feeds.parse.decoding.sniff import binary, sniff
from feeds.parse.jsonfeed import read_json
from feeds.parse.posts import post
from feeds.parse.tolerant import read_repaired, told_of
from feeds.parse.xml.document import read_well_formed


def _read_xml(text: str, url: str, timezone: str) -> Parsed:
    """Read what is well-formed, as it is or once repaired, fast; the rest goes to feedparser at ten times the cost."""
    if parsed := read_well_formed(text.encode("utf-8", "replace"), url, timezone):
        return parsed
    repaired = repair(text)
    if repaired.text != text:
        parsed = read_well_formed(repaired.text.encode("utf-8", "replace"), url, timezone)
    if parsed is None:
        return read_repaired(repaired, url, timezone)
    problems = (*told_of(repaired, len(parsed.entries)), *parsed.problems)
    return replace(parsed, problems=problems, complete=repaired.complete, reader="repaired")


READERS = {"rss": _read_xml, "rdf": _read_xml, "atom": _read_xml, "json": read_json}

__all__ = ["fast", "parse"]


def parse(document: Document, source: Source) -> Parsed:
    """Return what *document* of *source* holds; oddities that were handled stand in its problems.

    Raises ParseError with the code `empty`, `html`, `unknown`, `entities`, `depth`, `json` or `reader`.
    """
    if source.kind == "content":
        return post.parse(document, source)
    return fast(document, source) or _feed(document, source)


def fast(document: Document, source: Source) -> Parsed | None:
    """Return what a well-formed feed in plain UTF-8 holds; None where more has to be looked at than its elements.

    Most feeds are such. Their bytes go to the XML parser as they came: no decoding, sniffing and repairing before it.
    Only a byte order mark is cut, and blanks, which XML forbids there and one feed in forty has. Raises
    ParseError("depth").
    """
    body = document.body.removeprefix(BOM_UTF8).lstrip(b" \t\r\n")
    if source.kind == "content" or source.options.encoding or not is_plain_utf8(body, document.media_type):
        return None
    parsed = read_well_formed(body, document.url, source.options.timezone)
    if parsed is None:
        return None
    return replace(parsed, info=bounded(parsed.info), problems=(*parsed.problems, *_about_entries(parsed)))


def _feed(document: Document, source: Source) -> Parsed:
    if not document.body.strip(b"\0 \t\r\n"):
        raise ParseError("empty")
    if name := binary(document.body):
        raise ParseError("unknown", f"it is {name}")
    decoded = decode(document.body, document.media_type, source.options.encoding)
    text = without_doctype(decoded.text)
    sniffed = sniff(text)
    if sniffed.kind == "html":
        raise ParseError("html", sniffed.said)
    if sniffed.kind == "other":
        if not decoded.text.strip("\0 \t\r\n"):
            raise ParseError("empty")
        raise ParseError("unknown", sniffed.said or "it ends before it begins")
    parsed = READERS[sniffed.kind](text[sniffed.start :], document.url, source.options.timezone)
    before = text[: sniffed.start].strip()
    problems = (*_about_encoding(decoded), *_about_start(before), *parsed.problems, *_about_entries(parsed))
    return replace(parsed, info=bounded(parsed.info), problems=problems)


def _about_encoding(decoded: Decoded) -> list[Problem]:
    problems = []
    if decoded.wrong:
        problems.append(Problem(code="charset", detail=f"it says {decoded.label}, but is {decoded.encoding}"))
    if decoded.mixed:
        parts = "1 part is" if decoded.mixed == 1 else f"{decoded.mixed} parts are"
        problems.append(Problem(code="charset", detail=f"{parts} in another encoding than the rest"))
    if decoded.lost:
        letters = "1 character" if decoded.lost == 1 else f"{decoded.lost} characters"
        problems.append(Problem(code="charset", detail=f"{letters} could not be read"))
    return problems


def _about_start(before: str) -> list[Problem]:
    """Something other than declarations and comments before the root element: a PHP warning, most often."""
    if not before or before.startswith(("<?", "<!")):
        return []
    words = " ".join(before.split())
    return [Problem(code="malformed", detail=f"something stands before the feed: {words[:60]!r}")]


def _about_entries(parsed: Parsed) -> list[Problem]:
    if not parsed.entries:
        return [Problem(code="empty", detail="no items in it")]
    problems = []
    if markup := [entry for entry in parsed.entries if _is_marked_up(entry, parsed.info)]:
        problems.append(Problem(code="title", detail=f"{len(markup)} titles hold HTML where text belongs"))
    if relative := sum(1 for entry in parsed.entries if entry.url and ":" not in entry.url[:12]):
        problems.append(Problem(code="malformed", detail=f"{relative} links are relative and nothing says to what"))
    return problems


def _is_marked_up(entry: RawEntry, info: FeedInfo) -> bool:
    return bool(entry.title and entry.title.kind == "html" and not info.format.startswith("atom"))
