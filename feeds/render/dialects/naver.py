"""Naver Syndication 2: a document like Atom in Naver's own namespace, of the site's own pages.

By what `render/gate/dialects/naver.py` names:

- A story is known by the address of its page, which is its id here; `via` is the channel that it stands in, `mobile`
  the same page, which ours serve to phones too.
- A correction is the same id with a newer `updated`.
- A takedown is a `deleted-entry` with that id and when it was taken back.

A document holds 100 of them at most, what was taken back first. Naver fetches it when it is told to: `push.naver_key`.
"""

from collections.abc import Sequence

from lxml import etree

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, SetAside
from feeds.render import safe
from feeds.render.dialects.rss import NO_ADDRESS, Element, add, lines, unspoken, without_address
from feeds.render.gate.dialects.naver import MOST, entry
from feeds.render.gate.dialects.spaces import NAVER
from feeds.render.gate.ours import element_fault, head_fault
from feeds.render.pieces import Told, each
from feeds.render.shown import Shown, address, gone, home, moment, person, title

_N = f"{{{NAVER}}}"


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return *feed* for Naver: the stories that stand on the site itself."""
    channel = feed.channel
    ground = safe.web(channel.base_url) + "/"

    def tell(told: Told) -> Element | None:
        return _entry(told.shown, channel) if told.shown.url.startswith(ground) else None

    entries, aside = each(feed, "naver", tell)
    root = etree.Element(f"{_N}feed", nsmap={None: NAVER})  # type: ignore[dict-item]  # lxml takes None, its stubs do not
    add(root, f"{_N}id", ground)
    add(root, f"{_N}title", title(channel))
    author = person(channel.author)
    who = add(root, f"{_N}author")
    add(who, f"{_N}name", author.name if author else title(channel))
    if author and author.email:
        add(who, f"{_N}email", author.email)
    add(root, f"{_N}updated", moment(feed.updated).isoformat())
    add(root, f"{_N}link", rel="site", href=ground, title=title(channel))
    left = without_address(feed, gone(feed), "naver")
    deleted = [one for one in left if one.url.startswith(ground)][:MOST]
    for one in deleted:
        add(root, f"{_N}deleted-entry", ref=one.url, when=one.at.isoformat())
    room = MOST - len(deleted)
    root.extend([one for one in entries if one is not None][:room])
    lines(root)
    body = etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
    if fault := head_fault(body, address(channel, "naver")):
        raise RenderError("", fault)
    return body, (*aside, *_untold(feed, aside, entries, room)) if channel.private else aside


def _untold(feed: Feed, aside: Sequence[SetAside], entries: Sequence[Element | None], room: int) -> list[SetAside]:
    """What the document of a partner leaves out by Naver's rules: it is not theirs, and they are owed what was gone."""
    ground = safe.web(feed.channel.base_url) + "/"
    out = {one.story_id for one in aside}
    ids = [item.story.id for item in feed.items if item.story.id not in out]
    elsewhere = [id for id, entry in zip(ids, entries, strict=True) if entry is None]
    beyond = [id for id, entry in zip(ids, entries, strict=True) if entry is not None][room:]
    reasons = ((elsewhere, "it does not stand on the site itself"), (beyond, f"the document is full: it has {MOST}"))
    left = [SetAside(story_id=id, format="naver", reason=why) for some, why in reasons for id in some]
    named = [stone.story_id for stone in feed.gone if stone.url.startswith(ground)]
    return [*left, *unspoken(feed, named[:MOST], "naver", NO_ADDRESS)]


def _entry(shown: Shown, channel: Channel) -> Element:
    found = etree.Element(f"{_N}entry", nsmap={None: NAVER})  # type: ignore[dict-item]  # as above
    add(found, f"{_N}id", shown.url)
    add(found, f"{_N}title", shown.title)
    add(add(found, f"{_N}author"), f"{_N}name", shown.byline[0].name)
    add(found, f"{_N}updated", shown.updated.isoformat())
    add(found, f"{_N}published", shown.published.isoformat())
    add(found, f"{_N}link", rel="via", href=home(channel), title=title(channel))
    add(found, f"{_N}link", rel="mobile", href=shown.url)
    add(found, f"{_N}content", shown.content or safe.markup(shown.summary or shown.title), type="html")
    if shown.summary:
        add(found, f"{_N}summary", shown.summary, type="text")
    for category in shown.categories[:1]:
        add(found, f"{_N}category", term=category.slug, label=category.name)
    lines(found)
    if fault := element_fault(found, entry):
        raise RenderError(shown.id, fault)
    return found
