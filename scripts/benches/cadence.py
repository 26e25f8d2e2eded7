"""How many requests it takes to notice new entries soon: our cadence beside fixed intervals, Miniflux and `reader`.

Played over the publication times of real feeds with a simulated clock: the first half of each timeline is known, the
second (at most 60 days) is judged, from several moments in turn, for chance decides how the polls of a short timeline
fall. At each moment a rule knows only what its own polls have seen. A feed counts for what it costs and brings a day:
requests a day, entries a day, and their delay from publication to the poll that finds them. Each peer's one knob is
turned in steps, and what it would ask at our mean delay is reckoned between two of them; for all feeds, and for parts
of them, since a few busy feeds carry most entries.
"""

import hashlib
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from timing import close, shared

from feeds.core.polling import cadence, rhythm
from feeds.errors import ParseError
from feeds.model.settings import Schedule
from feeds.model.source import Document, FeedInfo, Fetched, Options, Source, SourceState
from feeds.parse import parse

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)  # Miniflux's own bounds, for all
JUDGED = timedelta(days=60)
WEEK = timedelta(days=7)
MOMENTS = 4  # from which each timeline is played
STEPS = [1.35**n for n in range(-4, 7)]  # of a peer's knob: mean delays from ten minutes to two hours

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
    def moments(self) -> list[datetime]:
        """The moments from which it is judged, up to a day later, the first by its name: no rule's polls shall fall on
        the time of day of the last entry because the sixty days are counted back from it."""
        first, last = self.times[0], self.times[-1]
        judged = min((last - first) / 2, JUDGED)
        later = min(judged / 2, timedelta(days=1))
        return [last - judged + later * ((self.share + n / MOMENTS) % 1) for n in range(MOMENTS)]

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


def played(wait_of: Callable[[Timeline, datetime], Wait], feeds: Sequence[Timeline]) -> dict[str, Played]:
    """Play all timelines under a rule; return what each feed cost and brought, by name."""
    found = {feed.name: Played() for feed in feeds}
    for feed in feeds:
        for begin in feed.moments:
            _play(feed, begin, wait_of(feed, begin), found[feed.name])
    return found


def _play(feed: Timeline, begin: datetime, wait: Wait, whole: Played) -> None:
    end = feed.times[-1]
    days = (end - begin) / timedelta(days=1) * MOMENTS
    seen = bisect_right(feed.times, begin)
    now, requests, delays = begin, 0, list[float]()
    while now < end:
        now += min(max(wait(feed.times[:seen], now), SHORTEST), LONGEST)
        requests += 1
        known, seen = seen, bisect_right(feed.times, now)
        delays += [(now - at) / timedelta(minutes=1) for at in feed.times[known:seen]]
    if delays:
        whole.requests += requests / days
        whole.entries += len(delays) / days
        whole.delay += sum(delays) / days
        whole.delays += [(delay, 1 / days) for delay in delays]


def together(found: dict[str, Played], feeds: Iterable[Timeline]) -> Played:
    """Add up what *feeds* cost and brought."""
    whole = Played()
    for one in (found[feed.name] for feed in feeds):
        whole.requests, whole.entries = whole.requests + one.requests, whole.entries + one.entries
        whole.delay += one.delay
        whole.delays += one.delays
    return whole


# the rules


Rule = Callable[[Timeline, datetime], Wait]


def ours(feed: Timeline, begin: datetime) -> Wait:
    """Our real cadence, grid and jitter included, for sources with `every: 5m, up_to: 24h`."""
    options = Options(up_to=LONGEST)
    source = Source(id=feed.name, kind="feed", location="https://a.example/", every=SHORTEST, options=options)
    state = SourceState(source_id=feed.name, due=begin, polled=begin)

    def wait(known: Sequence[datetime], now: datetime) -> timedelta:
        times = rhythm.remembered((), known[-rhythm.KEPT :], now)
        told = replace(state, info=FeedInfo(times=times))
        return cadence.after(told, source, Fetched(outcome="unchanged", status=304), Schedule(), now).due - now

    return wait


def fixed(every: timedelta) -> Rule:
    return lambda _feed, _begin: lambda _known, _now: every


def slots(every: timedelta) -> Rule:
    """`reader`: slots of a fixed length since a Monday, each feed at its own place within a quarter of one."""

    def rule(feed: Timeline, _begin: datetime) -> Wait:
        start = datetime(1970, 1, 5, tzinfo=UTC) + every * 0.25 * feed.share
        return lambda _known, now: every - (now - start) % every

    return rule


def by_frequency(factor: float) -> Rule:
    """Miniflux's entry_frequency: a week by the entries of the last week, times a factor; none: the longest."""

    def wait(known: Sequence[datetime], now: datetime) -> timedelta:
        weekly = len(known) - bisect_right(known, now - WEEK)
        return WEEK / (weekly * factor) if weekly else LONGEST

    return lambda _feed, _begin: wait


PEERS: dict[str, Callable[[float], Rule]] = {
    "fixed": lambda knob: fixed(timedelta(minutes=60 * knob)),
    "Miniflux": lambda knob: by_frequency(8 / knob),
    "reader": lambda knob: slots(timedelta(minutes=60 * knob)),
}


def at_delay(delay: float, steps: Sequence[Played]) -> float:
    """Return the requests a day of a peer at a mean delay, between two of the *steps* of its knob. Raises `ValueError`
    where it was not turned so far."""
    for one, other in pairwise(sorted(steps, key=lambda step: step.mean)):
        if one.mean <= delay <= other.mean:
            share = math.log(delay / one.mean) / math.log(other.mean / one.mean)
            return math.exp((1 - share) * math.log(one.requests) + share * math.log(other.requests))
    raise ValueError(f"no step of the knob makes {delay:.0f} minutes")


def best_of(mine: Played, peers: dict[str, list[Played]]) -> tuple[float, str]:
    """Return our share of the requests of the best peer at our mean delay, and its name."""
    asked = {name: at_delay(mine.mean, steps) for name, steps in peers.items()}
    name = min(asked, key=lambda peer: asked[peer])
    return mine.requests / asked[name], name


def show(name: str, found: Played) -> None:
    print(f"{name:34} {found.requests:9.0f} {found.mean:7.1f} {found.within(0.5):7.1f} {found.within(0.95):7.1f}")


def main() -> None:
    feeds = timelines()
    own = played(ours, feeds)
    peers = {name: [played(rule(step), feeds) for step in STEPS] for name, rule in PEERS.items()}
    mine = together(own, feeds)
    print(f"{len(feeds)} feeds, {mine.entries:.0f} entries a day")
    print(f"{'':34} {'requests':>9} {'mean':>7} {'median':>7} {'p95':>7}")
    show("ours", mine)
    show("fixed, hourly", together(peers["fixed"][STEPS.index(1)], feeds))
    show("Miniflux, factor 1", together(played(by_frequency(1), feeds), feeds))
    show("reader, hourly slots", together(peers["reader"][STEPS.index(1)], feeds))
    for name, steps in peers.items():
        print(f"{name + ' at our delay':34} {at_delay(mine.mean, [together(step, feeds) for step in steps]):9.0f}")
    busiest = sorted(feeds, key=lambda feed: -feed.rate)
    parts = {
        "one half by name": [feed for feed in feeds if feed.share < 0.5],
        "the other half": [feed for feed in feeds if feed.share >= 0.5],
        "without the 20 busiest": busiest[20:],
        "all": feeds,
    }
    for part, some in parts.items():
        found = together(own, some)
        share, peer = best_of(found, {name: [together(step, some) for step in steps] for name, steps in peers.items()})
        print(f"{part:34} {share:.2f} of the requests of {peer} at a mean delay of {found.mean:.0f} minutes")
    close(
        "cadence",
        f"{share:.2f} of the requests of {peer} at a mean delay of {mine.mean:.0f} minutes",
        "<= 0.50 of the best peer's at equal delay",
        holds=share <= 0.5,
    )


if __name__ == "__main__":
    main()
