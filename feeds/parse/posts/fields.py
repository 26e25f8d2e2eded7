"""Front matter read key by key: each by what the key means, never by what YAML makes of its value.

A value in a form that its key does not have is passed over, or taken as the text it is; either is noted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.model.entry import Image, Person
from feeds.model.source import Problem
from feeds.parse.posts.yaml_tree import Items, Node, Scalar, Table

TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0"})
# Where themes keep the picture, the usual first: of 1 639 posts of public Jekyll sites, each of these in some.
IMAGE_KEYS = (
    "image", "header.teaser", "header.image", "header.overlay_image", "header.og_image", "thumbnail", "banner.image",
    "banner", "feature_image", "featured_image", "cover", "cover_image", "img", "hero_image", "heroimage", "og_image",
    "teaser", "images", "ogimage", "coverimage",
)  # fmt: skip
IMAGE_PARTS = ("path", "url", "src", "image", "feature", "thumbnail", "teaser")
MAIL = re.compile(r"(?P<name>[^<>]*)<(?P<mail>[^<>@\s]+@[^<>\s]+)>\s*")


@dataclass(slots=True)
class Fields:
    """The keys of one post; *problems* grow as doubtful values are read."""

    nodes: Mapping[str, Node]
    file: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, detail: str, node: Node | None = None) -> None:
        place = f":{node.line}:{node.column}" if node and node.line else ""
        self.problems.append(Problem(code="assumed", detail=detail, where=self.file + place))

    def note_line(self, detail: str, line: int) -> None:
        self.problems.append(Problem(code="assumed", detail=detail, where=f"{self.file}:{line}"))

    def get(self, path: str) -> Node | None:
        """Return the value at `key` or `key.below`; None where there is none or it says nothing."""
        node: Node | None = Table(fields=self.nodes)
        for key in path.split("."):
            node = node.fields.get(key) if isinstance(node, Table) else None
        return None if isinstance(node, Scalar) and node.absent else node

    def scalar(self, *keys: str) -> Scalar | None:
        """Return the first of *keys* that has one value."""
        found = (self.get(key) for key in keys)
        return next((node for node in found if isinstance(node, Scalar) and node.text.strip()), None)

    def text(self, *keys: str) -> str:
        """Return the words of the first of *keys* that has any; a list in brackets is what its author typed."""
        for key in keys:
            node = self.get(key)
            if node is None:
                continue
            if not isinstance(node, Scalar):
                self.note(f"`{key}` should be text; put its value in quotes", node)
            if found := _words(node).strip():
                return found
        return ""

    def names(self, key: str, *, jekyll: bool) -> tuple[str, ...]:
        """Return a list of names. A string is split: at commas outside Jekyll, else at blanks, as Jekyll does.

        Raw: Jekyll leaves the comma at the end of `기술,` and puts it into the URL.
        """
        node = self.get(key)
        if node is None:
            return ()
        if isinstance(node, Scalar):
            parts = node.text.split(",") if "," in node.text and not jekyll else node.text.split()
        else:
            parts = [_words(each) for each in (node.items if isinstance(node, Items) else (node,))]
        return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def people(self, *keys: str) -> tuple[Person, ...]:
        for key in keys:
            node = self.get(key)
            nodes = node.items if isinstance(node, Items) else (node,) if node else ()
            if found := tuple(p for p in map(_person, nodes) if p != Person()):
                return found
        return ()

    def image(self) -> Image | None:
        """Return the picture in any of its spellings, its URL as written."""
        for key in IMAGE_KEYS:
            if (node := self.get(key)) and (found := _image(node)):
                return found
        return None

    def is_draft(self) -> bool:
        """Return whether `draft` holds the post back: anything but an unquoted `false` does, noted where in doubt."""
        node = self.get("draft")
        if node is None or (isinstance(node, Scalar) and node.plain and node.text.lower() == "false"):
            return False
        if not (isinstance(node, Scalar) and node.plain and node.text.lower() == "true"):
            self.note(f"`draft: {_words(node)}` is in doubt and holds the post back; write true or false", node)
        return True

    def is_minor(self) -> bool:
        """Return whether `minor` says that this version is no news; what is in doubt says nothing."""
        node = self.get("minor")
        text = _words(node).strip().lower() if node else "false"
        if text not in (*TRUE, *FALSE):
            self.note(f"`minor: {text}` is in doubt and counts as false; write true or false", node)
        return text in TRUE

    def is_unpublished(self, key: str) -> bool:
        """Return whether `published` or `public` holds the post back. A date there is a date, not an answer."""
        node = self.get(key)
        text = _words(node).strip().lower() if node else "true"
        if text in FALSE:
            return True
        if text in TRUE or re.match(r"\d{4}[-./년]", text):
            return False
        self.note(f"`{key}: {text}` is in doubt and holds the post back; write true or false", node)
        return True


def below(nodes: Mapping[str, Node], defaults: Mapping[str, Node]) -> dict[str, Node]:
    """Return *nodes* with *defaults* for what they lack, tables merged key by key, as Jekyll's deep merge."""
    merged = dict(defaults)
    for key, node in nodes.items():
        under = merged.get(key)
        if isinstance(node, Table) and isinstance(under, Table):
            node = Table(fields=below(node.fields, under.fields), line=node.line, column=node.column)
        merged[key] = node
    return merged


def unplaced(node: Node) -> Node:
    """Return *node* without its places, which are another file's."""
    match node:
        case Scalar():
            return Scalar(text=node.text, plain=node.plain)
        case Items():
            return Items(items=tuple(map(unplaced, node.items)))
        case Table():
            return Table(fields={key: unplaced(each) for key, each in node.fields.items()})


def _words(node: Node) -> str:
    """A value as its author typed it, nearly: `[공지]`, `속보: 하나`."""
    match node:
        case Scalar():
            return node.text
        case Items():
            return f"[{', '.join(map(_words, node.items))}]"
        case Table():
            return ", ".join(f"{key}: {_words(each)}" for key, each in node.fields.items())


def _part(table: Table, *keys: str) -> str:
    found = (table.fields.get(key) for key in keys)
    return next((n.text.strip() for n in found if isinstance(n, Scalar) and not n.absent and n.text.strip()), "")


def _person(node: Node) -> Person:
    if isinstance(node, Table):
        return Person(
            name=_part(node, "name", "display_name", "title", "login"),
            email=_part(node, "email", "mail"),
            url=_part(node, "uri", "url", "link", "homepage", "web"),
        )
    if isinstance(node, Scalar):
        return Person() if node.absent else person(node.text.strip())
    return Person(name=_words(node).strip())


def person(text: str) -> Person:
    """Return who `Name <mail>` or a name alone is."""
    found = MAIL.fullmatch(text)
    return Person(name=found["name"].strip(), email=found["mail"]) if found else Person(name=text)


def _image(node: Node) -> Image | None:
    if isinstance(node, Table):
        url = _part(node, *IMAGE_PARTS)
        alt, width, height = _part(node, "alt", "caption"), _part(node, "width"), _part(node, "height")
        credit = _part(node, "credit", "photographer")
        return Image(url=url, alt=alt, width=_pixels(width), height=_pixels(height), credit=credit) if url else None
    if isinstance(node, Items):
        return next((found for found in map(_image, node.items) if found), None)
    url = node.text.strip()
    # A colour, a number and a truth value stand under these keys as well.
    return Image(url=url) if re.search(r"[./]", url) and not node.absent else None


def _pixels(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0
