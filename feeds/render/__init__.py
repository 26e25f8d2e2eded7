"""A feed as bytes: one table, one function a format.

Equal feeds give equal bytes on every machine, in every zone and locale. A story that cannot be told in a format is
set aside with its reason, and the document goes out without it. A document that breaks a rule of the publish gate all
the same is withheld, and its last good one stays.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from feeds.errors import RenderError
from feeds.model.channel import MEDIA_TYPES, Channel, Feed, Format, Rendered, Rendition, SetAside, Withheld
from feeds.render import jsonfeed, opml, page, safe, sitemap, sources_page, story_page, xml
from feeds.render.dialects import DIALECTS
from feeds.render.pieces import Body, etag
from feeds.render.shown import address

Told: TypeAlias = tuple[Body, tuple[SetAside, ...]]


def _whole(render: Callable[[Feed], tuple[bytes, tuple[SetAside, ...]]]) -> Callable[[Feed], Told]:
    """A renderer whose documents are not put together from pieces, and compressed by whoever keeps them."""

    def told(feed: Feed) -> Told:
        body, aside = render(feed)
        return Body((body,), b"", etag(body)), aside

    return told


RENDERERS: Mapping[Format, Callable[[Feed], Told]] = {
    "atom": xml.atom,
    "rss": xml.rss,
    "json": jsonfeed.render,
    "html": _whole(page.render),
    "opml": _whole(opml.render),
    "news": _whole(sitemap.render),
    "page": _whole(story_page.render),
    "gone": _whole(story_page.gone),
    "sources": _whole(sources_page.render),
    **DIALECTS,
}


def _link(channel: Channel, format: Format) -> str:
    """Where subscribers are told of changes, and under which address (WebSub §4; RFC 8288)."""
    links = [(hub, "hub") for hub in map(safe.web, channel.hubs) if hub]
    return ", ".join(f'<{url}>; rel="{relation}"' for url, relation in [*links, (address(channel, format), "self")])


def render(feed: Feed) -> Rendered:
    """Return *feed* in each of its channel's formats, in their order."""
    renditions: list[Rendition] = []
    aside: list[SetAside] = []
    withheld: list[Withheld] = []
    for format in feed.channel.formats:
        try:
            body, left_out = RENDERERS[format](feed)
        except RenderError as error:
            withheld.append(Withheld(format=format, reason=error.message))
            continue
        renditions.append(
            Rendition(
                channel_id=feed.channel.id,
                format=format,
                path=feed.channel.file(format),
                media_type=MEDIA_TYPES[format],
                pieces=body.pieces,
                gzipped=body.gzipped,
                parts=body.parts,
                link=_link(feed.channel, format) if body.parts else "",
                etag=body.etag,
                updated=feed.updated,
            )
        )
        aside.extend(left_out)
    return Rendered(renditions=tuple(renditions), set_aside=tuple(aside), withheld=tuple(withheld))
