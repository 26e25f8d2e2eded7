"""What a channel shows of a story: its terms applied, every value fit for every format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, Format, Item, Period, Tombstone
from feeds.model.entry import Enclosure, Image, Label, Origin, Person, Reply
from feeds.model.passing import Passing
from feeds.model.podcast import Podcast
from feeds.model.source import Extent
from feeds.model.story import Category, Story
from feeds.render import episode, safe, terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another place that tells the story."""

    url: str
    title: str  # of the source, else the copy's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One story in the channel's words. '' and () where there is nothing, or where the terms withhold it.

    All text is fit for XML, all URLs are http(s) URIs, all times UTC in whole seconds.
    *authors* are those that are known; *byline* never is empty (RFC 4287 §4.1.2 demands an author).
    *source* is the feed that first had the lead; *via* the one it reached us through, where that is another.
    """

    id: str
    url: str
    title: str
    summary: str
    content: str
    published: datetime
    updated: datetime
    authors: tuple[Person, ...]
    byline: tuple[Person, ...]
    categories: tuple[Category, ...]
    tags: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    image: Image | None
    source: Origin | None
    via: Origin | None
    copies: tuple[Copy, ...]
    language: str
    rights: str
    licence: str
    contributors: tuple[Person, ...]
    comments: str
    comments_feed: str
    answers: tuple[Reply, ...]
    labels: Mapping[str, Label]  # what is known of some of the tags
    podcast: Podcast | None
    page: str  # path of its own page here; '' where it has none
    canonical: str = ""  # of a link with parameters, the address without them (RFC 6596)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """One story that the channel told once, by the id that it had there, in its last form without content.

    *title* never is empty: of what was taken back before titles were kept, it is the address or the id. *withheld*
    says that it may come back: it was neither retracted nor did its source give it up.
    """

    id: str
    at: datetime
    title: str
    url: str
    language: str
    published: datetime
    withheld: bool


def gone(feed: Feed) -> list[Gone]:
    """Return what *feed* says is gone; what had no fit id was never told."""
    return [_gone(one, feed.passing) for one in feed.gone if safe.is_id(one.story_id)]


def _gone(stone: Tombstone, passing: Passing | None) -> Gone:
    id, url, at = safe.uri(stone.story_id), safe.web(stone.url), moment(stone.at)
    url = terms.linked(url, passing) if passing else url
    return Gone(
        id=id,
        at=at,
        title=safe.line(stone.title) or url or id,
        url=url,
        language=safe.language(stone.language),
        published=moment(stone.published) if stone.published else at,
        withheld=stone.status == "held",
    )


def show(item: Item, channel: Channel) -> Shown:
    """Return what *channel* shows of *item*. Raises `RenderError` where the story cannot be told at all."""
    story, lead = item.story, item.story.lead
    source = origin(lead.origin) or origin(story.members[0].origin)
    via = origin(story.members[0].origin)
    authors = tuple(filter(None, map(person, lead.authors))) or _desk(channel, source)
    name = source.title if source else channel.author.name
    shown = Shown(
        id=_id(story),
        url=next(filter(None, (safe.web(member.entry.url) for member in story.members)), ""),
        title=safe.line(lead.title),
        summary=safe.text(lead.summary).strip(),
        content=safe.text(lead.content).strip(),
        published=moment(story.published),
        updated=moment(story.updated),
        authors=authors,
        byline=authors or (Person(name=safe.line(name) or title(channel)),),
        categories=_categories(story.categories),
        tags=_tags(lead.tags, story.categories),
        enclosures=tuple(_enclosures(lead.enclosures)),
        image=_image(lead.image),
        source=source,
        via=via if via and via != source else None,
        copies=tuple(_copies(story)),
        language=safe.language(lead.language),
        rights=safe.line(lead.rights or (source.rights if source else "")),
        licence=safe.web(lead.licence) or (source.licence if source else ""),
        contributors=tuple(filter(None, map(person, lead.contributors))),
        comments=safe.web(lead.comments),
        comments_feed=safe.web(lead.comments_feed),
        answers=tuple(Reply(id=safe.uri(r.id), url=safe.web(r.url)) for r in lead.answers if _is_named(r.id)),
        labels={name: label for label in map(_label, lead.labels) if (name := label.name)},
        podcast=episode.fit(lead.podcast),
        page=item.page,
    )
    if not shown.title:
        raise RenderError(story.id, "it has no title")
    limited = _limited(shown, item.content)
    return passed(limited, item.passing, local=story.members[0].local) if item.passing else limited


def passed(shown: Shown, passing: Passing, *, local: bool) -> Shown:
    """*shown* as a partner gets it; *local* where it is a post of ours."""
    url = terms.linked(shown.url, passing)
    return replace(
        shown,
        url=url,
        canonical=shown.url if url != shown.url else "",
        content=terms.attributed(terms.without_images(shown.content, passing), shown.title, shown.byline, url, passing),
        image=shown.image if shown.image and terms.is_ours(shown.image.url, passing) else None,
        enclosures=tuple(
            file for file in shown.enclosures if file.media_type[:6] != "image/" or terms.is_ours(file.url, passing)
        ),
        podcast=replace(shown.podcast, image="") if shown.podcast and passing.images != "all" else shown.podcast,
        rights=safe.line(passing.rights) if local and passing.rights else shown.rights,
        licence=safe.web(passing.licence) if local and passing.licence else shown.licence,
    )


def _limited(shown: Shown, extent: Extent) -> Shown:
    """*shown* within the terms: a summary may lead with a picture and name the files; a title stands alone."""
    match extent:
        case "full":
            return shown
        case "summary":
            told = replace(shown.podcast, summary="") if shown.podcast else None
            return replace(shown, content="", podcast=told)
        case "title":
            return replace(shown, content="", summary="", image=None, enclosures=(), podcast=None)


def moment(time: datetime) -> datetime:
    """*time* in UTC and whole seconds. Raises `ValueError` where it has no zone, for then it names no moment."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time.astimezone(UTC).replace(microsecond=0)


def title(channel: Channel) -> str:
    """The channel's title; never empty, as every format demands one."""
    return safe.line(channel.title) or channel.id


def home(channel: Channel) -> str:
    """URL of the channel's page: its folder, where a web server looks for `index.html`; the site where it has none."""
    if "html" not in channel.formats and not channel.archived.page:
        return safe.web(channel.base_url) + "/"
    named = channel.placed("html", "")
    return safe.web(channel.base_url) + _path(named[: -len("index.html")] if named.endswith("/index.html") else named)


def address(channel: Channel, format: Format) -> str:
    """URL of one of the channel's documents."""
    return safe.web(channel.base_url) + _path(channel.file(format))


def pages(channel: Channel, format: Format) -> dict[str, str]:
    """Return the addresses of the documents around this one, by the names that RFC 5005 gives them (§4)."""
    at = channel.archived
    found = {"prev-archive": at.before, "next-archive": at.after}
    links = {rel: _sibling(channel, format, period) for rel, period in found.items() if period}
    return {"current": _sibling(channel, format, ""), **links} if at.period else links


def _sibling(channel: Channel, format: Format, period: Period) -> str:
    return safe.web(channel.base_url) + _path(channel.placed(format, period))


@lru_cache(maxsize=65_536)  # the documents of 10,000 channels: every pass names them anew
def _path(decoded: str) -> str:
    return safe.uri(decoded.replace("%", "%25").replace("?", "%3F").replace("#", "%23"))


def root(channel: Channel) -> str:
    """What every path of the site starts with, without a trailing slash: '' unless it lives below a prefix."""
    return urlsplit(safe.web(channel.base_url)).path.rstrip("/")


def person(found: Person) -> Person | None:
    """*found* with a name, which may be that of the mailbox or the site; None where it has none of them."""
    mail, url = safe.email(found.email.strip()), safe.web(found.url)
    name = safe.line(found.name) or mail.partition("@")[0] or (urlsplit(url).hostname or "" if url else "")
    return Person(name=name, email=mail, url=url) if name else None


def origin(found: Origin | None) -> Origin | None:
    """*found* if it says which feed it is: by an id that is a URI, or an address to make one of."""
    if found is None:
        return None
    feed_url, url = safe.web(found.feed_url), safe.web(found.url)
    id = safe.uri(found.id) if safe.is_id(found.id) else feed_url or url
    if not id:
        return None
    return Origin(
        id=id,
        title=safe.line(found.title) or urlsplit(url or feed_url).hostname or id,
        url=url,
        feed_url=feed_url,
        rights=safe.line(found.rights),
        icon=safe.web(found.icon),
        licence=safe.web(found.licence),
    )


def _desk(channel: Channel, source: Origin | None) -> tuple[Person, ...]:
    """The channel's author, who signs what is local and unsigned."""
    author = person(channel.author)
    return (author,) if author and source is None else ()


def _id(story: Story) -> str:
    if not safe.is_id(story.id):
        raise RenderError(story.id, f"its id {story.id!r} is not an IRI")
    return safe.uri(story.id)


def _categories(found: Iterable[Category]) -> tuple[Category, ...]:
    clean = (Category(slug=safe.line(c.slug), name=safe.line(c.name)) for c in found)
    return tuple(replace(c, name=c.name or c.slug) for c in clean if c.slug)


def _tags(found: Iterable[str], categories: Iterable[Category]) -> tuple[str, ...]:
    """Tags, less those that name a category of the story or repeat another in other letters."""
    taken = {word.casefold() for c in categories for word in (c.slug, c.name)}
    tags = []
    for tag in map(safe.line, found):
        if tag and tag.casefold() not in taken:
            taken.add(tag.casefold())
            tags.append(tag)
    return tuple(tags)


def _is_named(id: str) -> bool:
    """Tell whether *id* can stand where it is compared: an IRI whose host is a name, for validators refuse brackets."""
    return safe.is_id(id) and "[" not in safe.uri(id)


def _label(found: Label) -> Label:
    scheme = safe.uri(found.scheme) if safe.is_id(found.scheme) else ""
    return Label(name=safe.line(found.name), term=safe.line(found.term), scheme=scheme)


def _enclosures(found: Iterable[Enclosure]) -> Iterable[Enclosure]:
    """Attached files, each address once."""
    seen = set()
    for file in found:
        url = safe.web(file.url)
        if url and url not in seen:
            seen.add(url)
            kind = safe.media_type(file.media_type, url)
            yield replace(
                file,
                url=url,
                media_type=kind,
                length=max(file.length, 0),
                title=safe.line(file.title),
                description=safe.line(file.description),
                credit=safe.line(file.credit),
                width=max(file.width, 0),
                height=max(file.height, 0),
            )


def _image(found: Image | None) -> Image | None:
    url = safe.web(found.url) if found else ""
    if not found or not url:
        return None
    return replace(
        found,
        url=url,
        alt=safe.line(found.alt),
        width=max(found.width, 0),
        height=max(found.height, 0),
        credit=safe.line(found.credit),
    )


def _copies(story: Story) -> Iterable[Copy]:
    """The other members, each address once."""
    seen = {""}
    for number, member in enumerate(story.members):
        url = safe.web(member.entry.url)
        known = url in seen
        seen.add(url)
        if number and not known:
            whose = origin(member.origin)
            yield Copy(url=url, title=whose.title if whose else safe.line(member.entry.title))
