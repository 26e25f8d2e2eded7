"""What was found wrong with one document, as it is found."""

from datetime import datetime
from typing import Any

from lxml import etree

from feeds.model.breach import Breach
from feeds.render.gate.rules import RULES

_PREFIXES = {
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
_PLAIN = frozenset({"", "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"})
_SHOWN = 120  # characters of a value
MOST = 500
"""Breaches of one document that are noted: whoever wrote more has one fault in many places."""


class Sheet:
    """The breaches of one document of *size* bytes, judged at *now*; *url* is where it is published, '' if unknown."""

    def __init__(self, now: datetime, url: str = "", size: int = 0) -> None:
        self.now, self.url, self.size = now, url, size
        self.breaches: list[Breach] = []
        self._numbers: dict[tuple[etree._Element, str], dict[etree._Element, int]] = {}

    def note(self, rule: str, *, line: int = 0, where: str = "", detail: str = "") -> None:
        known = RULES[rule]
        if len(self.breaches) >= MOST:
            return
        what = f"{where or 'the document'} {known.says}{f': {_shown(detail)}' if detail else ''}"
        self.breaches.append(
            Breach(severity=known.severity, rule=rule, line=line, where=where, what=what, remedy=known.remedy)
        )

    def add(self, rule: str, element: etree._Element, detail: str = "", *, inside: str = "") -> None:
        """Note that *element* breaks *rule*; *inside* names its attribute (`@href`) or a child that is not there."""
        if len(self.breaches) >= MOST:
            return
        step = inside if inside.startswith("@") else f"/{inside}" if inside else ""
        line: Any = element.sourceline  # the stubs know no type for it
        self.note(rule, line=line or 0, where=self._path(element) + step, detail=detail)

    def _path(self, element: etree._Element) -> str:
        """Where *element* stands: names from the root, numbers where siblings share a name."""
        steps = []
        at: etree._Element | None = element
        while at is not None:
            parent = at.getparent()
            step = name(at)
            if parent is not None:
                alike = self._alike(parent, at.tag)
                step += f"[{alike[at]}]" if len(alike) > 1 else ""
            steps.append(step)
            at = parent
        return "/".join(reversed(steps))

    def _alike(self, parent: etree._Element, tag: str) -> dict[etree._Element, int]:
        """The children of one name with their numbers, from 1; counted once, for there may be thousands."""
        found = self._numbers.get((parent, tag))
        if found is None:
            found = self._numbers[parent, tag] = {e: n for n, e in enumerate(parent.iterchildren(tag), 1)}
        return found

    @property
    def failed(self) -> bool:
        return any(breach.severity == "error" for breach in self.breaches)


def _shown(detail: str) -> str:
    line = " ".join(detail.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def attribute_name(attribute: str) -> str:
    """The attribute's name as people write it."""
    space, found, local = attribute.rpartition("}")
    prefix = _PREFIXES.get(space[1:], "") if found else ""
    return f"{prefix}:{local}" if prefix else local


def name(element: etree._Element) -> str:
    """The element's name as people write it: with a prefix where it is foreign."""
    space, _, local = element.tag.rpartition("}")
    space = space[1:]
    if space in _PLAIN and not (space and _is_rss(element)):
        return local
    prefix = element.prefix or _PREFIXES.get(space, "")
    return f"{prefix}:{local}" if prefix else local


def _is_rss(element: etree._Element) -> bool:
    return element.getroottree().getroot().tag == "rss"
