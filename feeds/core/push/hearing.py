"""Being told instead of asking: WebSub as a subscriber, without the wire.

1. A lease is asked for where a feed names a hub: in its Link header, at feed level, or in a page's head (§4). It is
   asked for again at four fifths of its time, and after a failure ever later, up to a day.
2. The hub's question is answered only while we wait for it, for the topic that we asked for (§5.3).
3. A push is trusted once it comes, and no longer when a poll finds news that no push told of: hubs fall silent without
   a word (FreshRSS's rule; Google's hub has been seen to). While it is trusted the source is asked eight times as
   seldom, at least daily, and in any case when the lease ends.
4. What is pushed is a hint: the source is asked at once. With `push.trust: signed` what came with a good signature is
   read as it is, as far as it can only be news: new entries, and changed ones that name a later date of change. For all
   else the source is asked, so that an old push that is sent again changes nothing.
5. A source that cannot be asked when a push told of news is asked again soon; one that shows no news is asked twice
   more within two minutes: a cache between us may be staler than the push (w3c/websub #84, #174).

Source: W3C WebSub, 23 January 2018.
"""

from datetime import datetime, timedelta

from feeds.core.deciding.arrivals import Arrivals
from feeds.core.push import websub
from feeds.model.changes import PollView
from feeds.model.delivery import Message, Mode
from feeds.model.lease import Lease, Push, Wish
from feeds.model.quick import replace
from feeds.model.source import FeedInfo, Source, SourceState

PENDING = timedelta(hours=1)  # how long a hub may take to ask whether we meant it
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)
RENEWED = 0.8  # of a lease
KEPT = timedelta(days=30)  # an ended lease is known: what still comes for it is told that it ended
UNSUBSCRIBES = 3
AGAIN = timedelta(seconds=5)  # doubled with each failure
SOON, STALE = timedelta(minutes=1), timedelta(minutes=2)
SLOWER = 8
SLOWEST = timedelta(days=1)


def wish(source: Source, info: FeedInfo) -> Wish:
    """Return what a source would have us told of; hub '' where it names none, or is not asked any more."""
    wanted = source.kind == "feed" and source.enabled and bool(info.hub)
    return Wish(
        source_id=source.id,
        hub=info.hub if wanted else "",
        topic=info.self_url or source.location if wanted else "",
    )


def leased(wish: Wish, id: str, secret: str, now: datetime) -> Lease:
    """Return the lease that is to be asked for."""
    return Lease(id=id, source_id=wish.source_id, topic=wish.topic, hub=wish.hub, secret=secret, due=now)


def asked(lease: Lease, now: datetime) -> Lease:
    """Return *lease* as it is while we ask: written before the request leaves, for hubs may ask back at once."""
    mode: Mode = "unsubscribe" if lease.ended else "subscribe"
    if lease.ended and lease.attempts >= UNSUBSCRIBES:  # its own end is near, and what it sends is refused
        return replace(lease, pending="", due=now + KEPT)
    wait = min(FIRST_WAIT * (1 << min(lease.attempts, 20)), LONGEST_WAIT)
    return replace(lease, pending=mode, pending_until=now + PENDING, attempts=lease.attempts + 1, due=now + wait)


def over(lease: Lease, now: datetime) -> bool:
    """Tell whether an ended lease need not be known any more."""
    return lease.ended and not lease.pending and lease.attempts > 0


def request(lease: Lease, push: Push) -> Message:
    """Return the request to the hub (§5.1)."""
    form = {"hub.mode": lease.pending, "hub.topic": lease.topic, "hub.callback": f"{push.callback}/websub/{lease.id}"}
    if lease.pending == "subscribe":
        form["hub.lease_seconds"] = str(int(push.lease.total_seconds()))
        if lease.secret:
            form["hub.secret"] = lease.secret
    return Message(url=lease.hub, data=form, redirects=True)


def answered(lease: Lease, mode: str, topic: str, granted: str, push: Push, now: datetime) -> Lease | None:
    """Return *lease* after the hub's question; None where we did not ask for this, or not lately (WS-10).

    What is granted is held within an hour and thirty days; what is no number counts as what we asked for (WS-11).
    """
    waiting = lease.pending_until is not None and lease.pending_until > now
    if not lease.pending or lease.pending != mode or not waiting or topic != lease.topic:
        return None
    if mode == "unsubscribe":
        return replace(lease, lease_until=None, trusted=False, problem="", pending="", due=now + KEPT)
    span = websub.lease_of(granted) or push.lease
    return replace(lease, lease_until=now + span, due=now + span * RENEWED, attempts=0, problem="")


def denied(lease: Lease, topic: str, reason: str, now: datetime) -> Lease | None:
    """Return *lease* after the hub said no (§5.2): not believed for good, for anybody can say it (WS-13)."""
    if topic != lease.topic or lease.ended:
        return None
    said = "".join(c if c.isprintable() else " " for c in reason)[:200].strip()
    problem = f"the hub denies it: {said}" if said else "the hub denies it"
    return replace(lease, pending="", pending_until=None, trusted=False, problem=problem, due=now + LONGEST_WAIT)


def timed(lease: Lease, source: Source, state: SourceState, *, news: bool, now: datetime) -> SourceState:
    """Return *state*, just asked, with the `due` that follows from pushes: see points 3 and 5."""
    if lease.waiting and state.failures:
        wait = min(AGAIN * (1 << min(state.failures - 1, 20)), max(source.every, AGAIN))
        return replace(state, due=min(state.due, now + wait))
    if unheeded(lease, news=news, now=now):
        return replace(state, due=min(state.due, now + SOON))
    if not (lease.trusted and lease.held(now) and lease.lease_until) or state.problem or state.failures:
        return state
    seldom = now + min(max(source.every, timedelta(minutes=1)) * SLOWER, SLOWEST)
    return replace(state, due=max(state.due, min(seldom, lease.lease_until)))


def unheeded(lease: Lease, *, news: bool, now: datetime) -> bool:
    """Tell whether a push told of something that an answer of *now* did not show yet: see point 5."""
    return lease.waiting and not news and lease.heard is not None and now - lease.heard < STALE


def credible(view: PollView, arrived: Arrivals) -> tuple[Arrivals, bool]:
    """Return of what was pushed what can be read as it is, and whether the source has to be asked for the rest."""
    changed = [(e, view.known[e.guid]) for e in arrived.entries if e.guid in arrived.keys and e.guid in view.known]
    doubtful = {entry.guid for entry, known in changed if not _later(known.entry.updated, entry.updated)}
    if not doubtful and not arrived.deleted:
        return arrived, False
    left = [n for n, entry in enumerate(arrived.entries) if entry.guid not in doubtful]
    return (
        replace(
            arrived,
            entries=tuple(arrived.entries[n] for n in left),
            keys={guid: keys for guid, keys in arrived.keys.items() if guid not in doubtful},
            sketches={guid: found for guid, found in arrived.sketches.items() if guid not in doubtful},
            places=tuple(arrived.places[n] for n in left) if arrived.places else (),
            deleted=(),
        ),
        True,
    )


def _later(before: datetime | None, after: datetime | None) -> bool:
    return before is not None and after is not None and after > before
