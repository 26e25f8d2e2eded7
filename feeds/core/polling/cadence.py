"""When a source is asked again, and what an answer teaches of it.

1. The wait is the source's `every`; where it has `up_to`, its own rhythm decides between the two (`rhythm.py`).
   Failures double `every`: every, 2·every, 4·every … up to `max_backoff`.
2. The origin's wish wins where it is longer, up to a day: Retry-After (RFC 9110 §10.2.3), and with an answer that did
   not fail the freshness of the response (RFC 9111 §4.2.1) and the feed's own `ttl`; where it says from when its spans
   count (sy:updateBase), what is left of the present one. So no header parks a source for a year, and 429 or 503 with
   nonsense in Retry-After waits at least `every`.
   In hours and days in which a feed says that it rests (skipHours, skipDays) it is asked once they are over.
3. Times lie on a grid that is the source's own: steps of `every` × `jitter` since a fixed Monday, shifted by a hash of
   the source's id. Sources that were asked together drift apart, the same way on every machine; a wish is rounded up to
   the grid, our own waits down, so that a source is asked every `every` and not a little later each time. After the
   very first answer the step is half of `every`: sources added at once spread widely.
   Where more is due than can be asked, waits of feeds grow first (`load.py`).
4. Folders and files are ours: no grid, and a failure is looked at again within ten minutes.
5. 410 is believed when it is said again a day or more after the first; until then it is a failure like any other,
   after that the source is asked once a week, for a mistake should heal. Any other HTTP answer ends it.
6. A permanent redirect is believed after three equal answers over a day or more, so on two days at least: captive
   portals and domains that ran out send 301 too. From then on the source is asked at its new address; after
   three failures there in a row the old one is tried again. Of several sources with one address one is asked: whose
   own it is, else the first in the configuration that is not paused or gone. The others rest.
7. A source that ended the program three times while it was read rests until it is asked for by force.

Miniflux clamps what feeds wish for in the same way; Feedbin and CommaFeed take the later of Retry-After and their own
back-off; the `reader` library aligns to an epoch so that a restart shifts nothing.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from feeds.core.polling import load, rhythm
from feeds.model.quick import replace
from feeds.model.settings import Schedule, Strained
from feeds.model.source import FeedInfo, Fetched, Problem, Source, SourceState, Validators

DAY = timedelta(days=1)
WEEK = timedelta(days=7)

WISH = DAY  # the longest wish that is granted
LOCAL_BACKOFF = timedelta(minutes=10)
MOVED_ANSWERS = 3
LOST = 3  # failures in a row at a new address
STRIKES = 3

_MONDAY = datetime(2001, 1, 1, tzinfo=UTC)
_SHORTEST = timedelta(seconds=1)
_WIDEST = 0.5  # of `every`: with wider steps two polls could follow one another at once
_TOLD = frozenset({"emptied", "replaced"})  # problems that come of what a document holds, beside what came before it
_DOUBLINGS = 20  # more than from a second to a year


def after(state: SourceState, source: Source, fetched: Fetched, schedule: Schedule, now: datetime) -> SourceState:
    """Return what is known of *source* once it answered: all but its entries and its `info`.

    Give *state* with the `info` of this answer, that its `ttl` may count.
    `due` is later than *now*, save after a letter.
    """
    if fetched.letter:  # it says nothing of how the source answers; one that cannot be read has the source asked
        return replace(state, strikes=0, polled=now, due=state.due if fetched.outcome == "fresh" else now)
    told = _settled_in(_told(state, source, fetched, schedule, now))
    return replace(told, due=now + max(_every(source), WEEK)) if rested(told) or gone(told) else told


def _settled_in(told: SourceState) -> SourceState:
    """*told* at its new address, where a move is believed; at its old one, where the new one fails."""
    if move := believed_move(told):
        return replace(told, lives_at=move, moved_to="", moved_count=0, moved_since=None)
    lost = told.failures >= LOST and not (told.problem and told.problem.code == "twin")
    return replace(told, lives_at="") if told.lives_at and lost else told


def planned(state: SourceState, source: Source, schedule: Schedule, now: datetime) -> datetime:
    """Return the `due` to write before asking, so that an answer that never comes is a failure like any other."""
    return after(state, source, Fetched(outcome="failed"), schedule, now).due


def rested(state: SourceState) -> bool:
    """Return whether the source is left alone because reading it ended the program time and again."""
    return state.strikes >= STRIKES


def gone(state: SourceState) -> bool:
    """Return whether the source's 410 is believed: see point 5. What it gave stays published."""
    if state.gone_since is None or state.polled is None or state.problem is None or state.problem.code != "gone":
        return False
    return state.polled - state.gone_since >= DAY


def believed_move(state: SourceState) -> str:
    """Return the URL that the source has moved to for good, or '': see point 6."""
    if state.moved_since is None or state.polled is None or state.failures:
        return ""
    lasting = state.polled - state.moved_since >= DAY
    return state.moved_to if lasting and state.moved_count >= MOVED_ANSWERS else ""


def longest(source: Source, schedule: Schedule) -> timedelta:
    """Return the longest wait that any rule gives a source that is not gone and does not rest."""
    return max(_every(source), source.options.up_to or _SHORTEST, schedule.max_backoff, WISH)


def healed(state: SourceState, source: Source, schedule: Schedule, now: datetime) -> datetime:
    """Return `due`, or *now* where it is further than any rule waits: the clock ran ahead when it was written."""
    return now if state.due - now > max(longest(source, schedule), WEEK) else state.due


def _told(state: SourceState, source: Source, fetched: Fetched, schedule: Schedule, now: datetime) -> SourceState:
    """*state* with what the answer says, and `due` as of a source that is asked on."""
    failed = fetched.outcome not in ("fresh", "unchanged")
    due = _due(state, source, fetched, schedule, now, failed=failed)
    if not failed:
        return _succeeded(state, source, fetched, due, now)
    problem = fetched.problem or Problem(code="gone" if fetched.outcome == "gone" else "status")
    return replace(
        state,
        due=due,
        polled=now,
        failures=state.failures + 1,
        strikes=state.strikes if problem.code == "crashed" else 0,
        problem=problem,
        gone_since=_gone_since(state, fetched, now),
    )


def _succeeded(state: SourceState, source: Source, fetched: Fetched, due: datetime, now: datetime) -> SourceState:
    """*state* after an answer that did not fail.

    A 226 holds new entries alone, yet its validators are those of the whole document that they lead to: they are kept.
    The hash is not, for it is of a whole document, and the last one that was read is not the last any more.
    Source: RFC 3229 §10.4.1.
    """
    target = fetched.moved_to if fetched.moved_to != source.location else ""
    again = target != "" and target == state.moved_to
    since = min(state.moved_since or now, now) if again else now  # a clock that ran ahead counts for nothing
    unchanged = fetched.outcome == "unchanged"
    return replace(
        state,
        due=due,
        polled=now,
        validators=_freshened(state.validators, fetched) if unchanged else fetched.validators,
        body_hash=fetched.body_hash or (state.body_hash if unchanged else ""),
        failures=0,
        strikes=0,
        problem=fetched.problem or next(iter(fetched.problems), None) or _lasting(state, fetched),
        moved_to=target,
        moved_count=(state.moved_count if again else 0) + 1 if target else 0,
        moved_since=since if target else None,
        gone_since=None,
    )


def _lasting(state: SourceState, fetched: Fetched) -> Problem | None:
    """What was wrong with what a feed tells, while it tells the same."""
    return state.problem if fetched.outcome == "unchanged" and state.problem and state.problem.code in _TOLD else None


def _freshened(known: Validators, fetched: Fetched) -> Validators:
    """The validators after "unchanged". A 304 replaces those that it carries (RFC 9111 §4.3.4).

    Equal bytes in a 200 are a new response: what it does not carry does not hold any more.
    """
    if fetched.status != 304:
        return fetched.validators
    return Validators(
        etag=fetched.validators.etag or known.etag,
        last_modified=fetched.validators.last_modified or known.last_modified,
    )


def _gone_since(state: SourceState, fetched: Fetched, now: datetime) -> datetime | None:
    """When the first 410 of those in a row came. A connection that fails says nothing, an HTTP answer does."""
    if fetched.outcome == "gone":
        return min(state.gone_since or now, now)
    return None if fetched.status else state.gone_since


def _due(
    state: SourceState, source: Source, fetched: Fetched, schedule: Schedule, now: datetime, *, failed: bool
) -> datetime:
    wait = _backoff(source, state.failures, schedule) if failed else _usual(source, state, now)
    if source.kind != "feed":
        return now + wait
    if isinstance(schedule, Strained):
        tells = 0.0 if failed else rhythm.told(state.info.times, now)
        wait = load.stretched(wait, schedule.pressure, tells)
    step = _step(source, schedule, first=state.polled is None)
    due = _grid(now + wait, step, source.id)
    most = max(_every(source), source.options.up_to or _SHORTEST, WISH)
    wish = min(_wish(state, fetched, now), most)
    if wish:
        due = max(due, min(_grid(now + wish, step, source.id, up=True), now + most))
    return _awake(due, state.info)


def _awake(due: datetime, info: FeedInfo) -> datetime:
    """The first hour from *due* on in which the feed does not rest; *due* itself where it never wakes, or is awake."""
    if not (info.skip_hours or info.skip_days):
        return due
    start = due.replace(minute=0, second=0, microsecond=0)
    hours = (start + timedelta(hours=n) for n in range(7 * 24))
    free = (at for at in hours if at.hour not in info.skip_hours and at.weekday() not in info.skip_days)
    return max(due, next(free, due))


def _usual(source: Source, state: SourceState, now: datetime) -> timedelta:
    """The wait after an answer that did not fail."""
    longest = source.options.up_to
    if longest is None or source.kind != "feed":
        return _every(source)
    return rhythm.wait(state.info.times, now, _every(source), max(longest, _every(source)))


def _every(source: Source) -> timedelta:
    return max(source.every, _SHORTEST)


def _backoff(source: Source, failures: int, schedule: Schedule) -> timedelta:
    """The wait after one more failure than *failures*."""
    every = _every(source)
    most = schedule.max_backoff if source.kind == "feed" else LOCAL_BACKOFF
    return min(every * (1 << min(failures, _DOUBLINGS)), max(every, most))


def _wish(state: SourceState, fetched: Fetched, now: datetime) -> timedelta:
    """What the origin asks for; not less than nothing. A failure's freshness is no one's wish."""
    wishes = [fetched.retry_after]
    if fetched.outcome in ("fresh", "unchanged"):
        wishes += [fetched.fresh_for, _stays(state.info, now)]
    return max((wish for wish in wishes if wish), default=timedelta(0))


def _stays(info: FeedInfo, now: datetime) -> timedelta | None:
    """How long a feed says that it stays as it is: its span, or where that counts from a time, the rest of it."""
    if info.ttl and info.base:
        return info.ttl - (now - info.base) % info.ttl
    return info.ttl


def _step(source: Source, schedule: Schedule, *, first: bool) -> int:
    """The grid's step in seconds; 0: no grid."""
    share = min(max(schedule.jitter, 0.0), _WIDEST)
    return int(_every(source).total_seconds() * (_WIDEST if first and share else share))


def _grid(time: datetime, step: int, source_id: str, *, up: bool = False) -> datetime:
    """The point of the source's grid at or before *time*, or at or after it."""
    if not step:
        return time
    late = (time - _MONDAY - timedelta(seconds=_hash(source_id) % step)) % timedelta(seconds=step)
    back = time - late
    return back + timedelta(seconds=step) if up and late else back


@lru_cache(maxsize=65_536)
def _hash(source_id: str) -> int:
    return int.from_bytes(sha256(source_id.encode("utf-8", "surrogatepass")).digest()[:8], "big")
