"""What every format asks of a value: text that XML allows, URIs, language tags, media types."""

import re
from html import escape
from urllib.parse import quote

import idna

# All but the characters of XML 1.0 §2.2, and the C1 controls, which it only discourages and no reader shows.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Characters that may stand in any URI (RFC 3986 §2.2, §2.3), less the brackets: they belong to IPv6 hosts alone.
_RESERVED = "!#$&'()*+,/:;=?@~-._"
_URI = re.compile(r"(?:[!#$&'()*+,/:;=?@~\-._0-9A-Za-z]|%[0-9A-Fa-f]{2})*")
_BREAKS = re.compile(r"[\t\n]")  # a URL broken over lines is joined, as browsers do (WHATWG URL, basic parser)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HTTP = re.compile(r"(https?://)([^/?#]+)(.*)", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:.")
# Ids whose scheme says what the rest must look like: RFC 4151 §2.1, RFC 9562 §4, RFC 8141 §2, RFC 3986 §3.
_IDS = {
    "tag": re.compile(r"tag:(?:[a-z0-9\-._]+@)?[a-z0-9.\-]+,\d{4}(?:-\d\d){0,2}:[^#]*(?:#[^#]*)?"),
    "urn": re.compile(
        r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"
        r"urn:(?!uuid:)[a-z0-9][a-z0-9\-]{1,31}:(?:[a-z0-9()+,.:=@;$_!*'\-]|%[0-9a-f]{2})+",
        re.IGNORECASE,
    ),
    "http": re.compile(r"https?://[^/?#]+.*", re.IGNORECASE | re.DOTALL),
}
_IDS["https"] = _IDS["http"]
_EMAIL = re.compile(r"[A-Za-z0-9_\-+.'!#$%&*/=?^`{|}~]+@(?:[A-Za-z0-9\-]+\.)+[A-Za-z0-9\-]+")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8})*)")

# ISO 639-1, and the three-letter codes of ISO 639-2 that feeds are seen with. A feed that names another language
# is refused by validators and guessed wrong by readers, so that no language is better.
_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja
    jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss
    st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    ast ceb fil fur gsw haw hsb kok nds sco
"""
_LANGUAGES = frozenset(_CODES.split())

# Media types by the end of a path, for enclosures that name none: our own table, for that of the operating system
# differs from machine to machine. Source: IANA media types.
_BY_ENDING = {
    "avif": "image/avif", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png",
    "svg": "image/svg+xml", "webp": "image/webp", "aac": "audio/aac", "flac": "audio/flac", "m4a": "audio/mp4",
    "mp3": "audio/mpeg", "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
    "m4v": "video/mp4", "mov": "video/quicktime", "mp4": "video/mp4", "ogv": "video/ogg", "webm": "video/webm",
    "epub": "application/epub+zip", "pdf": "application/pdf", "zip": "application/zip",
}  # fmt: skip
UNKNOWN_TYPE = "application/octet-stream"


def text(value: str) -> str:
    """*value* without characters that XML forbids; line ends are \\n. Fits every format."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN.sub("", value)


def line(value: str) -> str:
    """*value* as one line without blanks at its ends."""
    return " ".join(text(value).split())


def markup(value: str) -> str:
    """Plain text as HTML that shows it: for places that readers take for HTML."""
    return escape(value, quote=False)


def uri(value: str) -> str:
    """*value* with everything percent-encoded that a URI may not hold, the host in its ASCII form.

    What is a URI already is returned as it is, so that ids and links never change by passing here.
    """
    if _is_uri(value) or _is_uri(value := _BREAKS.sub("", text(value)).strip()):
        return value
    if found := _HTTP.fullmatch(value):
        scheme, host, rest = found.groups()
        return scheme + _host(host) + _quoted(rest)
    return _quoted(value)


def _is_uri(value: str) -> bool:
    return bool(_URI.fullmatch(value)) and value.count("#") < 2


def _host(host: str) -> str:
    if host.isascii():
        return quote(host, safe=_RESERVED + "[]%")
    name, colon, port = host.partition(":")
    try:
        return idna.encode(name, uts46=True).decode("ascii") + colon + port
    except idna.IDNAError:
        return quote(host, safe=_RESERVED)


def _quoted(value: str) -> str:
    head, mark, fragment = _LONE_PERCENT.sub("%25", value).partition("#")
    return quote(head, safe=_RESERVED + "%") + mark + quote(fragment.replace("#", "%23"), safe=_RESERVED + "%")


def web(value: str) -> str:
    """*value* as a URI, '' if it is not http(s)."""
    return uri(value) if _HTTP.fullmatch(value.strip()) else ""


def is_id(value: str) -> bool:
    """Whether *value* is a full IRI (RFC 4287 §4.2.6), of the form that its scheme asks for where we know that."""
    if not _SCHEME.match(value) or "\n" in value:
        return False
    form = _IDS.get(value.partition(":")[0].lower())
    return form is None or bool(form.fullmatch(uri(value)))


def email(value: str) -> str:
    """*value* if it is an address that every reader of RSS accepts, else ''."""
    return value if _EMAIL.fullmatch(value) else ""


def language(value: str) -> str:
    """*value* as a language tag (RFC 5646): `ko_KR` as `ko-KR`; '' where it is none."""
    found = _LANGUAGE.fullmatch(value.strip().replace("_", "-"))
    return found[0] if found and found[1].lower() in _LANGUAGES else ""


def media_type(value: str, url: str) -> str:
    """The media type without parameters: as given, else by the URL's ending, else octet-stream."""
    given = value.partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(given):
        return given
    path = url.partition("?")[0].partition("#")[0]
    return _BY_ENDING.get(path.rpartition(".")[2].lower(), UNKNOWN_TYPE)
