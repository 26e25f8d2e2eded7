"""What the rules of several partners ask of an item."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from feeds.render.gate.dialects.spaces import CONTENT
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.walk import words

BODY = f"{{{CONTENT}}}encoded"
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")


def said(element: etree._Element, tag: str) -> str:
    """What the first child of that name says; '' where there is none."""
    found = element.find(tag)
    return "" if found is None else words(found).strip()


def missing(element: etree._Element, names: dict[str, str], sheet: Sheet) -> None:
    """Note each child that is not there, or that is empty; *names* are tags with the names that people write."""
    for tag, name in names.items():
        if not said(element, tag):
            sheet.add("partner.missing", element, inside=name)


def date(text: str) -> datetime | None:
    """A date of RFC 822 or RFC 3339; None for none, and for one without a zone."""
    try:
        found = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def tags(markup: str) -> list[str]:
    """The names of the elements in HTML, in their order, each once."""
    return list(dict.fromkeys(name.lower() for name in _TAG.findall(markup)))
