"""What Naver asks of a document of its syndication, version 2.

Sources: webmastertool.naver.com, *Syndication guide*, of which no more than the beginning could be read; what board
software that Naver names sends (XE, gnuboard5, CiBoard and three more), as its public source says; a post of 2018 that
gives 100 entries as the most. Whether Naver still takes it in 2026 could not be checked. So all but broken values and
repeated ids are warnings.
"""

from lxml import etree

from feeds.render.gate import values
from feeds.render.gate.dialects.asked import said
from feeds.render.gate.dialects.spaces import NAVER
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.values import Check
from feeds.render.gate.walk import value

MOST = 100
ROOT = f"{{{NAVER}}}feed"
_N = f"{{{NAVER}}}"
_FEED: dict[str, Check | None] = {"id": values.web, "title": None, "author/name": None, "updated": values.date3339}
_ENTRY: dict[str, Check | None] = {**_FEED, "published": values.date3339, "content": None}


def judge(root: etree._Element, sheet: Sheet) -> None:
    """Hold a document to the rules."""
    _texts(root, _FEED, sheet)
    site = _link(root, "site", sheet)
    entries, deleted = root.findall(f"{_N}entry"), root.findall(f"{_N}deleted-entry")
    if len(entries) + len(deleted) > MOST:
        sheet.add("naver.many", root, str(len(entries) + len(deleted)))
    seen: set[str] = set()
    for one in entries:
        entry(one, sheet)
        id = said(one, f"{_N}id")
        if id in seen:
            sheet.add("id.repeated", one, id, inside="id")
        seen.add(id)
        if site and not id.startswith(site.rstrip("/") + "/"):
            sheet.add("naver.site", one, id, inside="id")
    for one in deleted:
        for name, check in (("ref", values.web), ("when", values.date3339)):
            if not one.get(name):
                sheet.add("naver.missing", one, inside=f"@{name}")
            else:
                value(one, one.get(name, ""), check, sheet, f"@{name}")


def entry(element: etree._Element, sheet: Sheet) -> None:
    """Hold one entry to the rules."""
    _texts(element, _ENTRY, sheet)
    _link(element, "via", sheet)
    content = element.find(f"{_N}content")
    if content is not None and content.get("type") != "html":
        sheet.add("naver.html", content, content.get("type", ""), inside="@type")


def _texts(parent: etree._Element, names: dict[str, Check | None], sheet: Sheet) -> None:
    for name, check in names.items():
        child = parent.find("/".join(_N + step for step in name.split("/")))
        text = "" if child is None else (child.text or "").strip()
        if child is None or not text:
            sheet.add("naver.missing", parent, inside=name)
        elif check:
            value(child, text, check, sheet)


def _link(parent: etree._Element, relation: str, sheet: Sheet) -> str:
    """The address of the link of that relation; '' where there is none."""
    for link in parent.iterfind(f"{_N}link"):
        if link.get("rel") == relation and link.get("href"):
            value(link, link.get("href", ""), values.web, sheet, "@href")
            return link.get("href", "")
    sheet.add("naver.missing", parent, inside=f"link[@rel={relation}]")
    return ""
