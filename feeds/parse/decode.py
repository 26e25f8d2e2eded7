"""Bytes and their labels to text, by the WHATWG encoding standard where it has an answer.

The order: the owner's override, byte order mark, strict UTF-8, HTTP charset, XML declaration, detection.
The rule: one bad byte costs one U+FFFD and never the document; UTF-7 is never decoded, for it hides `<script>`.
"""

import codecs
import re
from typing import NamedTuple

import charset_normalizer
import webencodings

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
# What detection may answer: the legacy encodings of the standard, by their Python names.
_GUESSES = [
    "cp949", "cp932", "euc_jp", "gb18030", "big5", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "koi8_r", "cp874", "iso8859_2",
]  # fmt: skip
_SAMPLE = 20_000  # bytes around legacy characters that detection looks at

_XML_LABEL = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})\s*["']""")
_HTTP_LABEL = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")
_PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_SYLLABLE = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")  # KS X 1001: rows 16 to 40 hold Hangul
_KANA = re.compile(rb"[\x82\x83][\x40-\xf1]")  # Shift_JIS; in windows-1252 two low quotes that hardly occur
# Letters and signs that Western languages write, as bytes of windows-1252.
_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüßœÀÁÂÃÄÅÆÇÈÉÊËÍÎÑÓÔÕÖØÚÜŒ“”„‘’‚–—…•€£§©®°·«»¿¡´™½ªº\u00a0\u00ad".encode("cp1252")
)
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
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


def decode(body: bytes, media_type: str = "", override: str = "") -> Decoded:
    """Return *body* as text without byte order marks; never raises.

    *media_type* is the Content-Type as received; *override* is what the source's owner says, and wins over all.
    """
    if override and codec(override):
        return _forced(_without_mark(body), codec(override), override)
    for mark, name in MARKS:
        if body.startswith(mark):
            return _forced(body[len(mark) :], name, "")
    if wide := next((name for pattern, name in _WIDE if pattern.match(body)), ""):
        return _forced(body, wide, "")
    http = _HTTP_LABEL.search(media_type)
    xml = _XML_LABEL.search(body[:1000])
    labels = [http[1]] if http else []
    labels += [xml[1].decode("ascii")] if xml else []
    return _by_labels(body, labels)


def _by_labels(body: bytes, labels: list[str]) -> Decoded:
    named = labels[0] if labels else ""
    if b"\x1b$" in body and "iso2022_jp" in map(codec, labels):  # seven bits, so it would pass for UTF-8
        return _forced(body, "iso2022_jp", named)
    try:
        return Decoded(_clear(body.decode("utf-8")), "utf-8", named, _lies(labels, "utf-8") and not body.isascii())
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(body):
        return _forced(body, "utf-8", named)._replace(wrong=_lies(labels, "utf-8"))
    korean = _looks_korean(body)
    for label in labels:
        name = codec(label)
        if not name or name == "utf-8" or (korean and name in {"cp1252", "iso8859-1"}):
            continue
        decoded = _forced(body, name, named)
        if decoded.lost * 20 <= len(_HIGH.findall(body)):
            return decoded._replace(wrong=label != named and codec(named) != name)
    name = "cp949" if korean else _guess(body)
    return _forced(body, name, named)._replace(wrong=_lies(labels, name))


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
    bad = len(b"".join(_HIGH.findall(body))) - sum(map(len, good))
    return bool(good) and bad * 4 <= len(good)


def _looks_korean(body: bytes) -> bool:
    """Whether the high bytes pair up and nearly all pairs are Hangul syllables, which no other legacy text does.

    Chinese in GB 2312 spreads over rows 16 to 87, Japanese over 4, 5 and 16 to 84.
    """
    runs = _HIGH.findall(body)
    if not runs:
        return False
    odd = sum(len(run) % 2 for run in runs)
    pairs = [pair for run in runs for pair in _PAIR.findall(run) if pair[0] > 0xA3]
    hangul = sum(1 for pair in pairs if _SYLLABLE.match(pair))
    return hangul >= 4 and hangul >= 0.85 * len(pairs) and odd <= 0.2 * len(runs)


def _guess(body: bytes) -> str:
    """Ask charset_normalizer about the stretches that hold legacy characters; windows-1252 where it knows nothing.

    It gives up an encoding at one bad byte, so Japanese, whose kana are unmistakable, is counted first;
    and it takes a line of French for Baltic, so letters that stand alone among ASCII are tried as Western.
    """
    part = _legacy_part(body)
    runs = _HIGH.findall(part)
    high = b"".join(runs)
    if len(_KANA.findall(part)) * 5 > len(high):
        return "cp932"
    if len(high) <= 1.5 * len(runs) and sum(byte in _WESTERN for byte in high) >= 0.9 * len(high):
        return "cp1252"
    found = charset_normalizer.from_bytes(part, cp_isolation=_GUESSES).best()
    return found.encoding if found else "cp1252"


def _legacy_part(body: bytes) -> bytes:
    """The lines around high bytes: markup and English would drown the few characters that tell."""
    lines = [line for line in body.splitlines(keepends=True) if not line.isascii()]
    return b"".join(lines)[:_SAMPLE]
