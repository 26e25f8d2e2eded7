"""Stories as pieces of documents: told once a format and revision, compressed once, put together many times.

A piece is deflated by itself and ends on a byte (a full flush, RFC 1951 §3.2.4): one gzip body (RFC 1952) can be put
together from pieces in any order. The plain document is never put together: who writes it, writes its pieces. The
checksum is taken anew of them all by ISA-L, which takes less time than to combine those of the pieces.
Alone, pieces compress less well, for no word of one is found again in the next; `scripts/bench publish` prints both.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import NamedTuple, TypeVar, cast

from isal import isal_zlib

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, Format, Item, Part, SetAside
from feeds.model.story import Story
from feeds.render import safe
from feeds.render.gate.ours import entry_faults
from feeds.render.shown import Shown, show, title

T = TypeVar("T")

LEVEL = 3  # of ISA-L: 16 µs where zlib takes 42 for 2 % less, measured on 3,000 pieces of real stories
HELD = 512 * 1024 * 1024  # bytes, about: 14,000 stories of real feeds in three formats
_ANYONE = "0anyone0"  # stands for a partner's name in a head
_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"  # RFC 1952 §2.3: deflate, no name, no time, written on Unix
_END = b"\x03\x00"  # an empty last block
_SHORT = 64  # bytes: a date, a comma, which no compressor makes smaller
_STORY = 4000  # bytes that the values of a story take, but for its text


class Piece(NamedTuple):
    """Bytes of a document, and the same as deflate blocks that end on a byte and look back at nothing before them."""

    raw: bytes
    deflated: bytes
    digest: bytes
    part: Part


class Body(NamedTuple):
    """A whole document, plain as its pieces and as gzip (b"" where nobody made it), and the mark of its bytes."""

    pieces: tuple[bytes, ...]
    gzipped: bytes
    etag: str
    parts: tuple[Part, ...] = ()

    @property
    def raw(self) -> bytes:
        return b"".join(self.pieces)


def etag(body: bytes) -> str:
    """Return 32 hex digits that stand for *body*, or for the digests of the pieces that it is made of."""
    return sha256(body).hexdigest()[:32]


def piece(raw: bytes) -> Piece:
    """Return *raw* as a piece. Equal bytes give equal pieces: a compressor is never used twice."""
    digest = sha256(raw).digest()
    return Piece(raw, _stored(raw) if len(raw) < _SHORT else _deflated(raw), digest, Part(len(raw), digest[:8]))


def _deflated(raw: bytes) -> bytes:
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush(isal_zlib.Z_FULL_FLUSH)


def _stored(raw: bytes) -> bytes:
    """A block that is not compressed (RFC 1951 §3.2.4)."""
    size = len(raw).to_bytes(2, "little")
    return b"\0" + size + bytes([size[0] ^ 0xFF, size[1] ^ 0xFF]) + raw


def joined(pieces: Sequence[Piece]) -> Body:
    """Return the document that *pieces* make, in their order; its mark is made of theirs."""
    raws, deflated, digests, parts = zip(*pieces, strict=True) if pieces else ((),) * 4
    check = 0
    for raw in raws:
        check = isal_zlib.crc32(raw, check)
    size = sum(map(len, raws)) & 0xFFFFFFFF
    end = check.to_bytes(4, "little") + size.to_bytes(4, "little")
    return Body(raws, b"".join((_START, *deflated, _END, end)), etag(b"".join(digests)), parts)


@dataclass(slots=True)
class Told:
    """One story as channels of one kind show it, with the pieces that were made of it."""

    key: object
    story: Story
    shown: Shown
    id: str
    pieces: dict[Format, Piece] = field(default_factory=dict)
    faults: dict[Format, str] = field(default_factory=dict)  # why the publish gate lets it not through
    weight: int = 0


class Pieces:
    """What was told before; what was not used for longest is forgotten first.

    A store gives the same story again while all that it says is the same. One that is another value is compared whole,
    not by its version: the sources that it credits change without it.
    Threads that share it may tell a story twice, and are never told another one's.
    """

    def __init__(self, held: int = HELD) -> None:
        self._limit = held
        self.clear()

    def clear(self) -> None:
        self._told: dict[object, Told] = {}  # in the order of use
        self._weight = 0
        self._last: tuple[Feed | None, list[Told | SetAside], bool] = (None, [], False)

    @property
    def weight(self) -> int:
        """Bytes held, about."""
        return self._weight

    def told(self, feed: Feed) -> list[Told | SetAside]:
        """Return the stories of *feed* as its channel shows them; a fault in place of one that cannot be told."""
        return self._all(feed)[0]

    def sound(self, feed: Feed) -> list[Told] | None:
        """Return the stories of *feed* where all can be told and no two bear one id, as in nearly every feed."""
        told, sound = self._all(feed)
        return cast("list[Told]", told) if sound else None

    def _all(self, feed: Feed) -> tuple[list[Told | SetAside], bool]:
        """Formats are made one after another: the last feed is remembered."""
        last, found, sound = self._last
        if last is not feed:
            frame = _frame(feed.channel)
            found = [self._one(item, feed.channel, frame) for item in feed.items]
            ids = {told.id for told in found if isinstance(told, Told)}
            sound = len(ids) == len(found)
            self._last = feed, found, sound
        return found, sound

    def _one(self, item: Item, channel: Channel, frame: str) -> Told | SetAside:
        story = item.story
        key = (story.id, item.content, item.page, item.passing, frame)
        known = self._told.pop(key, None)
        if known:
            if known.story is story or known.story == story:
                self._told[key] = known
                return known
            self._weight -= known.weight
        try:
            weight = _STORY + 2 * len(story.lead.content) + 2 * len(story.lead.summary)
            shown = show(item, channel)
            fresh = Told(key, story, shown, shown.id, weight=weight)
        except Exception as error:  # whatever goes wrong with one story costs that story alone
            return SetAside(story_id=story.id, format="atom", reason=_reason(error))
        self._keep(fresh)
        return fresh

    def make(self, feed: Feed, format: Format, make: Callable[[Shown], bytes]) -> None:
        """Tell each story of *feed* in *format* by *make* that was not told so before, and keep it.

        What the publish gate does not let through, or *make* fails on, is kept with the reason in its place.
        """
        self.complete([told for told in self.told(feed) if isinstance(told, Told)], format, make)

    def complete(self, found: Iterable[Told], format: Format, make: Callable[[Shown], bytes]) -> None:
        """As `make`, for the stories *found*."""
        fresh: list[Told] = []
        raws: list[bytes] = []
        for told in found:
            if format in told.pieces or format in told.faults:
                continue
            try:
                raws.append(make(told.shown))
                fresh.append(told)
            except Exception as error:  # as above
                told.faults[format] = _reason(error)
        for told, raw, fault in zip(fresh, raws, _faults(format, raws) if raws else (), strict=True):
            if fault:
                told.faults[format] = fault
            else:
                self._hold(told, format, piece(raw))

    def _hold(self, told: Told, format: Format, made: Piece) -> None:
        told.pieces[format] = made
        more = len(made.raw) + len(made.deflated)
        told.weight += more
        if self._told.get(told.key) is told:
            self._grown(more)

    def _keep(self, told: Told) -> None:
        self._told[told.key] = told
        self._grown(told.weight)

    def _grown(self, by: int) -> None:
        self._weight += by
        while self._weight > self._limit and self._told:
            with suppress(KeyError, RuntimeError, StopIteration):  # another thread was there first
                self._weight -= self._told.pop(next(iter(self._told))).weight


PIECES = Pieces()
"""What this process told. It changes the cost of documents and never their bytes."""


def _frame(channel: Channel) -> str:
    """All of a channel that its stories' bytes depend on: siblings share them."""
    author = channel.author
    named = "" if author.name.strip() else title(channel)
    return "\0".join(
        (channel.base_url, channel.language, author.name, author.email, author.url, named, channel.brand.analytics)
    )


def _faults(format: Format, raws: Sequence[bytes]) -> list[str]:
    """What the publish gate says of each; where judging itself fails, of that story alone."""
    try:
        return entry_faults(format, raws)
    except Exception as error:
        return [_reason(error)] if len(raws) == 1 else [_faults(format, [raw])[0] for raw in raws]


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, RenderError) else f"{type(error).__name__}: {error}"


def each(feed: Feed, format: Format, make: Callable[[Told], T]) -> tuple[list[T], tuple[SetAside, ...]]:
    """Return what *make* gives for each story, in the feed's order, and the stories that it failed on, with reasons.

    Whatever goes wrong with one story costs that story and never the document.
    """
    made: list[T] = []
    aside: list[SetAside] = []
    ids: set[str] = set()
    for told in PIECES.told(feed):
        if isinstance(told, SetAside):
            aside.append(replace(told, format=format))
            continue
        id = told.id
        try:
            if id in ids:
                raise RenderError(told.story.id, f"its id {id} is in the feed already")
            made.append(make(told))
            ids.add(id)
        except Exception as error:
            aside.append(SetAside(story_id=told.story.id, format=format, reason=_reason(error)))
    return made, tuple(aside)


class Heads:
    """What stands before the stories of each channel, as *make* gave it for one that says the same."""

    MOST = 4096  # heads of a kilobyte or two

    def __init__(self, make: Callable[[Channel, Format, bool], tuple[Piece, ...]]) -> None:
        self._make = make
        self._made: dict[tuple[str, Format, bool], tuple[Channel, tuple[Piece, ...]]] = {}

    def get(self, feed: Feed, format: Format) -> tuple[Piece, ...]:
        if not feed.channel.private:
            return self._get(feed.channel, feed.channel.id, format, dated=bool(feed.items))
        before, name, after = _parted(feed.channel.path)  # partners' heads differ in their names alone
        anyones = replace(feed.channel, path=before + _ANYONE + after)
        found = self._get(anyones, before + feed.channel.id, format, dated=bool(feed.items))
        mine, anyone = safe.uri(name).encode(), _ANYONE.encode()
        return tuple(piece(one.raw.replace(anyone, mine)) if anyone in one.raw else one for one in found)

    def _get(self, channel: Channel, name: str, format: Format, *, dated: bool) -> tuple[Piece, ...]:
        key = (name, format, dated)
        known = self._made.get(key)
        if known and (known[0] is channel or known[0] == channel):
            return known[1]
        made = self._make(channel, format, dated)
        if len(self._made) >= self.MOST:
            self._made = {}
        self._made[key] = channel, made
        return made


def _parted(path: str) -> tuple[str, str, str]:
    """Take the path of a private channel apart: what stands before the partner's name, the name, what stands after."""
    _, folder, name, rest = path.split("/", 3)
    return f"/{folder}/", name, f"/{rest}"


def pieces(feed: Feed, format: Format, make: Callable[[Shown], bytes]) -> tuple[list[Piece], tuple[SetAside, ...]]:
    """Return the stories of *feed* as pieces of *format*, and those that it goes without."""
    told = PIECES.sound(feed)
    if told is None:
        PIECES.make(feed, format, make)
        return each(feed, format, partial(_piece, format=format))
    found = [one.pieces.get(format) for one in told]
    if not all(found):
        PIECES.complete([one for one, piece in zip(told, found, strict=True) if not piece], format, make)
        found = [piece or one.pieces.get(format) for one, piece in zip(told, found, strict=True)]
        if not all(found):
            return each(feed, format, partial(_piece, format=format))
    return cast("list[Piece]", found), ()


def _piece(told: Told, format: Format) -> Piece:
    if format in told.faults:
        raise RenderError(told.story.id, told.faults[format])
    return told.pieces[format]


def between(stories: Iterable[Piece], mark: Piece) -> list[Piece]:
    """Return *stories* with *mark* between each two."""
    found: list[Piece] = []
    for story in stories:
        found += (mark, story) if found else (story,)
    return found
