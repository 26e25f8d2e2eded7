"""A post's body to HTML: Markdown or HTML, editors' debris away."""

import re
from dataclasses import dataclass
from html import unescape

from feeds.model.entry import Text
from feeds.parse.posts.editors import tidy
from feeds.parse.posts.markdown import to_html

MORE = r"<!--\s*more\s*-->"
HEADING = re.compile(
    r"^ {0,3}#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*$|^(\S.*)\n(?:=+|-{2,})[ \t]*$|<h[12][^>]*>(.+?)</h[12]>", re.M | re.S
)
FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    content: str
    summary: Text | None = None  # what stands above the mark that its author set


def read_body(text: str, path: str, mark: str) -> Read:
    """Return the text of the post at *path* as HTML, its URLs as they are; its summary is what stands above *mark*."""
    found = re.search(re.escape(mark) if mark else MORE, text)
    above = text[: found.start()].strip() if found else ""
    return Read(
        content=_html(text, path),
        summary=Text(value=_html(above, path), kind="html") if above else None,
    )


def first_heading(text: str) -> str:
    """Return the words of the first heading of level 1 or 2, '' without one."""
    found = HEADING.search(FENCE.sub("", text))
    words = next((group for group in found.groups() if group), "") if found else ""
    words = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", words)
    return " ".join(unescape(re.sub(r"<[^<>]*>|[*_`]{1,3}|\{[:#][^}]*\}", "", words)).split())


def _html(text: str, path: str) -> str:
    is_html = path.lower().endswith((".html", ".htm", ".rst"))
    return tidy(text if is_html else to_html(text)).strip()
