"""One revision of a document in memory, and what those who ask for it are answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import NamedTuple

from feeds.model.channel import PAGE_FORMATS, Rendition
from feeds.web.wire import delta
from feeds.web.wire.codings import SUFFIXES, Coding, packed, ranked
from feeds.web.wire.conditional import http_date, judge, seconds, tags_of
from feeds.web.wire.http import HEADERS, PAGE_POLICY, Answer, text

MAX_AGE = 300  # seconds a cache may answer for us; a correction is then at most five minutes late there
ASSET_AGE = 3600
LATE_AGE = 5  # of what is being brought out anew, and did not come in time
FIXED = -1  # the generation of what never changes

# Feeds need no script, frame or form: what a hostile entry smuggled past the cleaner still meets this wall.
POLICY = "default-src 'none'; style-src 'self'; sandbox"
KNOWN = 64  # answers of one revision that are kept made, one for each way of asking
_LONGEST = 512  # signs of a header's value in such a way
_SMALL = 1024  # bytes that are not worth more codings
_ALSO_XML = ("atom", "rss", "opml", "msn", "smartnews", "flipboard")


class Asking(NamedTuple):
    """What an answer depends on: the values of these headers, None where they are missing."""

    accept: str | None = None
    accept_encoding: str | None = None
    sec_fetch_dest: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    a_im: str | None = None
    if_match: str | None = None
    if_unmodified_since: str | None = None

    @property
    def navigates(self) -> bool:
        """A browser opens this as a page: it wants HTML, names no feed type and says `document`."""
        accept = self.accept or ""
        names_feed = any(t in accept for t in ("atom+xml", "rss+xml", "feed+json", "opml"))
        return self.sec_fetch_dest == "document" and "text/html" in accept and not names_feed

    @property
    def conditions(self) -> dict[str, str]:
        found = zip(CONDITIONS, (self.if_none_match, self.if_modified_since, self.if_match, self.if_unmodified_since),
                    strict=True)  # fmt: skip
        return {name: value for name, value in found if value is not None}

    @property
    def usual(self) -> bool:
        """It is short enough to be remembered."""
        return all(value is None or len(value) <= _LONGEST for value in self)


HEADER_NAMES = tuple(name.replace("_", "-") for name in Asking._fields)
CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since")


def asking(headers: Mapping[str, str]) -> Asking:
    """Return what matters of a request's *headers*, whose names are in lower case."""
    return Asking(*map(headers.get, HEADER_NAMES))


@dataclass(slots=True, kw_only=True)
class Copy:
    """A document with its bytes in each coding that is made.

    *generation* is the shelf's when it was found current; *modified* is in seconds since 1970. *headers* are those of
    every answer; *also_xml*: whoever takes HTML too is told that it is plain XML.
    """

    etag: str
    media_type: str
    bodies: dict[Coding, bytes]
    headers: Mapping[str, str]
    vary: str
    cache_control: str
    status: int = 200
    modified: int | None = None
    also_xml: bool = False
    is_page: bool = True
    whole: bool = False  # it is sent whole, also to who has it already
    rendition: Rendition | None = None  # where only what is new may be asked for
    generation: int = FIXED
    packing: bool = False  # codings are being made, or were
    weight: int = 0  # what it was counted as
    known: dict[tuple[Asking, bool], Answer] = field(default_factory=dict)
    memo: dict[object, tuple[str, Answer]] = field(default_factory=dict)  # whom to count, and what to send: see site.py

    @property
    def size(self) -> int:
        """Bytes in memory, about: answers share the bodies, and there are not many."""
        return sum(map(len, self.bodies.values())) + 16 * 1024

    @property
    def wants_packing(self) -> bool:
        return len(self.bodies["identity"]) > _SMALL and not ("br" in self.bodies and "zstd" in self.bodies)


def copy_of(rendition: Rendition, generation: int) -> Copy:
    """Return *rendition* as it is kept, with gzip, which the store has made already."""
    is_page = rendition.format in PAGE_FORMATS
    is_feed = rendition.format in delta.FORMATS
    headers = {**HEADERS, "Content-Security-Policy": PAGE_POLICY if is_page else POLICY}
    if rendition.link:
        headers["Link"] = rendition.link
    return Copy(
        etag=rendition.etag,
        media_type=rendition.media_type,
        bodies={"identity": rendition.body, "gzip": rendition.gzipped or packed("gzip", rendition.body)},
        headers=headers,
        vary="Accept-Encoding"
        if is_page
        else f"Accept, Accept-Encoding, Sec-Fetch-Dest{', A-IM' if is_feed and rendition.parts else ''}",
        cache_control=f"public, max-age={MAX_AGE}",
        status=410 if rendition.format == "gone" else 200,  # RFC 9110 §15.5.11
        modified=int(rendition.modified.timestamp()) if rendition.modified else None,
        also_xml=rendition.format in _ALSO_XML,
        is_page=is_page,
        rendition=rendition if is_feed and rendition.parts else None,
        generation=generation,
    )


def late(copy: Copy) -> Copy:
    """Return *copy* as it is answered while a newer one is made: whole, whatever the client has, and soon forgotten."""
    return replace(copy, cache_control=f"public, max-age={LATE_AGE}", whole=True, rendition=None, known={}, memo={})


def asset(media_type: str, body: bytes) -> Copy:
    """Return a fixed file as a copy."""
    return Copy(
        etag=sha256(body).hexdigest()[:32],
        media_type=media_type,
        bodies={coding: packed(coding, body) for coding in SUFFIXES},
        headers=HEADERS,
        vary="Accept-Encoding",
        cache_control=f"public, max-age={ASSET_AGE}",
    )


def answer(copy: Copy, asked: Asking, now: int, *, navigated: bool = False) -> Answer:
    """Return what *asked* is answered at *now* (seconds since 1970).

    *navigated*: the copy is a page that stands in for a feed. An answer that stays the same while the copy is current
    is kept and given again.
    """
    key = (asked, navigated)
    if made := copy.known.get(key):
        return made
    made = _answer(copy, asked, now, navigated=navigated)
    if made.status != 226 and asked.usual and _lasts(copy, asked, now):
        if len(copy.known) >= KNOWN:
            copy.known.clear()
        copy.known[key] = made
    return made


def lasting(copy: Copy, asked: Asking, made: Answer) -> bool:
    """Tell whether *made* is what *asked* is answered as long as the copy is current."""
    return copy.known.get((asked, False)) is made


def _lasts(copy: Copy, asked: Asking, now: int) -> bool:
    if copy.modified is not None and copy.modified >= now:
        return False  # its second is not over
    date = seconds(asked.if_modified_since) if asked.if_modified_since else None
    return date is None or date <= now


def _answer(copy: Copy, asked: Asking, now: int, *, navigated: bool) -> Answer:
    codings = ranked(asked.accept_encoding)
    coding = _best(copy, codings)
    if coding is None:
        return text("Nothing here is in a coding that you accept.\n", 406, Vary=copy.vary)
    dated = copy.modified if copy.modified is not None and copy.modified < now else None
    headers = {
        "ETag": f'"{copy.etag}{SUFFIXES[coding]}"',
        "Vary": "Accept, Accept-Encoding, Sec-Fetch-Dest" if navigated else copy.vary,
        "Cache-Control": "private, no-store" if navigated else copy.cache_control,
    }
    if copy.status == 200 and not copy.whole and (conditions := asked.conditions):
        tags = [copy.etag + SUFFIXES[c] for c in codings if c in copy.bodies and c != coding]
        verdict = judge(conditions, copy.etag + SUFFIXES[coding], tags, dated, now)
        if verdict.status == 304:
            return Answer(status=304, headers={**headers, "ETag": f'"{verdict.etag}"'})
        if verdict.status == 412:
            return text("It is not as you want it to be.\n", 412)
    body, status = copy.bodies[coding], copy.status
    new = None if navigated or copy.rendition is None else _new(copy, asked)
    if new is not None and copy.status == 200:
        # RFC 3229 §10.8: caches that know no deltas must not keep one, for they would give it to anyone
        headers |= {"IM": "feed", "Cache-Control": "no-store, im"}
        body, status = packed(coding, new), 226
    headers |= copy.headers
    headers["Content-Type"] = _media_type(copy, asked.accept)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    if dated is not None:
        headers["Last-Modified"] = http_date(dated)
    return Answer(status=status, headers=headers, body=body)


def _best(copy: Copy, codings: tuple[Coding, ...]) -> Coding | None:
    """The best coding that is made; where none of those that the client takes is, the best of them is made now."""
    for coding in codings:
        if coding in copy.bodies:
            return coding
    if codings:
        copy.bodies[codings[0]] = packed(codings[0], copy.bodies["identity"])
        return codings[0]
    return None


def _new(copy: Copy, asked: Asking) -> bytes | None:
    """The entries that are new to a client that asks for these alone; None where it gets the whole."""
    if copy.rendition is None or not asked.a_im or not asked.if_none_match or not delta.asked_for(asked.a_im):
        return None
    tags = tags_of(asked.if_none_match)
    return delta.since(copy.rendition, [tag.rpartition("-")[0] if tag.endswith(_ENDS) else tag for tag in tags])


_ENDS = tuple(suffix for suffix in SUFFIXES.values() if suffix)


def _media_type(copy: Copy, accept: str | None) -> str:
    """Send XML feeds as plain XML to whoever also wants HTML: browsers then show them, and do not save them."""
    return "application/xml; charset=utf-8" if copy.also_xml and "text/html" in (accept or "") else copy.media_type
