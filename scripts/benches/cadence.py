"""How many requests it takes to notice new entries soon: our cadence beside fixed intervals, Miniflux and `reader`.

Played over the publication times of real feeds with a simulated clock: the first half of each timeline is known, the
second (at most 60 days) is judged. At each moment a rule knows only what its own polls have seen. A feed counts for
what it costs and brings a day: requests a day, entries a day, and their delay from publication to the poll that finds
them. Then each rule's one knob is turned until its mean delay equals ours, and the requests are compared; for all
feeds, and for parts of them, since a few busy feeds carry most entries.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from timing import close, shared

from feeds.core.polling import cadence, rhythm
from feeds.errors import ParseError
from feeds.model.settings import Schedule
from feeds.model.source import Document, FeedInfo, Fetched, Options, Source, SourceState
from feeds.parse import parse

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)  # Miniflux's own bounds, for all
JUDGED = timedelta(days=60)
WEEK = timedelta(days=7)

Wait = Callable[[Sequence[datetime], datetime], timedelta]
"""A rule: how long to wait, from the times at which entries that were seen were published, and the time."""


@dataclass(slots=True)
class Timeline:
    """When one feed's entries were published, in order."""

    name: str
    times: list[datetime]

    @property
    def share(self) -> float:
        """Between 0 and 1, by the feed's name."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4], "big") / 2**32

    @property
    def begin(self) -> datetime:
        """The moment from which it is judged, up to a day later by its name: no rule's polls shall fall on the time of
        day of the last entry because the sixty days are counted back from it."""
        first, last = self.times[0], self.times[-1]
        judged = min((last - first) / 2, JUDGED)
        return last - judged + min(judged / 2, timedelta(days=1)) * self.share

    @property
    def rate(self) -> float:
        """Entries a day."""
        return len(self.times) / ((self.times[-1] - self.times[0]) / timedelta(days=1))


@dataclass(slots=True)
class Played:
    """What a rule cost and brought, added up over feeds."""

    requests: float = 0.0  # a day
    entries: float = 0.0  # a day
    delay: float = 0.0  # minutes a day, over all entries
    delays: list[tuple[float, float]] = field(default_factory=list)  # minutes, and what one such entry is of a day

    @property
    def mean(self) -> float:
        return self.delay / self.entries

    def within(self, share: float) -> float:
        """Return the minutes within which *share* of the entries of a day were noticed."""
        left = share * self.entries
        for minutes, weight in sorted(self.delays):
            left -= weight
            if left <= 0:
                return minutes
        return max(minutes for minutes, _ in self.delays)


def timelines() -> list[Timeline]:
    """Return feeds with at least eight dated entries over at least four hours."""
    source = Source(id="s", kind="feed", location="https://a.example/feed")
    found = []
    for path in sorted(p for p in shared("corpus/real").rglob("*") if p.is_file()):
        try:
            parsed = parse(Document(url=source.location, body=path.read_bytes()), source)
        except ParseError:
            continue
        times = sorted(at for entry in parsed.entries if (at := entry.published or entry.updated))
        if len(set(times)) >= 8 and times[-1] - times[0] >= timedelta(hours=4):
            found.append(Timeline(path.name, times))
    return found


def played(wait_of: Callable[[Timeline], Wait], feeds: Sequence[Timeline]) -> Played:
    """Play all timelines under a rule."""
    whole = Played()
    for feed in feeds:
        _play(feed, wait_of(feed), whole)
    return whole


def _play(feed: Timeline, wait: Wait, whole: Played) -> None:
    begin, end = feed.begin, feed.times[-1]
    days = (end - begin) / timedelta(days=1)
    seen = sum(1 for at in feed.times if at <= begin)
    now, requests, delays = begin, 0, list[float]()
    while now < end:
        now += min(max(wait(feed.times[:seen], now), SHORTEST), LONGEST)
        requests += 1
        there = sum(1 for at in feed.times[seen:] if at <= now)
        delays += [(now - at) / timedelta(minutes=1) for at in feed.times[seen : seen + there]]
        seen += there
    if delays:
        whole.requests += requests / days
        whole.entries += len(delays) / days
        whole.delay += sum(delays) / days
        whole.delays += [(delay, 1 / days) for delay in delays]


# the rules


def ours(cost: timedelta) -> Callable[[Timeline], Wait]:
    """Our real cadence, grid and jitter included, for sources with `every: 5m, up_to: 24h`."""

    def rule(feed: Timeline) -> Wait:
        options = Options(up_to=LONGEST)
        source = Source(id=feed.name, kind="feed", location="https://a.example/", every=SHORTEST, options=options)
        state = SourceState(source_id=feed.name, due=feed.begin, polled=feed.begin)

        def wait(known: Sequence[datetime], now: datetime) -> timedelta:
            times = rhythm.remembered((), known[-rhythm.KEPT :], now)
            told = replace(state, info=FeedInfo(times=times))
            return cadence.after(told, source, Fetched(outcome="unchanged", status=304), Schedule(), now).due - now

        return wait

    return rule


def fixed(every: timedelta) -> Callable[[Timeline], Wait]:
    return lambda _feed: lambda _known, _now: every


def slots(every: timedelta) -> Callable[[Timeline], Wait]:
    """`reader`: slots of a fixed length since a Monday, each feed at its own place within a quarter of one."""

    def rule(feed: Timeline) -> Wait:
        start = datetime(1970, 1, 5, tzinfo=UTC) + every * 0.25 * feed.share
        return lambda _known, now: every - (now - start) % every

    return rule


def by_frequency(factor: float) -> Callable[[Timeline], Wait]:
    """Miniflux's entry_frequency: a week by the entries of the last week, times a factor; none: the longest."""

    def wait(known: Sequence[datetime], now: datetime) -> timedelta:
        weekly = sum(1 for at in known if at > now - WEEK)
        return WEEK / (weekly * factor) if weekly else LONGEST

    return lambda _feed: wait


def turned(rule: Callable[[float], Callable[[Timeline], Wait]], target: float, feeds: Sequence[Timeline]) -> Played:
    """Turn a rule's knob, which makes it slower as it grows, until its mean delay is *target* minutes, or near it."""
    low, high = 0.02, 2000.0
    for _ in range(16):
        middle = math.sqrt(low * high)
        found = played(rule(middle), feeds)
        low, high = (middle, high) if found.mean < target else (low, middle)
    return found


def tuned(mine: Played, feeds: Sequence[Timeline]) -> dict[str, Played]:
    """Return each peer at our mean delay."""
    return {
        "fixed": turned(lambda knob: fixed(timedelta(minutes=knob)), mine.mean, feeds),
        "Miniflux": turned(lambda knob: by_frequency(1 / knob), mine.mean, feeds),
        "reader": turned(lambda knob: slots(timedelta(minutes=knob)), mine.mean, feeds),
    }


def best_of(mine: Played, peers: dict[str, Played]) -> tuple[float, str]:
    """Return our share of the requests of the best peer that is not later than we are, and its name."""
    fair = {name: found for name, found in peers.items() if found.mean <= mine.mean * 1.02}
    name = min(fair, key=lambda peer: fair[peer].requests)
    return mine.requests / fair[name].requests, name


def show(name: str, found: Played) -> None:
    print(f"{name:34} {found.requests:9.0f} {found.mean:7.1f} {found.within(0.5):7.1f} {found.within(0.95):7.1f}")


def main() -> None:
    feeds = timelines()
    mine = played(ours(rhythm.COST), feeds)
    print(f"{len(feeds)} feeds, {mine.entries:.0f} entries a day")
    print(f"{'':34} {'requests':>9} {'mean':>7} {'median':>7} {'p95':>7}")
    show("ours", mine)
    show("fixed, every 30 minutes", played(fixed(timedelta(minutes=30)), feeds))
    show("Miniflux, factor 1", played(by_frequency(1), feeds))
    show("reader, hourly slots", played(slots(timedelta(hours=1)), feeds))
    peers = tuned(mine, feeds)
    for name, found in peers.items():
        show(f"{name}, tuned to our delay", found)
    busiest = sorted(feeds, key=lambda feed: -feed.rate)
    parts = {
        "one half by name": [feed for feed in feeds if feed.share < 0.5],
        "the other half": [feed for feed in feeds if feed.share >= 0.5],
        "without the 20 busiest": busiest[20:],
    }
    for part, some in parts.items():
        own = played(ours(rhythm.COST), some)
        share, peer = best_of(own, tuned(own, some))
        print(f"{part:34} {share:.2f} of the requests of {peer} at a mean delay of {own.mean:.0f} minutes")
    share, peer = best_of(mine, peers)
    close(
        "cadence",
        f"{share:.2f} of the requests of {peer} at a mean delay of {mine.mean:.0f} minutes",
        "<= 0.50 of the best peer's at equal delay",
        holds=share <= 0.5,
    )


if __name__ == "__main__":
    main()
