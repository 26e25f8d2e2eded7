"""What a podcast says of one episode, beside what every entry says: its number, its cast, where to read along.

Sources: Apple's "A Podcaster's Guide to RSS", the Podcast Namespace 1.0 (podcastindex.org). How long it plays stands
at the attached file.
"""

from dataclasses import dataclass
from typing import Literal

EpisodeKind = Literal[
    "",  # not said: a whole episode
    "full",
    "trailer",
    "bonus",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of an episode as a file (podcast:transcript)."""

    url: str
    media_type: str = ""  # text/vtt, application/x-subrip, text/html …
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Someone who is heard, or who made it (podcast:person). *role* is one word of its taxonomy; '': the host."""

    name: str
    role: str = ""
    group: str = ""
    url: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """One episode; '', 0 and None where its feed says nothing. URLs as found, absolute once normalised."""

    title: str = ""  # without number and show
    author: str = ""
    subtitle: str = ""
    summary: str = ""
    image: str = ""  # URL of its cover
    season: int = 0  # from 1
    episode: int = 0  # from 1
    kind: EpisodeKind = ""
    explicit: bool | None = None
    chapters: str = ""  # URL of a file of JSON chapters
    transcripts: tuple[Transcript, ...] = ()
    voices: tuple[Voice, ...] = ()
