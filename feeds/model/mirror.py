"""Copies of what is published, in a bucket of S3 or of what speaks like it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorPlace:
    """Where the copies are put: one item of feeds.yaml, `mirror`."""

    bucket: str
    prefix: str = ""  # folder within the bucket, without slashes around it; '' for none
    endpoint: str = ""  # '' for Amazon's own
    region: str = "us-east-1"
    key: str = field(default="", repr=False)  # '' : as Amazon's own tools find them
    secret: str = field(default="", repr=False)
    max_age: timedelta = timedelta(minutes=5)  # how long caches may answer for the bucket

    @property
    def name(self) -> str:
        """How it is called in messages, and known from other places."""
        folder = f"/{self.prefix}" if self.prefix else ""
        return f"s3://{self.bucket}{folder}" + (f" at {self.endpoint}" if self.endpoint else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """A document as it is put there; *gzip* tells that *body* is compressed so."""

    path: str
    body: bytes
    media_type: str
    gzip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A path whose copy is not what is published there.

    *wants* stands for what is to be there, '' where nothing is; *tag* for what we put there last, '' where that is
    nothing, or not known.
    """

    path: str
    wants: str
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What came of a gap: the bucket's *tag* of what is there now, '' where nothing is.

    *over* are the tags that it replaced, as far as we know: our note of another one was written by a faster process,
    and stands. *problem* tells why the gap is still there.
    """

    gap: Gap
    tag: str = ""
    over: tuple[str, ...] = ()
    problem: str = ""
    outrun: bool = False  # what was to be put there is not what is published by now: nothing was changed


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorStanding:
    """How the copies stand: how many paths are *behind*, the last problem, and until when nothing is tried for it."""

    behind: int = 0
    problem: str = ""
    until: datetime | None = None
