"""What MSN asks of an RSS feed.

Sources, each read in a copy of 2025 or 2026 and not live: support.microsoft.com, "MSN Partner Hub": *MSN feed item
metadata requirements* (what an item must have, the lengths of titles and of short ones, the age of 365 days), *MSN
content expiration and takedown rules* (an expiry in the past with a newer date of change), *Feed management FAQ* (one
language a feed), *Feed content specifications* (only stories with a picture are published by themselves), *MSN HTML
guidelines and tag restrictions* (the elements of a body). In which element of RSS the body stands is in none of them:
`content:encoded` here, as publishers are seen to do, or a `description`.
"""

from datetime import timedelta

from lxml import etree

from feeds.render.gate.dialects.asked import BODY, date, missing, said, tags
from feeds.render.gate.dialects.spaces import DC, DCTERMS, MEDIA, MI
from feeds.render.gate.sheet import Sheet

LONGEST, SHORTEST = 150, 20  # characters of a title
SHORT = 54  # of a short one, which cards show
AGE = timedelta(days=365)
EXPIRY = (f"{{{MI}}}expirationDate", f"{{{DCTERMS}}}valid")
MODIFIED = f"{{{DCTERMS}}}modified"
_LANGUAGE = f"{{{DC}}}language"
_ALLOWED = """
    b i em strong sub sup small h1 h2 h3 h4 h5 a img table thead tbody tfoot tr td th col caption colgroup ul ol li
    p div span br blockquote iframe
"""
_ELEMENTS = frozenset(_ALLOWED.split())


def item(element: etree._Element, sheet: Sheet) -> None:
    """Hold one item to the rules; one that expired needs no body."""
    missing(element, {"guid": "guid", "title": "title", "link": "link", "pubDate": "pubDate"}, sheet)
    published, changed = date(said(element, "pubDate")), date(said(element, MODIFIED))
    expires = next(filter(None, (date(said(element, tag).rpartition("end=")[2].split(";")[0]) for tag in EXPIRY)), None)
    if expires and expires <= sheet.now:
        if published is None or changed is None or changed <= published:
            sheet.add("msn.takedown", element, inside="dcterms:modified")
        return
    if published and published <= sheet.now - AGE:
        sheet.add("msn.old", element, said(element, "pubDate"), inside="pubDate")
    _title(element, sheet)
    body = said(element, BODY) or said(element, "description")
    if not body:
        sheet.add("partner.missing", element, inside="content:encoded")
    if other := next((name for name in tags(body) if name not in _ELEMENTS), ""):
        sheet.add("msn.html", element, other, inside="content:encoded")
    if "<img" not in body and not any(_is_picture(media) for media in element.iter(f"{{{MEDIA}}}content")):
        sheet.add("msn.picture", element)


def document(root: etree._Element, sheet: Sheet) -> None:
    """Hold what is said beside the items to the rules."""
    for channel in root.iterfind("channel"):
        own = said(channel, "language").partition("-")[0].lower()
        for one in channel.iterfind("item"):
            language = said(one, _LANGUAGE).partition("-")[0].lower()
            if own and language and language != own:
                sheet.add("msn.language", one, said(one, _LANGUAGE), inside="dc:language")


def _title(element: etree._Element, sheet: Sheet) -> None:
    title = said(element, "title")
    if len(title) > LONGEST and not said(element, f"{{{MI}}}shortTitle"):
        sheet.add("msn.title", element, title, inside="title")
    elif 0 < len(title) <= SHORTEST:
        sheet.add("msn.brief", element, title, inside="title")
    if len(short := said(element, f"{{{MI}}}shortTitle")) > SHORT:
        sheet.add("msn.short", element, short, inside="mi:shortTitle")


def _is_picture(media: etree._Element) -> bool:
    return media.get("medium") == "image" or media.get("type", "").startswith("image/")
