"""What Apple's elements and the Podcast Namespace say of an episode, for both readers of XML."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from feeds.model.entry import Reply
from feeds.model.podcast import EpisodeKind, Podcast, Transcript, Voice

CAPTIONS = frozenset({"media_title", "media_description", "media_credit"})
TEXTS = (
    "itunes_title", "itunes_author", "itunes_subtitle", "itunes_summary", "itunes_season", "itunes_episode",
    "itunes_episodetype", "itunes_explicit", "podcast_season", "podcast_episode",
)  # fmt: skip
SAID = ("podcast_transcript", "podcast_chapters", "podcast_person", "thr_in-reply-to")
MOST = 100  # of these elements in one item
KINDS: Mapping[str, EpisodeKind] = {"full": "full", "trailer": "trailer", "bonus": "bonus"}
# Apple asked for yes, explicit and clean before it asked for true and false.
_EXPLICIT = {"true": True, "yes": True, "explicit": True, "false": False, "no": False, "clean": False}


class Said(NamedTuple):
    """One element that counts by its attributes: its name as `xml_names.name_of` gives it."""

    name: str
    attributes: Mapping[str, str]
    text: str

    def get(self, key: str) -> str:
        return self.attributes.get(key, "").strip()


def podcast_of(texts: Mapping[str, str], said: Iterable[Said], image: str) -> Podcast | None:
    """Return what *texts*, by the names of their elements, and *said* tell; None where that is nothing."""
    found = Podcast(
        title=texts.get("itunes_title", ""),
        author=texts.get("itunes_author", ""),
        subtitle=texts.get("itunes_subtitle", ""),
        summary=texts.get("itunes_summary", ""),
        image=image.strip(),
        season=_number(texts, "itunes_season", "podcast_season"),
        episode=_number(texts, "itunes_episode", "podcast_episode"),
        kind=KINDS.get(texts.get("itunes_episodetype", "").strip().lower(), ""),
        explicit=_EXPLICIT.get(texts.get("itunes_explicit", "").strip().lower()),
        chapters=next((s.get("url") for s in said if s.name == "podcast_chapters" and s.get("url")), ""),
        transcripts=tuple(
            Transcript(url=s.get("url"), media_type=s.get("type"), language=s.get("language"))
            for s in said
            if s.name == "podcast_transcript" and s.get("url")
        ),
        voices=tuple(
            Voice(name=s.text, role=s.get("role"), group=s.get("group"), url=s.get("href"), image=s.get("img"))
            for s in said
            if s.name == "podcast_person" and s.text
        ),
    )
    return found if found != Podcast() else None


def answers_of(said: Iterable[Said]) -> tuple[Reply, ...]:
    """Return what an entry answers, by `ref`, else by its page alone (RFC 4685 §3)."""
    found = [
        Reply(id=s.get("ref") or s.get("href"), url=s.get("href"))
        for s in said
        if s.name == "thr_in-reply-to" and (s.get("ref") or s.get("href"))
    ]
    return tuple(dict.fromkeys(found))


def _number(texts: Mapping[str, str], *names: str) -> int:
    """The first whole number from 1 of at most nine digits."""
    for name in names:
        text = texts.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) < 10 and int(text):
            return int(text)
    return 0
