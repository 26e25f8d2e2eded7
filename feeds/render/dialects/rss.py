"""What the dialects of RSS 2.0 share: a document made of pieces, its head, and the elements that most ask for.

They are written with lxml alone: feedgen knows none of their modules.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from lxml import etree

from feeds.errors import RenderError
from feeds.model.channel import MEDIA_TYPES, Channel, Feed, Format, SetAside
from feeds.model.entry import Image
from feeds.render import safe
from feeds.render.entries import rfc822
from feeds.render.gate.dialects.spaces import ATOM, DC, MEDIA
from feeds.render.gate.ours import head_fault
from feeds.render.pieces import Body, Piece, each, joined, piece, pieces
from feeds.render.shown import Gone, Shown, address, gone, home, moment, title

Element = etree._Element
Tell = Callable[..., None]
"""Fills an item: `(item, shown=…, channel=…)` for a story, `(item, gone=…, channel=…)` for one that was taken back."""

GENERATOR = "feeds"
_TAIL = piece(b"</channel>\n</rss>\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One dialect: its namespaces, what its channel says beyond RSS, a story, and one that was taken back."""

    format: Format
    spaces: Mapping[str, str]
    head: Callable[[Element, Feed], None]
    story: Tell
    gone: Tell | None = None  # None: it has no words for that
    linked: bool = False  # it knows stories by their addresses
    most: int = 0  # bytes of a document; 0: as many as there are


def document(feed: Feed, dialect: Dialect) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* in *dialect*; what was taken back comes first, for partners read a feed from its top."""
    stories, aside = pieces(feed, dialect.format, partial(_story, dialect, feed.channel))
    before = [_head(feed, dialect), *takedowns(feed, dialect)]
    if dialect.most:
        stories, left = _fitting(feed, dialect, sum(len(p.raw) for p in (*before, _TAIL)), stories, aside)
        aside = (*aside, *left)
    if dialect.gone is None:
        aside = (*aside, *unspoken(feed, (), dialect.format, "it has no words for what was taken back"))
    elif dialect.linked:
        named = [stone.story_id for stone in feed.gone if stone.url]
        aside = (*aside, *unspoken(feed, named, dialect.format, NO_ADDRESS))
    return joined([*before, *stories, _TAIL]), aside


NO_ADDRESS = "it had no address, by which stories are known there"


def unspoken(feed: Feed, told: Collection[str], format: Format, why: str) -> list[SetAside]:
    """Return what a partner cannot be told by its document that was taken back, for it stays owed until a person tells.

    Of private feeds alone: a public one is owed to nobody. *told* are the ids of stories whose retraction is told.
    """
    stones = feed.gone if feed.channel.private else ()
    return [SetAside(story_id=one.story_id, format=format, reason=why) for one in stones if one.story_id not in told]


def _fitting(
    feed: Feed, dialect: Dialect, size: int, stories: Sequence[Piece], aside: Sequence[SetAside]
) -> tuple[list[Piece], list[SetAside]]:
    """Return the newest of *stories* for which a document of *size* has room, and those for which it has none."""
    out = {one.story_id for one in aside}
    ids = [item.story.id for item in feed.items if item.story.id not in out]
    kept: list[Piece] = []
    left: list[SetAside] = []
    reason = f"the document is full: it may have {dialect.most:,} bytes"
    for id, one in zip(ids, stories, strict=False):
        size += len(one.raw)
        if left or size > dialect.most:
            left.append(SetAside(story_id=id, format=dialect.format, reason=reason))
        else:
            kept.append(one)
    return kept, left


def takedowns(feed: Feed, dialect: Dialect) -> list[Piece]:
    """What was taken back, the latest first, as items."""
    tell = dialect.gone
    if tell is None or not feed.gone:
        return []
    left = without_address(feed, gone(feed), dialect.format) if dialect.linked else gone(feed)
    told = [_written(dialect, partial(tell, gone=one, channel=feed.channel)) for one in left]
    return [piece(b"".join(told))] if told else []


def without_address(feed: Feed, gone: Sequence[Gone], format: Format) -> list[Gone]:
    """Return those of *gone* that a partner who knows stories by their addresses may be told of.

    One that had none was never told there; where another story stands now, that would be taken down.
    """
    taken = set(each(feed, format, lambda told: told.shown.url)[0])
    return [one for one in gone if one.url and one.url not in taken]


def _story(dialect: Dialect, channel: Channel, shown: Shown) -> bytes:
    return _written(dialect, partial(dialect.story, shown=shown, channel=channel))


def _written(dialect: Dialect, fill: Callable[[Element], None]) -> bytes:
    """One item as it stands in a document, whose head declares the namespaces."""
    around = etree.Element("channel", nsmap=dialect.spaces)
    item = etree.SubElement(around, "item")
    fill(item)
    lines(item)
    item.tail = "\n"
    found = etree.tostring(around, encoding="utf-8", xml_declaration=False)
    return found[found.index(b">") + 1 : found.rindex(b"<")]


def _head(feed: Feed, dialect: Dialect) -> Piece:
    channel, where = feed.channel, address(feed.channel, dialect.format)
    root = etree.Element("rss", version="2.0", nsmap=dialect.spaces)
    root.text = "\n"
    top = etree.SubElement(root, "channel")
    top.tail = "\n"
    add(top, "title", title(channel))
    add(top, "link", home(channel))
    add(top, "description", safe.line(channel.description) or title(channel))
    media_type = MEDIA_TYPES[dialect.format].partition(";")[0]
    etree.SubElement(top, f"{{{ATOM}}}link", {"href": where, "rel": "self", "type": media_type})
    if language := safe.language(channel.language):
        add(top, "language", language)
    add(top, "lastBuildDate", rfc822(moment(feed.updated)))
    add(top, "generator", GENERATOR)
    dialect.head(top, feed)
    lines(top)
    whole = etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
    if fault := head_fault(whole, where):
        raise RenderError("", fault)
    return piece(whole.removesuffix(_TAIL.raw))


def lines(parent: Element) -> None:
    """One line a child, so that a change of one story is a change of few lines."""
    parent.text = "\n"
    for child in parent:
        child.tail = "\n"


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new last child; attributes that are '' are left out."""
    child = etree.SubElement(parent, name, {key: value for key, value in attributes.items() if value})
    if text:
        child.text = text
    return child


def identified(item: Element, id: str, heading: str, url: str) -> None:
    """What every item begins with. An address in brackets is none of RSS (RFC 2396 §3.2.2)."""
    add(item, "guid", id, isPermaLink="false")
    add(item, "title", heading)
    if url and "[" not in url:
        add(item, "link", url)


def credited(item: Element, shown: Shown) -> None:
    """Who wrote it, what it is about, and whose it is."""
    for author in shown.byline:
        add(item, f"{{{DC}}}creator", author.name)
    for name in (*(category.name for category in shown.categories), *shown.tags):
        add(item, "category", name)
    if shown.rights:
        add(item, f"{{{DC}}}rights", shown.rights)


def media(item: Element, picture: Image, url: str) -> Element:
    """The lead picture by Media RSS 1.5.1, with what it shows in words and who made it."""
    kind = safe.media_type("", picture.url)
    content = add(
        item,
        f"{{{MEDIA}}}content",
        url=url,
        type=kind if kind.startswith("image/") else "",
        medium="image",
        width=str(picture.width or ""),
        height=str(picture.height or ""),
    )
    if picture.alt:
        add(content, f"{{{MEDIA}}}text", picture.alt, type="plain")
    if picture.credit:
        add(content, f"{{{MEDIA}}}credit", picture.credit)
    return content
