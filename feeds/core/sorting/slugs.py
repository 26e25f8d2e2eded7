"""What a category's name looks like in a URL and as the name of a folder.

The rule: NFC, letter case folded; letters and digits of every script are kept, Latin ones without their accents
(`Café` is `cafe`; 기술 stays 기술: what Jekyll and Hugo emit, and readable when decoded); signs that tell names apart
are spelt out (`C++`, `C#`, `.NET`, `R&D`); all else becomes one '-'. At most 80 characters and 240 bytes, which every
file system holds. Names that a disk or a route needs get '-category'; a name without any letter becomes 'category-'
and a hash. A slug is its own slug. Changing a row of this file moves URLs of sites that run: add, never change.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

LONGEST = 80  # characters
_WIDEST = 240  # bytes of UTF-8: file names end at 255

# Names that Windows gives to devices, whatever the folder.
# Source: learn.microsoft.com, "Naming Files, Paths, and Namespaces".
DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))])

# First path segments that the web server answers itself, now or soon.
ROUTES = frozenset({
    "admin", "api", "assets", "callback", "desk", "duplicates", "favicon", "feed", "feeds", "healthz", "hub",
    "index", "letters", "login", "logout", "metrics", "opml", "partner", "partners", "push", "readyz", "robots",
    "search", "sitemap", "source", "sources", "static", "status", "stories", "story", "websub", "well-known",
})  # fmt: skip

_SPELT = (
    (re.compile(r"(?<![^\W_]|[.])\.(?=[a-z])"), "dot-"),  # .NET, not Node.js, not ../etc
    (re.compile(r"(?<=[^\W_])#"), "-sharp-"),  # C#, not the # of a hashtag
    (re.compile(r"\+"), "-plus-"),  # C++
    (re.compile(r"&"), "-and-"),  # R&D
)

# Full-width ASCII of East Asian text, as plain ASCII.
_NARROW = {0xFF01 + n: 0x21 + n for n in range(0x5E)}

# Letters and marks that show nothing: fillers of Hangul, variation selectors and their like.
# Source: Unicode 15, Default_Ignorable_Code_Point, those of categories Lo and Mn.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def fold(text: str) -> str:
    """Return *text* in NFC, without letter case or full-width forms: what makes two names one.

    Not NFKC: that turns ㅋ into a conjoining jamo, which shows as nothing readable.
    """
    folded = unicodedata.normalize("NFC", text).translate(_NARROW).casefold()
    return unicodedata.normalize("NFC", folded)  # folding may decompose


def tag(name: str, digits: int = 6) -> str:
    """Return hex digits that stand for *name*, the same on every machine."""
    return sha256(unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")).hexdigest()[:digits]


@lru_cache(maxsize=65_536)
def slug(name: str) -> str:
    """Return *name* as one path segment: 1 to 80 letters, digits and inner '-', in NFC and folded case."""
    made = shortened(_kept(_spelt(fold(_INVISIBLE.sub("", name)))))
    if not made:
        return f"category-{tag(name)}"
    return f"{made}-category" if made in DEVICES | ROUTES else made


def suffixed(made: str, end: str) -> str:
    """Return the slug *made* with `-end`, still short enough."""
    return f"{shortened(made, len(end) + 1)}-{end}"


def shortened(text: str, room: int = 0) -> str:
    """Return *text* with single inner '-', cut on a character so that *room* more characters fit."""
    text = re.sub("-+", "-", text).strip("-")[: LONGEST - room]
    while len(text.encode("utf-8", "surrogatepass")) > _WIDEST - room:
        text = text[:-1]
    return text.strip("-")


def _spelt(text: str) -> str:
    for sign, word in _SPELT:
        text = sign.sub(word, text)
    return text


def _kept(text: str) -> str:
    """*text* with '-' for what is neither letter nor digit; a mark stays only on a letter that needs it."""
    kept: list[str] = []
    for sign in text:
        kind = unicodedata.category(sign)
        if kind == "Nd":
            kept.append(str(unicodedata.digit(sign)))
        elif kind in ("Ll", "Lo", "Lm"):
            base = unicodedata.normalize("NFD", sign)[0]
            kept.append(base if base.isascii() else sign)
        elif kind not in ("Mn", "Mc"):
            kept.append("-")
        elif kept and not kept[-1].isascii():
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))
