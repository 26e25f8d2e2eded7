"""The only HTML cleaner: what comes out may stand on any page.

The rule: our own steps first (`prepare.prepared`: lazy images, tracking pixels, embedded players, editor debris), then
nh3, always last, until nothing changes any more, or certainly would not (`settled.py`); so `clean(clean(x)) ==
clean(x)`, and no step of ours can let in what nh3 keeps out. Of 8,959 collected attacks nh3 lets none run in Chromium;
feedparser's own sanitiser 156.

Allowed are some sixty tags of running text, tables, figures, ruby and media. Not allowed: script, style, svg, forms,
frames; `id` and `name` (they can shadow a page's own objects); `class` and `style` (they reach a page's own looks);
`on…` and `target`. Links carry `rel="noopener noreferrer"` and no `nofollow`: a feed recommends what it publishes.
Images carry no `loading` or `referrerpolicy`: the W3C validator warns of both; a page sends its policy as a header.
"""

import hashlib
import html
import re
from contextvars import ContextVar

import nh3

from feeds.core.entries.prepare import prepared
from feeds.core.entries.settled import settled
from feeds.core.links.resolve import absolute
from feeds.core.words.text import plain

# Characters. nh3 takes 0.6 s for 256 k of `&`, quadratic; of 8,538 entries of real feeds four are longer.
LIMIT = 256 * 1024
_KEPT = LIMIT * 3 // 4  # what is cut is cut this short, so that closing tags and escapes fit below LIMIT again
# nh3 is quadratic in open elements: 20,000 open <div> take 0.9 CPU s, 80,000 take 23.
DEEPEST = 1000
# An open <font> or <b> is opened again in every later block: 1,000 of them before 2,000 <p> take 0.5 GB.
_REOPENED = 300_000
_HARMLESS = 1000  # tags: fewer cannot do either, for half of them, opened before each of the others, make 250,000
_ROUNDS = 8  # two are usual

TAGS = frozenset((
    "a", "abbr", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite",
    "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture",
    "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "video", "wbr",
))  # fmt: skip
# These go with what they hold; every other tag goes and leaves its content.
_GONE = frozenset(
    (
        "annotation", "annotation-xml", "applet", "button", "datalist", "dialog", "fencedframe", "frameset", "head",
        "iframe", "map", "noembed", "noframes", "portal", "script", "select", "style", "svg", "template", "textarea",
        "title", "xml", "xmp",
    )
)  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "audio": {"src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "srcset", "sizes", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "q": {"cite"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"src", "poster", "width", "height"},
}
_LINKS = frozenset(("href", "src", "poster", "cite"))
# WHATWG: the elements that are opened again.
_FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"),
)
# Void, or closed by the next of their kind.
_FLAT = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rp", "rt",
))  # fmt: skip

_OPENING = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)")
_SIZE = re.compile(r"[0-9.]{1,12}[wxh]")


def clean(markup: str, base_url: str = "") -> str:
    """Return *markup* as safe HTML whose URLs are absolute http(s) or mailto.

    Relative URLs stand on *base_url* alone, whatever `<base>` says, and go where it is ''. Text is NFC without control
    characters. What is longer than `LIMIT` loses its end; what is nested deeper than `DEEPEST` or would never come to
    rest keeps its words only, as paragraphs. '' where nothing is left to see.
    """
    text = markup
    before = _BASE.set(base_url)
    try:
        for turn in range(_ROUNDS):
            text = _shortened(text)
            if _too_deep(text):
                break
            done = _CLEANER.clean(prepared(text, base_url, cleaned=turn > 0)).strip()
            if done == text or settled(done):
                return done
            text = done
    finally:
        _BASE.reset(before)
    return paragraphs(plain(_shortened(text)))


def cleaned_again(markup: str) -> str:
    """Return what was cleaned before, by whatever version, as this one has it: the same where nothing in it is unsafe.

    What nh3 leaves as it is, is clean: it always comes last. That takes a third of what `clean` does.
    """
    return markup if "<" not in markup or _CLEANER.clean(markup).strip() == markup else clean(markup)


def paragraphs(text: str) -> str:
    """Return plain text as HTML: a paragraph a block, a break a line, everything escaped."""
    blocks = (block.strip() for block in re.split(r"\n[ \t]*\n\s*", text[:_KEPT]))
    made = "".join(f"<p>{'<br>'.join(html.escape(block, quote=False).splitlines())}</p>" for block in blocks if block)
    return made if len(made) <= LIMIT else f"<p>{html.escape(' '.join(text[: _KEPT // 6].split()), quote=False)}</p>"


def _shortened(text: str) -> str:
    """Cut what is too long before a tag, or between words where no tag is near."""
    if len(text) <= LIMIT:
        return text
    head = text[:_KEPT]
    if head.rfind("<") > head.rfind(">"):
        return head[: head.rfind("<")]
    return head[: max(head.rfind(" ", _KEPT - 200), head.rfind(">", _KEPT - 200) + 1) if " " in head[-200:] else _KEPT]


def _too_deep(text: str) -> bool:
    """Whether reading *text* would cost more than reading text does: an estimate by its tags alone."""
    if text.count("<") <= _HARMLESS:
        return False
    opened: dict[str, int] = {}
    depth = formats = reopened = 0
    for closing, name in _OPENING.findall(text):
        tag = name.lower()
        step = (-1 if opened.get(tag) else 0) if closing else 1
        if tag in _FORMATTING:
            formats += step
        elif not closing:
            reopened += formats
        if tag not in _FLAT:
            opened[tag] = opened.get(tag, 0) + step
            depth += step
        if depth > DEEPEST or reopened > _REOPENED:
            return True
    return False


_BASE: ContextVar[str] = ContextVar("base_url", default="")  # what URLs stand on; nh3 hands its filters no more


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name in _LINKS:
        if tag == "a" and value[:7].lower() == "mailto:":
            return value
        return absolute(value, _BASE.get()) or None
    return _srcset(value, _BASE.get()) or None if name == "srcset" else value


# One for all bases: to make one takes 90 µs, a third of what cleaning an entry takes.
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(_GONE),
    attributes=ATTRIBUTES,
    attribute_filter=_filtered,
    url_schemes={"http", "https", "mailto"},
    url_relative=lambda url: absolute(url, _BASE.get()) or None,
    link_rel="noopener noreferrer",
    set_tag_attribute_values={"audio": {"controls": ""}, "video": {"controls": ""}},
)


RULES = hashlib.sha256(
    repr(
        (
            getattr(nh3, "__version__", ""),
            sorted(TAGS),
            sorted(_GONE),
            sorted((k, sorted(v)) for k, v in ATTRIBUTES.items()),
        )
    ).encode()
).hexdigest()[:16]
"""Stands for what this cleaner lets through: another nh3, or other tables, give another one."""


def _srcset(value: str, base_url: str) -> str:
    """Return the candidates of a `srcset` with absolute URLs; those that lead nowhere go, and what comes after twenty.

    A URL ends at a blank, its size at a comma (WHATWG HTML, "parse a srcset attribute").
    """
    tokens = value[:65_536].split()[::-1]
    kept: list[str] = []
    while tokens and len(kept) < 20:
        token, size = tokens.pop().lstrip(","), ""
        url = absolute(token.rstrip(","), base_url)
        while tokens and not token.endswith(","):
            head, token, rest = tokens.pop().partition(",")
            size = size or head
            if rest:
                tokens.append(rest)
        if url:
            kept.append(f"{url} {size}" if _SIZE.fullmatch(size) else url)
    return ", ".join(kept)
