"""Plain text: out of HTML, tidied, shortened, folded for comparing.

Every function here is linear in its input, for a title may be ten megabytes of anything.
"""

import html
import re
import unicodedata
from functools import lru_cache

_SHORT, _REMEMBERED = 6000, 512  # characters of a text that is read and folded once for all who ask; how many of them
MARKS = 10  # combining marks that one letter keeps: Vietnamese needs 2, Hebrew with cantillation 4, "zalgo" hundreds

# A tag ends at the next '>' outside quotes, and never holds a '<': so no text is read twice.
_TAG_BODY = r"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'|[\"'])*+>"
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|$)|<!\[CDATA\[|\]\]>"
    r"|<(script|style|template|iframe|noembed|noframes|svg|select|textarea|annotation)\b[^<>]*+(?<!/)>.*?(?:</\1\s*>|$)",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol option p pre section summary "
    "table tbody td tfoot th thead title tr ul video"
)
_BLOCK = re.compile(rf"</?(?:{_BLOCKS.replace(' ', '|')})(?![\w-])" + _TAG_BODY, re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?]" + _TAG_BODY)
# The same in one pass, where all tags are among those that are usual: by name what stands for each.
# A quotation mark without its other one is not: what a tag within it leaves may belong to the tag around it.
_USUAL = re.compile(r"<(/?[a-zA-Z][\w-]*+)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>")
_INLINE = (
    "a abbr audio b bdi bdo big cite code del dfn em font i img ins kbd mark q rp rt ruby s samp small source span "
    "strike strong sub sup time tt u var wbr"
)
_WRITTEN = {
    slash + name: what
    for what, names in (("\n", _BLOCKS), ("", _INLINE))
    for name in names.split()
    for slash in ("", "/")
}

# Characters that are fine in any order: Latin, Hangul, CJK, kana, punctuation, arrows, plain emoji, but no marks.
_TIDY = re.compile(
    "[\n\t\x20-\x7e\xa0-\xac\xae-\u02ff\u0388-\u03ff\u0400-\u0482\u2002-\u200a\u2010-\u2027\u202f-\u205e\u2070-\u209c"
    "\u20a0-\u20bf\u2100-\u2125\u212c-\u218b\u2190-\u2328\u2460-\u27bf\u3001-\u3029\u3030-\u3098\u309b-\u312f\u4e00-\u9fff"
    "\uac00-\ud7a3\ufe0e\ufe0f\uff01-\uff9f\U0001d400-\U0001d7ff\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]*"
)
_FINE = bytes((0x09, 0x0A, *range(0x20, 0x7F)))
_LONG = 200  # characters
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BREAK = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
# Controls, non-characters, directional embeddings, overrides and isolates (CVE-2021-42574), debris of editors.
_DEBRIS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef"
    "\ufeff\uffa0\ufff0-\uffff\U0001fffe-\U0001ffff\U0002fffe-\U0002ffff\U000e0000-\U000e001f\U000e0080-\U000e00ff"
    "\U000ffffe-\U000fffff\U0010fffe-\U0010ffff]"
)
_MINDED = "\ufffc\ufffd"  # of the range above, these are characters
# A joiner means something after a letter of a joining or Indic script, or between the parts of an emoji.
_LOOSE_JOINER = re.compile(
    "(?<![\u0600-\u10ff\u1200-\u1cff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff\U000e007f])[\u200c\u200d]"
    "|[\u200c\u200d](?![^\\s\u200c\u200d])"
)
_TAG_CHARACTERS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0020-\U000e007f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff"
    f"\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f]{{{MARKS}}})"
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f]+"
)

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_PAIRED = re.compile(
    r"</(?:a|abbr|b|cite|code|del|div|em|font|h[1-6]|i|mark|p|q|s|small|span|strong|su[bp]|tt|u)\s*>", re.I
)
_SINGLE = re.compile(r"<(?:br\s*/?|hr\s*/?|(?:img|a|p|div|span|font)\s(?=[^<>=]*=)[^<>]*+)>", re.IGNORECASE)

# A full stop ends a sentence unless after a digit or one capital (`3. `, `J. `); Korean `다.` also before text.
_SENTENCE = re.compile(
    r"(?:(?<=[^\W\d_])(?<!\b[A-Z])\.|[!?]|(?<=[)\]\"'”’」』%])\.)[)\]\"'”’」』]*(?=\s)"
    r"|[。！？][」』”’)]*|(?<=[다요죠까])[.!?](?=[가-힣\"'“‘])"
)
_QUOTES = str.maketrans(
    dict.fromkeys("‘’‚‛′`´ʼ＇", "'") | dict.fromkeys("“”„‟″«»「」『』〝〞＂", '"') | dict.fromkeys("‐‑‒–—―−－〜～", "-")
)
_QUOTED = re.compile(f"[{re.escape(''.join(map(chr, _QUOTES)))}]")
_PLAIN_QUOTES = {chr(letter): plainly for letter, plainly in _QUOTES.items()}
_WORD = re.compile(r"\w+")
# Letters that folding leaves as they are, whatever stands beside them: nine of ten Korean texts hold no others.
_SETTLED = re.compile("[ -@\\[-~·가-힣一-鿿ぁ-ゖァ-ヺ]*")


def plain(markup: str) -> str:
    """Return the words of HTML: blocks on lines of their own, entities decoded once, scripts and styles gone."""
    return (_plain_again if len(markup) <= _SHORT else _plain)(markup)


def _plain(markup: str) -> str:
    lines = tidy(_untagged(markup)).split("\n")
    return "\n".join([" ".join(line.split()) for line in lines if line and not line.isspace()])


_plain_again = lru_cache(maxsize=_REMEMBERED)(_plain)


def _untagged(markup: str) -> str:
    text = markup
    if "<" in text:
        usual = _usual(text) if "]]>" not in text else None
        if usual is not None:
            return html.unescape(usual)
        if ">" in text:
            text = _bare(_UNSEEN.sub(" ", text))
        text = text.replace("<![CDATA[", "")
    return html.unescape(text)


def _usual(text: str) -> str | None:
    """Return *text* without its tags where they are the usual ones and each `<` begins one; None elsewhere."""
    parts = _USUAL.split(text)
    try:
        parts[1::2] = [_WRITTEN[name] for name in parts[1::2]]
    except KeyError:
        return None
    found = "".join(parts)
    return None if "<" in found else found


def _bare(text: str) -> str:
    """Take out tags; nothing that nobody sees stands between them any more."""
    return _TAG.sub("", _BLOCK.sub("\n", text)) if ">" in text else text


def tidy(text: str) -> str:
    """Return *text* as NFC, without what no reader can see or bear; line breaks become `\\n`.

    Goes: control characters, U+FFFE and other non-characters (no XML document may hold them), directional overrides,
    zero-width debris, soft hyphens, Hangul fillers, combining marks beyond ten on a letter. Stays: joiners within emoji
    and the scripts that need them. A lone surrogate becomes U+FFFD.
    """
    if (text.isascii() and text.isprintable()) or _is_tidy(text):
        return text
    text = _BREAK.sub("\n", _SURROGATE.sub("\ufffd", text))
    text = _DEBRIS.sub(lambda m: m[0] if m[0] in _MINDED else "", text)
    text = _TAG_CHARACTERS.sub(lambda m: m[1] or "", text)
    if not _RIGHT_TO_LEFT.search(text):
        text = text.replace("\u200e", "").replace("\u200f", "")
    if "\u200c" in text or "\u200d" in text:
        text = _settled(text)
    return _MARKS.sub(r"\1", unicodedata.normalize("NFC", text))


def _is_tidy(text: str) -> bool:
    """Whether all characters are fine in any order. Of a longer text those beyond ASCII are looked at alone: to look
    for the others among bytes takes two thirds of the time."""
    if len(text) > _LONG:
        try:
            text = text.encode().translate(None, _FINE).decode()
        except UnicodeEncodeError:  # a lone surrogate
            return False
    return _TIDY.fullmatch(text) is not None


def _settled(text: str) -> str:
    """Take loose joiners out until none is left: taking one out may loosen another."""
    while (less := _LOOSE_JOINER.sub("", text)) != text:
        text = less
    return text


def one_line(text: str) -> str:
    """Return *text* tidied, with every run of blanks and line breaks as one space."""
    return " ".join(tidy(text).split())


def has_markup(text: str) -> bool:
    """Whether text that claims to be plain is HTML: it closes a tag, breaks a line, links, or holds an entity.

    A lone `<b>` may be what the text is about, so it stays text.
    """
    return bool(
        ("&" in text and (found := _ENTITY.search(text)) and html.unescape(found[0]) != found[0])
        or ("<" in text and (_PAIRED.search(text) or _SINGLE.search(text)))
    )


def words_of(markup: str) -> str:
    """Return the words of HTML that may have been escaped once too often, on one line.

    `&amp;amp;` and `&lt;b&gt;bold&lt;/b&gt;` are read again; a single `&lt;b&gt;` is a `<b>` that is spoken of.
    """
    if "<" not in markup and "&" not in markup:
        return one_line(markup)
    text = plain(markup)
    return one_line(plain(text) if has_markup(text) else text)


def excerpt(text: str, limit: int = 280) -> str:
    """Return the beginning of *text* on one line, at most *limit* characters.

    Ends after the last sentence in the second half of the room, else after a word with `…`, else within a word with
    `…`; never within what is seen as one character.
    """
    head = one_line(text[: limit * 8])
    if len(head) <= limit and len(text) <= limit * 8:
        return head
    half = limit // 2
    ends = [m.end() for m in _SENTENCE.finditer(head, 0, limit + 1) if half <= m.end() <= limit]
    if ends:
        return head[: ends[-1]]
    end = head.rfind(" ", half, limit)
    if end < 0:
        end = boundary(head, limit - 1)
    return head[:end].rstrip(" ,;:·-–—(") + "…" if limit > 0 else ""


def capped(text: str, limit: int) -> str:
    """Return *text*, or where it is longer than *limit* characters its beginning with `…`, cut between characters."""
    return text if len(text) <= limit else text[: boundary(text, limit - 1)].rstrip() + "…"


def boundary(text: str, at: int) -> int:
    """Return the last place not after *at* where *text* can be cut without splitting what is seen as one character.

    Source: UAX 29 without the tables: marks, joiners, variation selectors, skin tones, flags, Hangul jamo.
    """
    at = min(at, len(text))
    for place in range(at, max(at - 100, 0), -1):
        if place == len(text) or not _clings(text, place):
            return place
    return at if at > 100 else 0


def _clings(text: str, at: int) -> bool:
    """Whether the character at *at* belongs to the one before it."""
    before, char = text[at - 1], text[at]
    if char.isascii():
        return False
    if before == "\u200d" or char == "\u200d" or unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return True
    if "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f" or "\u1160" <= char <= "\u11ff":
        return True
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        flags = 0
        while flags < at and "\U0001f1e6" <= text[at - 1 - flags] <= "\U0001f1ff":
            flags += 1
        return flags % 2 == 1
    return False


def fold(text: str) -> str:
    """Return *text* for comparing: NFKC, one case, plain quotes and dashes, single spaces, nothing invisible."""
    text = " ".join(_folded(tidy(text)).split())
    if (text.isascii() and text == text.lower()) or _SETTLED.fullmatch(text):  # as most is: no more would change
        return text
    return " ".join(_plainly(tidy(_folded(text))).split())


def _folded(text: str) -> str:
    return (_fold_again if len(text) <= _SHORT else _fold)(text)


def _fold(text: str) -> str:
    return _plainly(unicodedata.normalize("NFKC", text.casefold()))


_fold_again = lru_cache(maxsize=_REMEMBERED)(_fold)


def _plainly(text: str) -> str:
    """Make quotes and dashes plain: a few in a text, so that looking for them is far cheaper than translating."""
    return _QUOTED.sub(lambda m: _PLAIN_QUOTES[m[0]], text)


def fold_lines(text: str) -> str:
    """Return tidied *text* for comparing as `fold` does, its lines kept."""
    if text.isascii():
        return text.casefold()
    return _folded(text)


def words(text: str) -> tuple[str, ...]:
    """Return the words of *text*, folded."""
    return tuple(_WORD.findall(fold(text)))
