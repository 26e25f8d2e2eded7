"""Episodes of podcasts: fit for every format, and as elements of Apple's and of the Podcast Namespace.

The channel itself claims to be no podcast: it passes on what the episodes' own feeds say of them.
"""

from collections.abc import Iterator
from dataclasses import replace

from feeds.model.podcast import Podcast, Transcript, Voice
from feeds.render import safe
from feeds.render.written import declared, element

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


def episode(found: Podcast, *, declared_once: bool) -> Iterator[str]:
    """Yield what *found* says as elements of an item of RSS or an entry of Atom.

    With *declared_once* the document's head declares Apple's namespace, else each element does.
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
            yield element(f"itunes:{name}", text) if declared_once else declared("itunes", ITUNES, name, text)
    if url := found.image:
        yield element("itunes:image", href=url) if declared_once else declared("itunes", ITUNES, "image", href=url)
    for one in found.transcripts:
        yield declared("podcast", PODCAST, "transcript", url=one.url, type=one.media_type, language=one.language)
    if found.chapters:
        yield declared("podcast", PODCAST, "chapters", url=found.chapters, type=CHAPTERS)
    for voice in found.voices:
        yield declared(
            "podcast", PODCAST, "person", voice.name,
            role=voice.role, group=voice.group, href=voice.url, img=voice.image,
        )  # fmt: skip
