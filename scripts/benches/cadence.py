"""How many requests it takes to notice new entries soon: our cadence beside fixed intervals, Miniflux and `reader`.

Played over the publication times of real feeds with a simulated clock: the first half of each timeline is known, the
second (at most 60 days) is judged. At each moment a rule knows only what its own polls have seen. A feed counts for
what it costs and brings a day: requests a day, entries a day, and their delay from publication to the poll that finds
them. Then each rule's one knob is turned until its mean delay equals ours, and the requests are compared.
"""

import hashlib
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from timing import close, shared

from feeds.core import cadence, rhythm
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
    """When one feed's entries were published, in order, and how many the feed holds at a time."""

    name: str
    times: list[datetime]
    window: int

    @property
    def begin(self) -> datetime:
        first, last = self.times[0], self.times[-1]
        return max(first + (last - first) / 2, last - JUDGED)


@dataclass(slots=True)
class Played:
    """What a rule cost and brought, added up over feeds."""

    requests: float = 0.0  # a day
    entries: float = 0.0  # a day
    delay: float = 0.0  # minutes a day, over all entries
    delays: list[float] = field(default_factory=list)  # minutes, one an entry
    missed: int = 0  # entries that left a feed before a poll came

    @property
    def mean(self) -> float:
        return self.delay / self.entries


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
            found.append(Timeline(path.name, times, len(times)))
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
        whole.missed += max(there - feed.window, 0)
        delays += [(now - at) / timedelta(minutes=1) for at in feed.times[seen : seen + there]]
        seen += there
    if delays:
        whole.requests += requests / days
        whole.entries += len(delays) / days
        whole.delay += sum(delays) / days
        whole.delays += delays


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
        share = int.from_bytes(hashlib.sha256(feed.name.encode()).digest()[:4], "big") / 2**32
        start = datetime(1970, 1, 5, tzinfo=UTC) + every * 0.25 * share
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


def main() -> None:
    feeds = timelines()
    mine = played(ours(rhythm.COST), feeds)
    print(f"{len(feeds)} feeds, {mine.entries:.0f} entries a day")
    print(f"{'':34} {'requests':>9} {'mean':>7} {'median':>7} {'p95':>7} {'missed':>7}")
    rules = {
        "ours": mine,
        "fixed, every 30 minutes": played(fixed(timedelta(minutes=30)), feeds),
        "Miniflux, factor 1": played(by_frequency(1), feeds),
        "reader, hourly slots": played(slots(timedelta(hours=1)), feeds),
    }
    tuned = {
        "fixed": turned(lambda knob: fixed(timedelta(minutes=knob)), mine.mean, feeds),
        "Miniflux": turned(lambda knob: by_frequency(1 / knob), mine.mean, feeds),
        "reader": turned(lambda knob: slots(timedelta(minutes=knob)), mine.mean, feeds),
    }
    for name, found in [*rules.items(), *((f"{name}, tuned to our delay", found) for name, found in tuned.items())]:
        spread = statistics.quantiles(found.delays, n=20)
        print(f"{name:34} {found.requests:9.0f} {found.mean:7.1f} {spread[9]:7.1f} {spread[18]:7.1f} {found.missed:7}")
    fair = {name: found for name, found in tuned.items() if found.mean <= mine.mean * 1.02}
    best, requests = min(((name, found.requests) for name, found in fair.items()), key=lambda pair: pair[1])
    share = mine.requests / requests
    close(
        "cadence",
        f"{share:.2f} of the requests of {best} at a mean delay of {mine.mean:.0f} minutes",
        "<= 0.50 of the best peer's at equal delay",
        holds=share <= 0.5,
    )


if __name__ == "__main__":
    main()
