"""Who reads the public feeds: requests by channel and day, subscribers that services tell of, and other readers.

A request costs an entry in a list; once a second the list is counted and written. Of whom it is from nothing is kept
but a hash under a salt that is made anew each day and then forgotten: nobody is followed from one day to the next, and
no address can be found again by trying all of them. Even the hashes go after thirty days.
"""

import hmac
import logging
import secrets
import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from feeds.app.build import App
from feeds.core.partners.usage import reader
from feeds.errors import FeedsError
from feeds.model.channel import Format
from feeds.model.names import ChannelName
from feeds.model.overview import RenditionLine
from feeds.model.partner import Audience, Traffic
from feeds.web.pages.outputs import file_at
from feeds.web.wire.client import household

logger = logging.getLogger(__name__)

READ: frozenset[Format] = frozenset({"atom", "rss", "json"})
MOST = 20_000  # requests between two counts; of more than that a second the first are not counted
NOTED = timedelta(minutes=1)  # what was asked for is noted again after so long
SALT = "usage_salt"  # of the store's notes: the day, and the salt of that day

_reader = lru_cache(maxsize=4096)(reader)

Request = tuple[str, str, Sequence[tuple[bytes, bytes]], int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A channel on one day: what was asked, subscribers that services told of, and other readers.

    *behind*: how much younger what the channel says by now is than what was told that day; None where nothing was.
    """

    traffic: Traffic
    subscribers: int = 0
    readers: int = 0
    behind: timedelta | None = None


class Usage:
    """Counts requests for public feeds."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._seen: deque[Request] = deque(maxlen=MOST)
        self._salt: tuple[str, bytes] = ("", b"")
        self._noted: dict[str, datetime] = {}  # when it was noted last that a path was asked for
        self._turn = threading.Lock()
        self.see = self._seen.append
        """Note a request: of any thread, and in no time."""

    def flush(self) -> None:
        """Count what was noted since; where the store is held, it is counted the next time."""
        with self._turn:
            seen = [self._seen.popleft() for _ in range(len(self._seen))]
            if not seen:
                return
            try:
                self._count(seen)
            except FeedsError as error:
                logger.warning("counts of readers wait: %s", error)
                room = MOST - len(self._seen)
                self._seen.extendleft(reversed(seen[max(0, len(seen) - room) :]))

    def _count(self, seen: Sequence[Request]) -> None:
        now = self._app.clock()
        day = now.strftime("%Y-%m-%d")
        feeds: dict[str, RenditionLine | None] = {}
        counts: dict[str, Traffic] = {}
        readers: dict[tuple[str, str], int] = {}
        salt = self._salt_of(day)
        for path, client, raw, status, sent in seen:
            if path not in feeds:
                feeds[path] = self._feed(path)
            if not (feed := feeds[path]):
                continue
            channel, told = feed.channel_id, status in (200, 226, 304)
            was = counts.get(channel) or Traffic(partner_id="", channel_id=channel, day=day)
            counts[channel] = replace(
                was,
                requests=was.requests + 1,
                full=was.full + (status in (200, 226)),
                unchanged=was.unchanged + (status == 304),
                sent=was.sent + sent,
                last=now,
                newest=feed.updated if told else was.newest,
            )
            agent = next((value for name, value in raw if name == b"user-agent"), b"").decode("latin-1")
            service, subscribers = _reader(agent)
            who = hmac.new(salt, (service or f"{household(client)}\n{agent}").encode(), sha256).hexdigest()[:32]
            readers[channel, who] = max(subscribers, readers.get((channel, who), 0))
        self._app.store.partners.read_by(day, [(*key, number) for key, number in readers.items()])
        self._note({path for path, *_ in seen}, now)
        self._app.store.partners.count(tuple(counts.values()))  # last: it adds up, and what fails is done once more

    def _note(self, paths: Collection[str], now: datetime) -> None:
        """Note that somebody asked for documents at *paths*, of whatever format: what nobody asks for may rest."""
        if self._app.settings.site.rest_after is None:
            return
        late = {path for path in paths if (at := self._noted.get(path)) is None or now - at >= NOTED}
        found = filter(None, map(self._app.store.overview.at, map(file_at, late)))
        channels = {name.channel for line in found if not (name := ChannelName.of(line.channel_id)).story}
        if channels:
            self._app.store.outbox.resting.asked(channels, now)
        if len(self._noted) > MOST:
            self._noted.clear()
        self._noted.update(dict.fromkeys(late, now))

    def _feed(self, path: str) -> RenditionLine | None:
        """The feed of a channel that lies at a path; None for what is none: pages, archives, files."""
        line = self._app.store.overview.at(path)
        return line if line and line.format in READ and "@" not in line.channel_id else None

    def _salt_of(self, day: str) -> bytes:
        """The salt of a day, which no later day can know; kept so long that a restart counts on."""
        if self._salt[0] != day:
            library = self._app.store.library
            kept, _, text = library.meta(SALT).partition(" ")
            if kept != day:
                text = secrets.token_hex(32)
                library.set_meta(SALT, f"{day} {text}")
            self._salt = (day, bytes.fromhex(text))
        return self._salt[1]


def lines(app: App, days: int) -> tuple[Line, ...]:
    """Return what public channels were asked in the last *days*, by channel and day."""
    since = since_day(app.clock(), days)
    audience: Mapping[tuple[str, str], Audience] = {
        (a.channel_id, a.day): a for a in app.store.partners.audience(since)
    }
    found = []
    updated: dict[str, datetime] = {}
    for line in app.store.overview.renditions():
        if line.format in READ:
            updated[line.channel_id] = max(line.updated, updated.get(line.channel_id, line.updated))
    for traffic in app.store.partners.traffic("", since):
        id = traffic.channel_id
        read = audience.get((id, traffic.day))
        told = (read.subscribers, read.readers) if read else (0, 0)
        behind = max(updated[id] - traffic.newest, timedelta(0)) if traffic.newest and id in updated else None
        found.append(Line(traffic=traffic, subscribers=told[0], readers=told[1], behind=behind))
    return tuple(found)


def since_day(now: datetime, days: int) -> str:
    return (now - timedelta(days=days - 1)).strftime("%Y-%m-%d")
