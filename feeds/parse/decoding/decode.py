"""Bytes and their labels to text, by the WHATWG encoding standard where it has an answer.

What is asked in turn, and when its answer counts:

owner's override      always, where it names an encoding
byte order mark       unless what follows is plainly none of it (a mark before EUC-KR, FF FE before `<?`)
zeros around `<`      always: UTF-16 and UTF-32 without a mark (XML 1.0 appendix F)
strict UTF-8          always, but for one or two syllables under an EUC-KR label that pass for accented letters
mostly UTF-8          yes; a part that is no UTF-8 is read for itself, see below
HTTP charset,         `utf-8`: no longer. Latin-1 and its kin, which servers name for everything: unless the bytes are
XML declaration       surely another script. Any other: unless it fails at more than one in twenty places, or the bytes
                      are many and surely another script. Names are the standard's: euc-kr is windows-949
detection             see `detect.py`

Mixed: a document is split at its markup. Parts that are UTF-8 are read as that; a part of EUC-KR in it as windows-949;
one byte alone beside an ASCII letter as windows-1252 (`caf\xe9`). Where less than most is UTF-8, the other parts are
read by label or detection.
One bad byte costs one U+FFFD and never the document. UTF-7 is never decoded, for it hides `<script>`; nor are the
encodings that the standard replaces (hz-gb-2312, iso-2022-kr).
"""

import codecs
import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

import webencodings

from feeds.parse.decoding.detect import ASCII, HIGH, WESTERN, guess, looks_korean, script

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Names of Korean encodings that the standard's table lacks; all mean its euc-kr, which is windows-949.
_KOREAN = frozenset({"cp949", "ms949", "uhc", "x-windows-949", "x-cp949", "x-uhc", "ksc5601", "ks_c_5601", "euckr"})
# The standard's own mapping where webencodings 0.6.1 names a narrower codec: gbk is read as gb18030.
_WIDER = {"gbk": "gb18030"}
_REFUSED = frozenset({"replacement", "x-user-defined"})
_XML_LABEL = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})\s*["']""")
_HTTP_LABEL = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_ASCII = ("utf-8", "ascii", "iso8859", "cp125", "koi8", "cp949", "gb18030", "euc_jp")  # ASCII is a part of these
_MARK = re.compile(codecs.BOM_UTF8)
_DOCTYPE = re.compile(rb"<![dD][oO]")
_HEAD = 20_000  # bytes within which a DOCTYPE begins
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WIDE_UTF8 = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
_CERTAIN = 3  # characters of three bytes in parts that are UTF-8 throughout: no chance of legacy text
_SEAM = re.compile(rb"([<>\r\n]+)")
_ALONE = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff](?=[A-Za-z])")
_LATIN = frozenset({"cp1252", "iso8859-1", "iso8859-15", "latin-1"})  # codecs whose labels servers give by default
_PAIRED = frozenset({"cp949", "cp932", "euc_jp", "gb18030", "big5", "big5hkscs"})
_MANY = 60  # high bytes, some 30 syllables or 10 Russian words, against which no label holds
# Sixteen and thirty-two bits without a mark show as zeros around the first sign (XML 1.0 appendix F).
_WIDE = (
    (re.compile(rb"(?:\s\0\0\0)*[<{]\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\0\0\s)*\0\0\0[<{]"), "utf-32-be"),
    (re.compile(rb"(?:\s\0)*[<{]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"(?:\0\s)*\0[<{]\0[^\0]"), "utf-16-be"),
)


class Decoded(NamedTuple):
    text: str
    encoding: str  # Python's name of what it was
    label: str = ""  # what the document or its server called it
    wrong: bool = False  # the label does not hold
    lost: int = 0  # characters that became U+FFFD
    mixed: int = 0  # parts that were in another encoding


@lru_cache(maxsize=256)
def codec(label: str) -> str:
    """Return Python's codec for an encoding *label*, '' where there is none or it is never to be decoded."""
    name = label.strip().lower()
    if name in _KOREAN:
        return "cp949"
    found = webencodings.lookup(name)
    if found is None:
        return {"utf-32": "utf-32", "utf-32le": "utf-32-le", "utf-32be": "utf-32-be"}.get(name, "")
    python = found.codec_info.name
    return "" if found.name in _REFUSED else _WIDER.get(python, python)


def is_plain_utf8(body: bytes, media_type: str = "") -> bool:
    """Tell whether *body* may be read as UTF-8 as it is: nothing that is said of it, and nothing in it, is against it.

    Bytes that are no UTF-8 after all, and such as no XML has, are for whoever reads them to notice. A DOCTYPE has to be
    cut out first.
    """
    if b"\xef" in body and _MARK.search(body):  # one byte is found ten times faster than three
        return False
    if _DOCTYPE.search(body, 0, _HEAD):
        return False
    http, xml = _HTTP_LABEL.search(media_type), _XML_LABEL.search(body[:1000])
    said = [http[1]] if http else []
    said += [xml[1].decode("ascii")] if xml else []
    return not _lies(said, "utf-8") or (body.isascii() and all(codec(label).startswith(_ASCII) for label in said))


def decode(body: bytes, media_type: str = "", override: str = "") -> Decoded:
    """Return *body* as text without byte order marks; never raises.

    *media_type* is the Content-Type as received; *override* is what the source's owner says, and wins over all.
    """
    if override and codec(override):
        return _forced(_without_mark(body), codec(override), override)
    for mark, name in MARKS:
        if body.startswith(mark):
            body = body[len(mark) :]
            if _is_marked(body, name):
                return _forced(body, name, "")
            break
    if wide := next((name for pattern, name in _WIDE if pattern.match(body)), ""):
        return _forced(body, wide, "")
    http = _HTTP_LABEL.search(media_type)
    xml = _XML_LABEL.search(body[:1000])
    labels = [http[1]] if http else []
    labels += [xml[1].decode("ascii")] if xml else []
    return _by_labels(body, labels)


def _is_marked(body: bytes, name: str) -> bool:
    """Whether what follows a byte order mark is what it says."""
    if name == "utf-8":
        return _utf8(body) is not None or _mostly_utf8(body)
    return b"\0" in body[:8] or body[:1] not in (b"<", b"{", b" ", b"\n")


def _by_labels(body: bytes, labels: list[str]) -> Decoded:
    named = labels[0] if labels else ""
    if b"\x1b$" in body and (not labels or "iso2022_jp" in map(codec, labels)):  # seven bits: it would pass for UTF-8
        return _forced(body, "iso2022_jp", named)
    text = _utf8(body)
    if text is not None:
        if (name := next(filter(None, map(codec, labels)), "")) in _PAIRED and _passes_for_utf8(body, name):
            return _forced(body, name, named)
        return Decoded(_clear(text), "utf-8", named, _lies(labels, "utf-8") and not body.isascii())
    if _mostly_utf8(body):
        return _by_parts(body, _slip, named)._replace(wrong=_lies(labels, "utf-8"))
    parts = [p for p in _SEAM.split(body) if not p.isascii()] if len(_WIDE_UTF8.findall(body)) >= _CERTAIN else []
    if len(_WIDE_UTF8.findall(b"".join(part for part in parts if _utf8(part) is not None))) >= _CERTAIN:
        legacy = _legacy(b"\n".join(part for part in parts if _utf8(part) is None), labels)
        return _by_parts(body, lambda part: part.decode(legacy, "replace"), named)._replace(wrong=True)
    name = _legacy(body, labels)
    return _forced(body, name, named)._replace(wrong=_lies(labels, name))


def _legacy(body: bytes, labels: list[str]) -> str:
    """The encoding of bytes that are no UTF-8: the first label that holds, else what they look like."""
    seen = script(body)
    for label in labels:
        name = codec(label)
        if not name or name == "utf-8":
            continue
        if seen and seen != name and (name in _LATIN or len(body.translate(None, ASCII)) >= _MANY):
            continue
        if body.decode(name, "replace").count("\ufffd") * 20 <= len(HIGH.findall(body)):
            return name
    return seen or guess(body)


def _by_parts(body: bytes, other: Callable[[bytes], str], label: str) -> Decoded:
    """Read each part between markup as UTF-8, or by *other* where it is none."""
    texts, mixed = list[str](), 0
    for part in _SEAM.split(body):
        text = _utf8(part)
        texts.append(other(part) if text is None else text)
        mixed += text is None and "\ufffd" not in texts[-1]
    whole = _clear("".join(texts))
    return Decoded(whole, "utf-8", label, lost=whole.count("\ufffd"), mixed=mixed)


def _slip(part: bytes) -> str:
    """Read what is no UTF-8 in a document that is."""
    if looks_korean(part, least=2):
        with suppress(UnicodeDecodeError):
            return part.decode("cp949")
    return _ALONE.sub(_from_1252, part).decode("utf-8", "replace")


def _from_1252(found: re.Match[bytes]) -> bytes:
    return found[0].decode("cp1252").encode("utf-8") if found[0][0] in WESTERN else found[0]


def _passes_for_utf8(body: bytes, name: str) -> bool:
    """Whether UTF-8 may be chance: a syllable in ten of windows-949 is also a letter of Latin in two bytes of UTF-8."""
    high = HIGH.findall(body)
    if not 1 <= len(b"".join(high)) <= 4 or max(map(max, high)) >= 0xE0:
        return False
    try:
        body.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _lies(labels: list[str], name: str) -> bool:
    return bool(labels) and codec(labels[0]) != name


def _forced(body: bytes, name: str, label: str) -> Decoded:
    text = body.decode(name, "replace")
    return Decoded(_clear(text), name, label, lost=text.count("\ufffd"))


def _without_mark(body: bytes) -> bytes:
    return next((body[len(mark) :] for mark, _ in MARKS if body.startswith(mark)), body)


def _clear(text: str) -> str:
    """Take away byte order marks wherever they stand (concatenated files have them in the middle)."""
    return text.replace("\ufeff", "") if "\ufeff" in text else text


def _mostly_utf8(body: bytes) -> bool:
    """Whether what is wrong with this UTF-8 is a slip: many good characters for each bad byte."""
    good = _UTF8_CHARACTER.findall(body)
    bad = len(body.translate(None, ASCII)) - sum(map(len, good))
    return bool(good) and bad * 4 <= len(good)
