"""What SmartNews asks of a feed in SmartFormat, as RSS 2.0.

Sources, each read in a copy of 2019 to 2026 and not live: publishers.smartnews.com, *SmartFormat Specification 2.1*
(the elements of a channel, in English and in Japanese: the English one of 2026 asks for a language and 30 characters
of description, the older Japanese one for neither), *SmartFormat: limits* (1 MB), *Deleting Articles* (`media:status`
with a new date), *What to do if your traffic drops* (no utm parameters). The end of the specification, where the
elements of an item are told, could not be read: that an item needs its text is the minimal sample's word.
"""

from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from feeds.render.gate.dialects.asked import BODY, missing, said
from feeds.render.gate.dialects.spaces import MEDIA, SNF
from feeds.render.gate.sheet import Sheet

MOST = 1_000_000  # bytes; the rules say 1 MB, and not which
DESCRIPTION = 30  # characters
STATUS, LOGO, DARK, ANALYTICS = f"{{{MEDIA}}}status", f"{{{SNF}}}logo", f"{{{SNF}}}darkModeLogo", f"{{{SNF}}}analytics"
_CHANNEL = {name: name for name in ("title", "link", "description", "pubDate", "language")}
_ITEM = {**{name: name for name in ("title", "link", "pubDate")}, BODY: "content:encoded"}


def item(element: etree._Element, sheet: Sheet) -> None:
    """Hold one item to the rules."""
    missing(element, _ITEM, sheet)
    for status in element.iterfind(STATUS):
        if status.get("state") not in ("active", "deleted"):
            sheet.add("smartnews.status", status, status.get("state", ""), inside="@state")
    link = said(element, "link")
    if "utm_" in link and any(name.startswith("utm_") for name, _ in parse_qsl(urlsplit(link).query)):
        sheet.add("smartnews.tracking", element, link, inside="link")


def document(root: etree._Element, sheet: Sheet) -> None:
    """Hold what is said beside the items to the rules."""
    if sheet.size > MOST:
        sheet.add("smartnews.size", root, f"{sheet.size:,} bytes")
    for channel in root.iterfind("channel"):
        missing(channel, _CHANNEL, sheet)
        if len(said(channel, "description")) > DESCRIPTION:
            sheet.add("smartnews.description", channel, said(channel, "description"), inside="description")
        if not said(channel, f"{LOGO}/url"):
            sheet.add("smartnews.logo", channel, inside="snf:logo/url")
