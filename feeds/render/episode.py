"""Episodes of podcasts: fit for every format, and as elements of Apple's and of the Podcast Namespace.

The channel itself claims to be no podcast: it passes on what the episodes' own feeds say of them.
"""

from dataclasses import replace

from lxml import etree

from feeds.model.podcast import Podcast, Transcript, Voice
from feeds.render import safe

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CHAPTERS = "application/json+chapters"


def fit(found: Podcast | None) -> Podcast | None:
    """*found* with texts that XML allows and URLs that are http(s); None where it says nothing then."""
    if found is None:
        return None
    kept = replace(
        found,
        title=safe.line(found.title),
        author=safe.line(found.author),
        subtitle=safe.line(found.subtitle),
        summary=safe.line(found.summary),
        image=safe.web(found.image),
        season=max(found.season, 0),
        episode=max(found.episode, 0),
        chapters=safe.web(found.chapters),
        transcripts=tuple(_transcript(t) for t in found.transcripts if safe.web(t.url)),
        voices=tuple(_voice(v) for v in found.voices if safe.line(v.name)),
    )
    return kept if kept != Podcast() else None


def _transcript(found: Transcript) -> Transcript:
    kind = safe.media_type(found.media_type, found.url)
    return Transcript(url=safe.web(found.url), media_type=kind, language=safe.language(found.language))


def _voice(found: Voice) -> Voice:
    return Voice(
        name=safe.line(found.name),
        role=safe.line(found.role),
        group=safe.line(found.group),
        url=safe.web(found.url),
        image=safe.web(found.image),
    )


def add_episode(entry: etree._Element, found: Podcast) -> None:
    """Add what *found* says to an item of RSS or an entry of Atom.

    `itunes:explicit` is true or false, as Apple asks for now; an episode that is full, as most, says so only where its
    own feed did.
    """
    says = {None: "", True: "true", False: "false"}
    for name, text in (
        ("title", found.title),
        ("author", found.author),
        ("subtitle", found.subtitle),
        ("summary", found.summary),
        ("season", str(found.season or "")),
        ("episode", str(found.episode or "")),
        ("episodeType", found.kind),
        ("explicit", says[found.explicit]),
    ):
        if text:
            _add(entry, "itunes", ITUNES, name, text)
    if found.image:
        _add(entry, "itunes", ITUNES, "image", href=found.image)
    for transcript in found.transcripts:
        _add(
            entry, "podcast", PODCAST, "transcript",
            url=transcript.url, type=transcript.media_type, language=transcript.language,
        )  # fmt: skip
    if found.chapters:
        _add(entry, "podcast", PODCAST, "chapters", url=found.chapters, type=CHAPTERS)
    for voice in found.voices:
        _add(
            entry, "podcast", PODCAST, "person", voice.name,
            role=voice.role, group=voice.group, href=voice.url, img=voice.image,
        )  # fmt: skip


def _add(parent: etree._Element, prefix: str, space: str, name: str, text: str = "", **attributes: str) -> None:
    """Add an element of a namespace that few entries use, and that is declared where it stands."""
    said = {key: value for key, value in attributes.items() if value}
    child = etree.SubElement(parent, f"{{{space}}}{name}", said, nsmap={prefix: space})
    child.text = text or None
