"""Partners, for commands and pages: who they are, what they have, what they are owed, and why."""

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from statistics import median

from feeds.app.build import App
from feeds.app.looking import look
from feeds.config import edit
from feeds.core.partners import agreement
from feeds.errors import UsageError
from feeds.jobs.syndicate import Syndicate
from feeds.model.channel import Channel
from feeds.model.partner import Owed, Partner, PartnerView, Pickup, Push, Token, TokenKind, Traffic

logger = logging.getLogger(__name__)

EXPIRED = "partners_expired"  # of the store's notes: the day
BYTES = 32  # of a token: 256 bits, in 43 letters
PREFIX: Mapping[TokenKind, str] = {"header": "feeds_", "path": "feedsurl_"}  # by which scanners for secrets know them
OVERLAP = timedelta(days=7)
SILENT = 3  # times the agreed interval after which a partner counts as silent
LISTED = 50  # partners: of more, status and the desk tell not how long they take, which is a question for each
FEW = 5  # versions that were picked up, before their median says anything
REFUSALS = 5  # of one push in a row, some eight minutes, before that is an alarm
RECENT = 30  # days of traffic that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerChannel:
    """One channel as a partner gets it: the address, and what they have of it. *behind* tells that it says more now."""

    channel: Channel
    url: str
    pickup: Pickup | None
    held: int
    behind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that is known of a partner. *lag*: the median time from a version to its pick-up, the first time left out."""

    partner: Partner
    tokens: tuple[Token, ...]
    channels: tuple[PartnerChannel, ...]
    traffic: tuple[Traffic, ...]
    debts: tuple[Owed, ...]
    lag: timedelta | None
    pushes: tuple[Push, ...]
    alarms: tuple[str, ...]

    @property
    def last(self) -> datetime | None:
        return max((t.last for t in self.traffic if t.last), default=None) or max(
            (c.pickup.at for c in self.channels if c.pickup), default=None
        )

    @property
    def unchanged(self) -> float | None:
        """The share of 304 among what was answered, 0 to 1; None where nothing was."""
        told = sum(t.full + t.unchanged for t in self.traffic)
        return sum(t.unchanged for t in self.traffic) / told if told else None

    @property
    def sent(self) -> int:
        return sum(t.sent for t in self.traffic)


def office(app: App) -> Syndicate:
    """Return what answers partners, under the settings in force at each moment."""
    return Syndicate(lambda: app.settings, app.store.library, app.store.partners, app.clock)


def named(app: App, id: str) -> Partner:
    """Raises `UsageError` where there is none."""
    found = next((partner for partner in app.settings.partners if partner.id == id), None)
    if found is None:
        known = ", ".join(partner.id for partner in app.settings.partners) or "none"
        raise UsageError(f"no partner is called {id!r}; there are: {known}")
    return found


# tokens


def add(config: str, id: str, said: Sequence[tuple[str, str | Sequence[str]]], environ: Mapping[str, str]) -> None:
    """Write a new partner into the configuration."""
    edit.add_partner(config, id, said, environ)


def issue(app: App, id: str, kind: TokenKind, overlap: timedelta) -> str:
    """Make a token and return it, the only time that it is shown. Older ones of its kind end after *overlap*."""
    named(app, id)
    secret = PREFIX[kind] + secrets.token_urlsafe(BYTES)
    token = Token(
        id=secrets.token_hex(4), partner_id=id, kind=kind, digest=sha256(secret.encode()).hexdigest(), made=app.clock()
    )
    app.store.partners.begin([id], app.clock())
    app.store.partners.issue(token, overlap)
    logger.info("partner=%s token=%s issued kind=%s", id, token.id, kind)
    return secret


def revoke(app: App, id: str, tokens: Sequence[str]) -> int:
    """Let tokens hold no more, at once; all of the partner where none is named. Raises `UsageError`."""
    known = {token.id for token in app.store.partners.tokens(id)}
    if not known:  # else a partner that was taken out of the configuration still has some
        named(app, id)
    if unknown := [token for token in tokens if token not in known]:
        raise UsageError(f"{id} has no token {unknown[0]!r}; `feeds partner show {id}` names them")
    return app.store.partners.revoke(id, tokens)


def addresses(app: App, partner: Partner, key: str = "") -> dict[str, str]:
    """Return the addresses of a partner's feeds by channel, with *key* in them where one is given."""
    channels = office(app).channels(partner)
    return {id: agreement.address(channel, partner, app.settings.site.url, key) for id, channel in channels.items()}


# what they have


def account(app: App, id: str) -> Account:
    """Return all that is known of a partner. Raises `UsageError`."""
    return _account(app, office(app), named(app, id))


def accounts(app: App) -> tuple[Account, ...]:
    """Return what is known of all partners, those with alarms first."""
    syndicate = office(app)
    found = [_account(app, syndicate, partner) for partner in app.settings.partners]
    return tuple(sorted(found, key=lambda one: not one.alarms))


def views(app: App) -> tuple[PartnerView, ...]:
    """Return all partners as the desk lists them, those with alarms first; few questions, however many there are."""
    kept, now = app.store.partners, app.clock()
    lags, held, pushes = _lags(app), kept.held_by(), _pushes(app)
    wrong = _all_alarms(app, lags, pushes)
    asked: dict[str, datetime] = {}
    owed: dict[str, list[Owed]] = {}
    totals: dict[str, tuple[int, int, int]] = {}
    for pickup in kept.pickups():
        asked[pickup.partner_id] = max(pickup.at, asked.get(pickup.partner_id, pickup.at))
    for debt in kept.debts():
        owed.setdefault(debt.partner_id, []).append(debt)
    for t in kept.traffic(None, (now - timedelta(days=RECENT)).strftime("%Y-%m-%d")):
        told, same, sent = totals.get(t.partner_id, (0, 0, 0))
        totals[t.partner_id] = (told + t.full + t.unchanged, same + t.unchanged, sent + t.sent)
    found = []
    for one in app.settings.partners:
        told, same, sent = totals.get(one.id, (0, 0, 0))
        found.append(
            PartnerView(
                partner=one,
                asked=asked.get(one.id),
                unchanged=same / told if told else None,
                lag=lags.get(one.id),
                sent=sent,
                held=held.get(one.id, 0),
                owed=tuple(owed.get(one.id, ())),
                alarms=wrong.get(one.id, ()),
                pushed=sum(push.number for push in pushes.get(one.id, ())),
                waiting=sum(push.state != "done" for push in pushes.get(one.id, ())),
            )
        )
    return tuple(sorted(found, key=lambda view: not view.alarms))


def _account(app: App, syndicate: Syndicate, partner: Partner) -> Account:
    now, kept = app.clock(), app.store.partners
    got = {pickup.channel_id: pickup for pickup in kept.pickups(partner.id)}
    held: dict[str, int] = {}
    for (place, _), one in kept.holdings(partner.id).items():
        held[place] = held.get(place, 0) + (one.told != "retraction")
    urls = addresses(app, partner)
    channels = []
    for channel in syndicate.channels(partner).values():
        pickup = got.get(channel.id)
        current = syndicate.issue(partner, channel.id, channel.file(partner.dialect)[len(channel.path) :])
        behind = pickup is not None and current is not None and current.etag != pickup.etag
        has = held.get(channel.id, 0)
        channels.append(PartnerChannel(channel=channel, url=urls[channel.id], pickup=pickup, held=has, behind=behind))
    since = (now - timedelta(days=RECENT)).strftime("%Y-%m-%d")
    found = Account(
        partner=partner,
        tokens=kept.tokens(partner.id),
        channels=tuple(channels),
        traffic=kept.traffic(partner.id, since),
        debts=kept.debts(partner.id),
        lag=_lag(kept.delays(partner.id)),
        pushes=tuple(push for _, push in kept.errands.pushes(partner.id)),
        alarms=(),
    )
    begun = min((token.made for token in found.tokens), default=None)
    alarms = _alarms(partner, found.last, begun, found.debts, found.lag, found.pushes, now)
    return replace(found, alarms=tuple(alarms))


def _lag(delays: Sequence[timedelta]) -> timedelta | None:
    """How long versions take to be picked up."""
    return timedelta(seconds=median(d.total_seconds() for d in delays)) if len(delays) >= FEW else None


def _lags(app: App) -> Mapping[str, timedelta | None]:
    """How long each partner takes; nothing of more than `LISTED`."""
    few = app.settings.partners if len(app.settings.partners) <= LISTED else ()
    return {one.id: _lag(app.store.partners.delays(one.id)) for one in few}


def alarms(app: App) -> dict[str, tuple[str, ...]]:
    """Return what is wrong with partners, by their ids: with few questions to the store, however many there are."""
    return _all_alarms(app, _lags(app), _pushes(app))


def _all_alarms(
    app: App, lags: Mapping[str, timedelta | None], pushes: Mapping[str, Sequence[Push]]
) -> dict[str, tuple[str, ...]]:
    kept, now = app.store.partners, app.clock()
    begun: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    debts: dict[str, list[Owed]] = {}
    for token in kept.all_tokens():
        begun.setdefault(token.partner_id, token.made)
    for pickup in kept.pickups():
        last[pickup.partner_id] = max(pickup.at, last.get(pickup.partner_id, pickup.at))
    for debt in kept.debts():
        debts.setdefault(debt.partner_id, []).append(debt)
    found = {
        one.id: tuple(
            _alarms(
                one,
                last.get(one.id),
                begun.get(one.id),
                debts.get(one.id, ()),
                lags.get(one.id),
                pushes.get(one.id, ()),
                now,
            )
        )
        for one in app.settings.partners
    }
    gone = {id: tuple(map(_overdue_words, owed)) for id, owed in debts.items() if id not in found}
    return {id: said for id, said in {**found, **gone}.items() if said}


def _pushes(app: App) -> Mapping[str, Sequence[Push]]:
    """How the webhooks of all partners stand."""
    found: dict[str, list[Push]] = {}
    for partner_id, push in app.store.partners.errands.pushes():
        found.setdefault(partner_id, []).append(push)
    return found


def _alarms(
    partner: Partner,
    last: datetime | None,
    begun: datetime | None,
    debts: Sequence[Owed],
    lag: timedelta | None,
    pushes: Sequence[Push],
    now: datetime,
) -> Iterator[str]:
    asks = not partner.push.url  # who is told at once need not ask
    if asks and last is None and begun and begun + SILENT * partner.every < now:
        yield f"never asked since it got a token, {look.ago(begun, now)}"
    if asks and last and last + SILENT * partner.every < now:
        yield f"last asked {look.ago(last, now)}, agreed was every {span(partner.every)}"
    for push in pushes if partner.push.url else ():
        if push.state == "given_up" or (push.state == "owed" and push.attempts >= REFUSALS):
            tried = f"tried {push.attempts} times, {'given up' if push.state == 'given_up' else 'it goes on'}"
            yield f"does not take what is pushed of {push.channel_id}: {push.problem} ({tried})"
    if lag and lag > partner.every * SILENT + partner.terms.delay:
        yield f"takes {span(lag)} to pick up what is new, agreed was every {span(partner.every)}"
    yield from map(_overdue_words, overdue(debts, [partner], now))


def _overdue_words(debt: Owed) -> str:
    what = "retraction" if debt.told == "retraction" else "correction"
    return f"has not picked up the {what} of {debt.story_id} since {debt.since:%Y-%m-%d %H:%M} UTC"


def overdue(debts: Sequence[Owed], partners: Sequence[Partner], now: datetime) -> list[Owed]:
    """Return what is owed for longer than agreed; of a partner that left the configuration, all of it."""
    within = {partner.id: partner.within for partner in partners}
    return [debt for debt in debts if debt.since + within.get(debt.partner_id, timedelta(0)) < now]


def owed(app: App, story_ids: Sequence[str]) -> tuple[Owed, ...]:
    """Return what partners are owed of stories now, the longest waiting first."""
    return tuple(debt for debt in app.store.partners.debts() if debt.story_id in story_ids)


def by_hand(partner: Partner, debt: Owed) -> bool:
    """Tell whether a debt cannot be told by a document of the partner's dialect: a person has to tell them."""
    if debt.told != "retraction":
        return False
    linked = partner.dialect in ("naver", "smartnews")  # they know stories by their addresses
    return partner.dialect == "flipboard" or (linked and not (debt.stone and debt.stone.url))


def watch(app: App) -> None:
    """Log what is overdue, each debt once; and forget, once a day, what was kept long enough."""
    found = overdue(app.store.partners.debts(), app.settings.partners, app.clock())
    fresh = [debt for debt in found if not debt.warned]
    for debt in fresh:
        logger.warning(
            "partner=%s overdue %s story=%s channel=%s since=%s",
            debt.partner_id,
            debt.told,
            debt.story_id,
            debt.channel_id,
            debt.since.isoformat(),
        )
    if fresh:
        app.store.partners.warned(fresh)
    day = app.clock().strftime("%Y-%m-%d")
    if app.store.library.meta(EXPIRED) != day:
        app.store.partners.expire(app.clock())
        app.store.library.set_meta(EXPIRED, day)


def acknowledge(app: App, id: str, what: str) -> int:
    """Note that a person at the partner's said that they carried out what they are owed of a story.

    Raises `UsageError` where nothing of it is owed.
    """
    named(app, id)
    mine = [debt for debt in app.store.partners.debts(id) if what in (debt.story_id, debt.stone and debt.stone.url)]
    if not mine:
        raise UsageError(f"{id} is owed nothing of {what!r}; `feeds partner show {id}` tells what is")
    app.store.partners.acknowledged(mine, app.clock())
    return len(mine)


def span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    unit = next(((n, u) for n, u in ((86400, "d"), (3600, "h"), (60, "m")) if seconds >= n), (1, "s"))
    return f"{seconds // unit[0]}{unit[1]}"
