"""Front matter of Pelican's files: `Title: …` lines, `---` fences, `<meta>` of HTML, fields of reStructuredText."""

import re
from html import unescape
from html.parser import HTMLParser

from feeds.parse.posts import front_matter, rst
from feeds.parse.posts.front_matter import FrontMatter, fail
from feeds.parse.posts.yaml_tree import Flaw, Node, Scalar

# Source: Python-Markdown 3, `extensions/meta.py`.
HEADER = re.compile(r" {0,3}(?P<key>[A-Za-z0-9_-]+):\s*(?P<value>.*)")
MORE = re.compile(r" {4,}(?P<value>.*)")
JOINED = frozenset({"summary"})  # several lines are one text; of others the first line counts


def read_headers(text: str, file: str) -> FrontMatter:
    """Return the front matter of the post *file*. Raises `PostError` that names line and column."""
    suffix = file.rpartition(".")[2].lower()
    if suffix == "rst":
        return _of_rst(text, file)
    if suffix in ("html", "htm"):
        return _of_html(text)
    if text.lstrip().startswith("---"):
        return front_matter.read(text, file)
    return _of_lines(text)


def _of_lines(text: str) -> FrontMatter:
    fields: dict[str, Node] = {}
    lines = text.split("\n")
    key, at = "", 0
    for at, line in enumerate([*lines, ""]):
        if found := HEADER.match(line):
            key = found["key"].lower()
            if key not in fields:
                column = found.start("value") + 1
                fields[key] = Scalar(text=found["value"].strip(), plain=False, line=at + 1, column=column)
        elif (found := MORE.match(line)) and key in JOINED and isinstance(known := fields[key], Scalar):
            joined = f"{known.text}\n{found['value'].strip()}"
            fields[key] = Scalar(text=joined, plain=False, line=known.line, column=known.column)
        elif not (found and key):
            break
    start = at + 1 if at < len(lines) and not lines[at].strip() else at
    return FrontMatter(fields=fields, form="headers", body="\n".join(lines[start:]), line=start + 1)


def _of_rst(text: str, file: str) -> FrontMatter:
    try:
        found = rst.read(text)
    except Flaw as flaw:
        fail(flaw, text, file)
    fields: dict[str, Node] = {
        key: Scalar(text=value, plain=False, line=_line(text, rf"^:{re.escape(key)}:"))
        for key, value in found.fields.items()
    }
    if found.title:
        fields.setdefault("title", Scalar(text=found.title, plain=False, line=1))
    return FrontMatter(fields=fields, form="headers", body=found.html)


def _line(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.MULTILINE | re.IGNORECASE)
    return text.count("\n", 0, found.start()) + 1 if found else 0


class _Head(HTMLParser):
    """Title and meta elements of a page, and where its body begins and ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, Node] = {}
        self.in_title = False
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name, content = (values.get("name") or "").lower(), values.get("content") or values.get("contents") or ""
        if tag == "meta" and name:
            name = "tags" if name == "keywords" else name
            line, column = self.getpos()
            self.fields.setdefault(name, Scalar(text=content.strip(), plain=False, line=line, column=column + 1))
        self.in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        self.in_title = False

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title += data


def _of_html(text: str) -> FrontMatter:
    end = re.search(r"</head\s*>|<body\b", text, re.IGNORECASE)
    head = _Head()
    head.feed(text[: end.start()] if end else text[:65536])
    if title := " ".join(unescape(head.title).split()):
        head.fields["title"] = Scalar(text=title, plain=False, line=1)
    body = re.search(r"<body\b[^>]*>(.*?)(?:</body\s*>|\Z)", text, re.IGNORECASE | re.DOTALL)
    line = text.count("\n", 0, body.start(1)) + 1 if body else 1
    return FrontMatter(fields=head.fields, form="headers", body=body[1] if body else text, line=line)
