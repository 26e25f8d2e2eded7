"""What HTML needs before it is cleaned, for a sanitiser cannot know it: lazy images, pixels, players, debris.

Nothing here has to be safe: nh3 comes after. Each step leaves alone what it has done before.
"""

import html
import re
from collections.abc import Iterator, Set

from feeds.core.links.resolve import absolute
from feeds.core.words.text import plain, tidy

# Where scripts keep the image that they load later; the first that is given wins over `src`, a placeholder then.
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-echo", "data-lazyload", "data-url")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")

# Images whose only use is to be asked for. Sources: real feeds, the services' own documentation.
_COUNTERS = re.compile(
    r"//(?:[\w.-]+\.)?(?:feedsportal\.com|pixel\.wp\.com|stats\.wordpress\.com|google-analytics\.com|doubleclick\.net"
    r"|scorecardresearch\.com|quantserve\.com|feedblitz\.com/~/i|feeds\.wordpress\.com/1\.0|pixel\.quantserve\.com"
    r"|feeds\.feedburner\.com/~(?:r/[^/]+/~4|ff?)|counter\.theconversation\.com|tracker\.feedpress\.it)(?:[/?]|$)",
    re.IGNORECASE,
)

# Players that become a link to the page of their video. Everything else in a frame goes.
_PLAYERS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern, re.ASCII), page, name)
    for pattern, page, name in (
        (r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/videoseries\?(?:.*&)?list=([\w-]+)",
         "https://www.youtube.com/playlist?list={}", "YouTube"),
        (r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/([\w-]{11})(?![\w-])",
         "https://www.youtube.com/watch?v={}", "YouTube"),
        (r"https?://player\.vimeo\.com/video/(\d+)", "https://vimeo.com/{}", "Vimeo"),
        (r"https?://tv\.naver\.com/embed/(\d+)", "https://tv.naver.com/v/{}", "네이버TV"),
        (r"https?://(?:play-)?tv\.kakao\.com/embed/player/cliplink/(\w+)", "https://tv.kakao.com/v/{}", "카카오TV"),
        (r"https?://kakaotv\.daum\.net/embed/player/cliplink/(\w+)", "https://tv.kakao.com/v/{}", "카카오TV"),
    )
)  # fmt: skip

_BODY = r"((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)"
# The same for the few tags that are rewritten, where a quoted text may hold a '<' (bounded: many may be open at once).
_ROOMY = r"((?:[^<>\"']|\"[^\"]{0,1000}\"|'[^']{0,1000}')*+)"
_IMAGE = re.compile(rf"<(?i:(img|source))(?=[\s/>]){_ROOMY}>")
_FRAME = re.compile(rf"<iframe(?=[\s/>]){_ROOMY}>(?:(?<=/>)|.*?(?:</iframe\s*>|$))", re.IGNORECASE | re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript[^<>]*+>(.*?)(?:</noscript\s*>|$)", re.IGNORECASE | re.DOTALL)
# nh3 takes MathML out with its words: a formula without its layout is better than a hole.
_MATH = re.compile(r"<math(?=[\s/>])[^<>]*+>(.*?)(?:</math\s*>|$)", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s\"'>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_DATA = re.compile(r"=\s*(?:\"\s*data:[^\"<>]*\"|'\s*data:[^'<>]*'|data:[^\s\"'<>]*)", re.IGNORECASE)
_TINY = re.compile(r"\s*[01](?:\.0*)?(?:px)?\s*")
_TINY_WRITTEN = re.compile(r'(?:width|height)="(?:\s|&nbsp;)*[01](?![0-9])')
_TINY_STYLE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:!|;|$)", re.IGNORECASE)
_OVERLAID = re.compile("([<>])\u0338+")  # NFC would make one sign of them


def _any_case(names: str) -> str:
    """Return an expression for *names*, parted by strokes, in any case: three times faster than what `(?i:` makes."""
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in names)


# Tags that nh3 would take out, though they part words or say the same as one that stays.
_BLOCKS = "address|center|dir|fieldset|footer|form|header|hgroup|legend|main|menu|nav"
_RENEWED = frozenset((*_BLOCKS.split("|"), "strike", "tt", "acronym", "amp-img"))
_OLD = re.compile(
    rf"<(/?)(?:({_any_case(_BLOCKS)})"
    rf"|({_any_case('strike')})|({_any_case('tt')})|({_any_case('acronym')})|({_any_case('amp-img')}))(?=[\s/>])"
)
_NEW = (("div", 2), ("s", 3), ("code", 4), ("abbr", 5), ("img", 6))

_BLANK = r"(?:\s|&nbsp;|&#160;|&#xa0;|&\#8203;|<br\s*/?>)*+"
_ROOMS = frozenset((
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "section", "article", "aside",
    "blockquote", "ul", "ol", "dl",
))  # fmt: skip
_WORDS = frozenset(("a", "b", "strong", "em", "i", "u", "s", "small", "sub", "sup", "mark", "code"))
# An element without words, whatever its name: to ask for thirty names at each `<` takes half as long again.
_EMPTY = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]*+)(?:\s[^<>]*+)?>((?i:{_BLANK}))(?i:</\1\s*>)(\s*+)")
_NAME = re.compile("</?([a-zA-Z][a-zA-Z0-9-]*+)")
_PICTURES = frozenset(("img", "source", "amp-img"))
_SWALLOWING = ("script", "style", "svg", "template", "title", "textarea", "xml")
_BREAKS = re.compile(r"<(?i:br\s*/?>(?:\s|&nbsp;)*+(?:<br\s*/?>(?:\s|&nbsp;)*+){2,})")
_NESTED = 24  # empty elements within empty elements that one call takes out


def prepared(markup: str, base_url: str, *, cleaned: bool = False) -> str:
    """Return *markup* ready for nh3: see the steps. Linear in its length.

    *cleaned*: it comes from nh3, which leaves its own tags and no other `<`; those it takes out are not looked for.
    """
    text = tidy(_OVERLAID.sub(r"\1", markup) if "\u0338" in markup else markup)
    if "<" not in text:
        return text
    if "data:" in text or "DATA:" in text or "Data:" in text:  # nh3 takes out what is written in yet another way
        text = _DATA.sub('=""', text)
    names = {name.lower() for name in set(_NAME.findall(text))}
    if not cleaned:
        text = _with_known_tags(text, names, base_url)
    if not names.isdisjoint(_PICTURES):
        text = _IMAGE.sub(_shown, text)
    return _without_gaps(text)


def _with_known_tags(text: str, names: Set[str], base_url: str) -> str:
    """Replace tags that nh3 would take out by what they say; *names* are those of the tags in *text*."""
    if "noscript" in names:
        lower = text.lower()
        lazy = any(name in lower for name in _LAZY)
        text = _NOSCRIPT.sub(lambda m: "" if lazy and "<img" in m[1].lower() else m[1], text)
    if "iframe" in names:
        text = _FRAME.sub(lambda m: _linked(_attributes(m[1]), base_url), text)
    if "math" in names:
        text = _MATH.sub(lambda m: html.escape(" ".join(plain(m[1]).split()), quote=False), text)
    if "/>" in text and not names.isdisjoint(_SWALLOWING):
        text = _closed(text)
    return text if names.isdisjoint(_RENEWED) else _OLD.sub(_renewed, text)


def images(markup: str) -> Iterator[dict[str, str]]:
    """Give the attributes of each `<img>`, decoded, in order."""
    return (_attributes(m[2]) for m in _IMAGE.finditer(markup) if m[1].lower() == "img")


def _attributes(body: str) -> dict[str, str]:
    """Read the attributes of a tag; the first of a name counts, as in browsers."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(body):
        found.setdefault(name.lower(), html.unescape(double or single or bare).strip())
    return found


def _written(name: str, attributes: dict[str, str]) -> str:
    """Write a tag."""
    return " ".join([f"<{name}", *(f'{key}="{html.escape(value)}"' for key, value in attributes.items())]) + ">"


def _shown(found: re.Match[str]) -> str:
    """Show a lazy image; take out a tracking pixel and an image without a source."""
    attributes = _attributes(found[2])
    before = dict(attributes)
    name = found[1].lower()
    if name == "img" and (later := next((attributes[n] for n in _LAZY if attributes.get(n)), "")):
        attributes["src"] = later
    if later := next((attributes[n] for n in _LAZY_SETS if attributes.get(n)), ""):
        attributes["srcset"] = later
    source = attributes.get("src", "")
    if not source and not attributes.get("srcset"):
        return ""
    if name == "img" and is_pixel(attributes):
        return ""
    if attributes == before:
        return found[0]
    return _written(name, {k: v for k, v in attributes.items() if not k.startswith(("data-", "on"))})


def is_pixel(attributes: dict[str, str]) -> bool:
    """Whether the only use of an image is to be asked for."""
    return _is_tiny(attributes) or bool(_COUNTERS.search(attributes.get("src", "")))


def is_pixel_like(written: str) -> bool:
    """Whether attributes as nh3 writes them may be those of a pixel: where `is_pixel` says so, and at times besides."""
    return bool(_TINY_WRITTEN.search(written) or _COUNTERS.search(written))


def _is_tiny(attributes: dict[str, str]) -> bool:
    """Whether an image is one pixel wide or high, or none: nobody is meant to see it."""
    sizes = (attributes.get("width", ""), attributes.get("height", ""))
    return any(_TINY.fullmatch(size) for size in sizes) or bool(_TINY_STYLE.search(attributes.get("style", "")))


def _linked(attributes: dict[str, str], base_url: str) -> str:
    """Return a link to the video that a frame would play; '' for any other frame."""
    source = next((attributes[n] for n in ("src", *_LAZY) if attributes.get(n)), "")
    address = absolute(source, base_url or "https://unknown.invalid/")
    for pattern, page, name in _PLAYERS:
        if found := pattern.match(address):
            label = html.escape(" ".join(attributes.get("title", "").split()) or name, quote=False)
            return f'<p><a href="{page.format(found[1])}">{label}</a></p>'
    return ""


def _closed(text: str) -> str:
    """Take out `<script …/>` and its like, as XHTML writes them, where an HTML reader would swallow the rest."""
    lower = text.lower()
    for tag in _SWALLOWING:
        if f"<{tag}" in lower and f"</{tag}" not in lower:
            text = re.sub(rf"<{tag}(?=[\s/]){_BODY}(?<=/)>", "", text, flags=re.IGNORECASE)
    return text


def _renewed(found: re.Match[str]) -> str:
    return f"<{found[1]}{next(name for name, group in _NEW if found[group])}"


def _gap(found: re.Match[str]) -> str:
    """What is left of an empty element: something between words that it parted; all of one that may be empty."""
    name, within, after = found[1].lower(), found[2], found[3]
    if name in _ROOMS:
        parted = not found.string[max(found.start() - 1, 0)].isspace()
        return "\n" if parted else ""
    return after if name in _WORDS and not within else found[0]


def gapless(text: str) -> bool:
    """Whether `prepared` takes no empty elements and breaks out of *text*."""
    return _without_gaps(text) == text


def _without_gaps(text: str) -> str:
    """Take out paragraphs that editors leave to make room, and breaks beyond two."""
    for _ in range(_NESTED):
        less = _EMPTY.sub(_gap, text)
        if less == text:
            break
        text = less
    return _BREAKS.sub("<br><br>", text)
