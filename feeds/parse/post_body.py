"""A post's body to HTML: Liquid for Jekyll, Markdown or HTML, editors' debris away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from feeds.model.entry import Text
from feeds.parse import permalink
from feeds.parse.dates import read_date
from feeds.parse.editors import tidy
from feeds.parse.fields import Fields
from feeds.parse.jekyll import Config, file_name
from feeds.parse.liquid import Site, expand
from feeds.parse.markdown import to_html

MORE = "<!--more-->"
HEADING = re.compile(
    r"^ {0,3}#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*$|^(\S.*)\n(?:=+|-{2,})[ \t]*$|<h[12][^>]*>(.+?)</h[12]>", re.M | re.S
)
FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostBody:
    """The text below the front matter; it begins in *line* of the file at *path*."""

    text: str
    line: int
    path: str
    jekyll: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    content: str
    summary: Text | None = None  # what stands above the mark that its author set


def read_body(body: PostBody, config: Config, fields: Fields, *, home: str, url: str) -> Read:
    """Return the body as HTML, its URLs as they are; what Liquid could not be done is noted in *fields*."""
    text = body.text
    if body.jekyll:
        text = expand(text, _site(config, fields, home, url), fields, body.line)
    mark = fields.text("excerpt_separator") or config.excerpt_separator or MORE
    above = text.partition(mark)[0].strip() if mark in text else ""
    return Read(
        content=_html(text, body.path),
        summary=Text(value=_html(above, body.path), kind="html") if above else None,
    )


def first_heading(text: str) -> str:
    """Return the words of the first heading of level 1 or 2, '' without one."""
    found = HEADING.search(FENCE.sub("", text))
    words = next((group for group in found.groups() if group), "") if found else ""
    return " ".join(unescape(re.sub(r"<[^<>]*>|[*_`]{1,3}|\{[:#][^}]*\}", "", words)).split())


def _html(text: str, path: str) -> str:
    is_html = path.lower().endswith((".html", ".htm"))
    return tidy(text if is_html else to_html(text)).strip()


def _site(config: Config, fields: Fields, home: str, url: str) -> Site:
    values: Mapping[str, str] = {
        "site.title": config.title,
        "site.description": config.description,
        "site.lang": config.language,
        "page.title": fields.text("title"),
        "page.url": url.removeprefix(home),
    }

    def post_url(name: str) -> str:
        """Where another post stands, by its file's name alone: categories of its front matter are not known here."""
        folder, _, last = name.rpartition("/")
        known = file_name(f"{folder}/_posts/{last}.md" if folder else f"_posts/{last}.md")
        date = read_date(known.date, "UTC") if known.date else None
        parts = permalink.Parts(slug=known.slug, name=known.slug, date=date, path=name)
        return permalink.jekyll(config.permalink, parts)

    return Site(url=home, baseurl=config.baseurl, post_url=post_url, values=values)
