"""The shortcodes of a Hugo post, as far as they are the same everywhere: nothing is run, no file is read.

Pictures, videos and highlighted code are done; of others the tags are left out and named, what stands between stays.
Source: gohugo.io, "Shortcodes" (embedded ones of 0.111).
"""

import re
from collections.abc import Callable, Mapping
from html import escape

from feeds.parse.posts.fields import Fields
from feeds.parse.posts.links import to_post

# Nothing of a shortcode holds braces: one whose end is missing costs no search through the rest.
TAG = re.compile(r"\{\{[<%]\s*(?P<close>/(?!\*))?\s*(?P<name>[\w./-]+)(?P<words>[^{}]*?)/?\s*[>%]\}\}")
SHOWN = re.compile(r"\{\{([<%])/\*((?:(?!\{\{|\}\}).)*?)\*/([>%])\}\}", re.DOTALL)  # how one writes about them
COMMENT = re.compile(r"\{\{/\*(?:(?!\{\{/\*).)*?\*/\}\}", re.DOTALL)
HIGHLIGHT = re.compile(r"\{\{[<%]\s*(?P<close>/?)\s*highlight(?:\s+\"?(?P<language>[\w+#-]*)[^{}]*?)?\s*[>%]\}\}\n?")
WORD = re.compile(r"(?:([\w-]+)=)?(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`|([^\s\"`=]+))")
LINKS: Mapping[str, str] = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
}
Words = Mapping[str, str]


def expand(text: str, fields: Fields, line: int = 1) -> str:
    """Return *text* with its shortcodes done or left out; the latter is noted in *fields*, each name once.

    *line* is the file's line where *text* begins.
    """
    if "{{" not in text:
        return text
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return f"\x00{len(kept) - 1}\x00"

    text = _highlighted(text, keep)
    text = SHOWN.sub(lambda found: keep(f"{{{{{found[1]}{found[2]}{found[3]}}}}}"), text)
    named: set[str] = set()

    def fill(found: re.Match[str]) -> str:
        name = found["name"].lower()
        make = None if found["close"] else MADE.get(name)
        shown = make(_words(found["words"])) if make else ""
        if not shown and name not in named and not found["close"]:
            named.add(name)
            place = line + text.count("\n", 0, found.start())
            fields.note_line(f"the shortcode `{found['name']}` is not run and was left out", place)
        return shown

    text = TAG.sub(fill, COMMENT.sub("", text))
    return re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], text)


def _highlighted(text: str, keep: Callable[[str], str]) -> str:
    """Return *text* with what stands between `highlight` and its end as code."""
    out, at = [], 0
    begun: re.Match[str] | None = None
    for found in HIGHLIGHT.finditer(text):
        if begun and found["close"]:
            out += [text[at : begun.start()], keep(_code(begun["language"] or "", text[begun.end() : found.start()]))]
            at, begun = found.end(), None
        elif not begun and not found["close"]:
            begun = found
    return "".join([*out, text[at:]])


def _words(text: str) -> Words:
    """Return the words behind a shortcode's name: those with a key by it, the others by their number."""
    found: dict[str, str] = {}
    for number, match in enumerate(WORD.finditer(text)):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found[match[1].lower() if match[1] else str(number)] = value.replace('\\"', '"')
    return found


def _code(language: str, text: str) -> str:
    classes = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{classes}>{escape(text.strip(chr(10)), quote=False)}\n</code></pre>\n"


def _figure(words: Words) -> str:
    src = words.get("src") or words.get("0", "")
    if not src:
        return ""
    alt = words.get("alt") or words.get("caption") or words.get("title", "")
    picture = f'<img src="{escape(src)}" alt="{escape(alt)}">'
    if link := words.get("link"):
        picture = f'<a href="{escape(link)}">{picture}</a>'
    below = " ".join(filter(None, (words.get("title", ""), words.get("caption", ""))))
    caption = f"<figcaption>{escape(below)}</figcaption>" if below else ""
    return f"<figure>{picture}{caption}</figure>"


def _link(name: str) -> Callable[[Words], str]:
    def make(words: Words) -> str:
        key = words.get("id") or words.get("0", "")
        url = escape(LINKS[name].format(key))
        return f'<p><a href="{url}">{url}</a></p>' if re.fullmatch(r"[\w-]+", key) else ""

    return make


def _post(words: Words) -> str:
    """A message of `tweet` or `x`: user and id."""
    user, number = words.get("user") or words.get("0", ""), words.get("id") or words.get("1", "")
    url = f"https://twitter.com/{user}/status/{number}"
    return f'<p><a href="{url}">{url}</a></p>' if re.fullmatch(r"\w+", user) and number.isdigit() else ""


def _reference(words: Words) -> str:
    """The address of another post by its file, relative to this one or to all of them."""
    path = words.get("path") or words.get("0", "")
    return to_post(path) if path else ""


def _gist(words: Words) -> str:
    url = f"https://gist.github.com/{words.get('0', '')}/{words.get('1', '')}"
    return f'<p><a href="{escape(url)}">{escape(url)}</a></p>' if words.get("1") else ""


MADE: Mapping[str, Callable[[Words], str]] = {
    "figure": _figure,
    "gist": _gist,
    "ref": _reference,
    "relref": _reference,
    "tweet": _post,
    "x": _post,
    **{name: _link(name) for name in LINKS},
}
