"""The fields of an entry, each from what was found to what is promised.

title      one line of plain text: tags gone, entities decoded, also where they were escaped once too often; none:
           the beginning of the text, else the link's host, else the id
summary    plain text on one line, as given up to 1,000 characters; none: the beginning of the content
files      http(s) only, each URL once; a media type that is none is guessed by the URL's ending
image      as given, else the first file that is an image, else the first image of the content that is no ornament
authors    `mail (name)` and `name <mail>` taken apart, each once
labels     one line, each once whatever its case or spelling in Unicode

Caps: title 1,000 characters, URL 2,048, label 100, author's name 200; 20 files, 20 labels, 10 authors.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache

from feeds.core.entries.prepare import images
from feeds.core.links.resolve import absolute, split
from feeds.core.words.text import capped, excerpt, fold, has_markup, one_line, plain, words_of
from feeds.model.entry import Enclosure, Image, Origin, Person, Text

LONGEST_URL = 2048
MANY = 20
_READ = 1 << 16  # characters of a field of one line that are looked at

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", re.ASCII)
_SUFFIXES = {
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "oga": "audio/ogg",
    "opus": "audio/opus", "flac": "audio/flac", "wav": "audio/wav", "mp4": "video/mp4", "m4v": "video/mp4",
    "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska", "ogv": "video/ogg",
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif", "svg": "image/svg+xml", "heic": "image/heic", "pdf": "application/pdf",
    "epub": "application/epub+zip", "zip": "application/zip", "torrent": "application/x-bittorrent",
    "vtt": "text/vtt", "srt": "application/x-subrip",
    "html": "text/html", "htm": "text/html", "txt": "text/plain", "csv": "text/csv", "json": "application/json",
    "hwp": "application/x-hwp", "hwpx": "application/hwp+zip", "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}", re.ASCII)
_MAIL = re.compile(r"[^\s@<>()\"',;:]{1,64}@[^\s@<>()\"',;:]{1,190}\.[^\s@<>()\"',;:.]{2,24}")
_ORNAMENT = re.compile(
    r"emoji|smil(?:ey|ies)|avatar|gravatar|/icons?[/_.-]|favicon|logo|badge|button|spacer|blank\.|pixel|/stat\b|banner",
    re.IGNORECASE,
)
_SMALLEST = 64  # pixels; a smaller picture leads nothing
_LONGEST_PLAY = timedelta(days=100)


def line(found: str, limit: int) -> str:
    """Return plain text on one line, cut at *limit* characters."""
    return capped(words_of(found[:_READ]), limit)


def caption(found: str, limit: int) -> str:
    """Return words that rarely say whether they are HTML as plain text on one line, cut at *limit* characters."""
    if not found:
        return ""
    found = found[:_READ]
    return capped(words_of(found) if has_markup(found) else one_line(found), limit)


def link(found: str, base: str = "") -> str:
    """Return an absolute http(s) URL, or '' where it is none or too long to be one."""
    if not found:
        return ""
    url = absolute(found, base) if len(found) <= 4 * LONGEST_URL else ""
    return url if len(url) <= LONGEST_URL else ""


def is_html(found: Text) -> bool:
    """Whether words are HTML, whatever they say they are."""
    return found.kind == "html" or has_markup(found.value[:_READ])


def title(found: Text | None, words: str, url: str, guid: str) -> str:
    """Return the title, or what can stand for it."""
    value = found.value[:_READ] if found else ""
    given = words_of(value) if found and (found.kind == "html" or has_markup(value)) else one_line(value)
    parts = None if given or words else split(url)
    return capped(given, 1000) or excerpt(words, 80) or (parts.host if parts else "") or capped(guid, 100)


def summary(found: Text | None, content: str) -> str:
    """Return the summary, or the beginning of the content."""
    value = found.value[: 4 * _READ] if found else ""
    given = words_of(value) if found and is_html(found) else one_line(value)
    return excerpt(given, 1000) if given else excerpt(plain(content[:_READ]), 280)


def enclosures(found: Sequence[Enclosure], base: str) -> tuple[Enclosure, ...]:
    """Return the attached files that can be fetched, each once."""
    files: dict[str, Enclosure] = {}
    for file in found[: 10 * MANY]:
        url = link(file.url, base)
        if url and len(files) < MANY:
            length = file.length if 0 < file.length < 1 << 53 else 0
            played = file.duration if file.duration and timedelta(0) < file.duration < _LONGEST_PLAY else None
            new = Enclosure(
                url=url,
                media_type=media_type(file.media_type, url),
                length=length,
                title=caption(file.title, 200),
                duration=played,
                description=caption(file.description, 500),
                credit=caption(file.credit, 200),
                width=_pixels(file.width),
                height=_pixels(file.height),
            )
            files.setdefault(url, new)
    return tuple(files.values())


def media_type(found: str, url: str) -> str:
    """Return `type/subtype` without parameters, guessed by the URL's ending where *found* is none."""
    given = found[:300].partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(given):
        return given
    ending = url.partition("#")[0].partition("?")[0].rpartition("/")[2].rpartition(".")[2].lower()
    return _SUFFIXES.get(ending, "application/octet-stream")


def image(found: Image | None, base: str) -> Image | None:
    """Return the picture that was given, None where it cannot be shown."""
    url = link(found.url, base) if found else ""
    if not found or not url:
        return None
    return Image(
        url=url,
        alt=caption(found.alt, 500),
        width=_pixels(found.width),
        height=_pixels(found.height),
        credit=caption(found.credit, 200),
    )


def lead_image(files: Sequence[Enclosure], content: str) -> Image | None:
    """Return a picture for an entry without one: the first attached, or the first in the text that is no ornament."""
    for file in files:
        if file.media_type.startswith("image/"):
            alt = file.description or file.title
            return Image(url=file.url, alt=alt, width=file.width, height=file.height, credit=file.credit)
    for shown in images(content) if "<img" in content else ():
        width, height = (_pixels(shown.get(side, "")) for side in ("width", "height"))
        small = any(0 < side < _SMALLEST for side in (width, height))
        url = link(shown.get("src", ""))
        if url and not small and not _ORNAMENT.search(url):
            return Image(url=url, alt=line(shown.get("alt", ""), 500), width=width, height=height)
    return None


def _pixels(found: int | str) -> int:
    """Return a size in pixels, 0 where it is none."""
    if isinstance(found, str):
        digits = found.strip().removesuffix("px")
        found = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
    return found if 0 < found < 100_000 else 0


@lru_cache(maxsize=256)
def language(found: str) -> str:
    """Return a language tag in lower case (BCP 47 in shape), '' where it is none."""
    tag = found.strip()[:40].replace("_", "-").lower()
    return tag if _LANGUAGE.fullmatch(tag) else ""


def labels(found: Iterable[str]) -> tuple[str, ...]:
    """Return tags or categories, each once."""
    kept: dict[str, str] = {}
    for label in found:
        name = capped(one_line(label[:1000]), 100)
        if name and len(kept) < MANY:
            kept.setdefault(_alike(name), name)
    return tuple(kept.values())


@lru_cache(maxsize=4096)
def _alike(name: str) -> str:
    """Remembered, for entries of one feed bear the same few names."""
    return fold(name)


def authors(found: Sequence[Person], base: str) -> tuple[Person, ...]:
    """Return the authors, each once by name, or by mail where there is no name."""
    if not found:
        return ()
    kept: dict[str, Person] = {}
    for person in found[:100]:
        one = _person(person, base)
        key = _alike(one.name) or one.email.lower() or one.url
        if key and len(kept) < 10:
            kept.setdefault(key, one)
    return tuple(kept.values())


def _person(found: Person, base: str) -> Person:
    """Take name and mail apart. Looks at 300 characters: authors of 60 kB exist to choke regular expressions."""
    name, mail = found.name[:300], _MAIL.search(found.email[:300])
    if "@" in name and (inside := _MAIL.search(name)):  # before tags go: `<name@host>` looks like one
        mail = mail or inside
        name = f"{name[: inside.start()].rstrip('<(')} {name[inside.end() :].lstrip('>)')}".replace("mailto:", " ")
        name = name.strip(" \t()[]\"',;:-")
    name = words_of(name)
    return Person(name=capped(name, 200), email=mail[0] if mail else "", url=link(found.url, base))


def origin(found: Origin | None, base: str) -> Origin | None:
    """Return the feed that an item says it came from, None where it says nothing."""
    if found is None:
        return None
    kept = Origin(
        id=capped(one_line(found.id[:_READ]), 1000),
        title=line(found.title, 500),
        url=link(found.url, base),
        feed_url=link(found.feed_url, base),
        rights=line(found.rights, 1000),
        icon=link(found.icon, base),
        licence=link(found.licence, base),
    )
    return kept if kept != Origin() else None
