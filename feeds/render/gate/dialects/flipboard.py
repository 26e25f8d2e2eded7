"""What Flipboard asks of an RSS feed.

Sources, each read in a copy of unknown age and not live: about.flipboard.com/rss-spec (the whole text of an article, a
picture at least 400 pixels wide, 30 items), flipboard.helpshift.com (which says 20 items and 500 pixels). They are what
a feed must have before it is featured, and no reason to refuse it: all of them are warnings.
"""

from lxml import etree

from feeds.render.gate.dialects.asked import BODY, said
from feeds.render.gate.dialects.spaces import MEDIA
from feeds.render.gate.sheet import Sheet

DOCS = "https://about.flipboard.com/rss-spec/"
"""What the channel's <docs> says, which RSS has for the address of what a document is written by."""
LEAST, WIDTH = 30, 400


def told(root: etree._Element) -> bool:
    """Whether the document says that it is made by Flipboard's rules."""
    return any(said(channel, "docs") == DOCS for channel in root.iterfind("channel"))


def item(element: etree._Element, sheet: Sheet) -> None:
    """Hold one item to the rules."""
    body = said(element, BODY)
    if not body:
        sheet.add("flipboard.text", element, inside="content:encoded")
    pictures = [m for m in element.iter(f"{{{MEDIA}}}content") if m.get("medium") == "image"]
    if "<img" not in body and not any(_is_wide(picture) for picture in pictures):
        sheet.add("flipboard.picture", element)


def document(root: etree._Element, sheet: Sheet) -> None:
    """Hold the number of items to the rules."""
    for channel in root.iterfind("channel"):
        number = len(channel.findall("item"))
        if number < LEAST:
            sheet.add("flipboard.items", channel, str(number))


def _is_wide(picture: etree._Element) -> bool:
    width = picture.get("width", "")
    return not width.isdecimal() or int(width) >= WIDTH
