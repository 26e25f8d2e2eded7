"""GET a partner's feed: who may have it, what it is, and a note of who has it now.

`/partner/NAME/CHANNEL/FILE` with HTTP Basic (RFC 7617: any user, the token as password) or Bearer (RFC 6750), and
`/partner/NAME/KEY/CHANNEL/FILE` for readers that know neither: KEY is a token of its own, good in addresses alone.
Where the partner may subscribe, a POST to `/partner/NAME/hub` or `/partner/NAME/KEY/hub` asks its hub (WebSub §5.1):
the topics are its own feeds alone, a secret is a must, and a subscription ends with the token that it was made by.

Whatever is wrong (partner, token, channel, address of the asker), the answer is the one that every address gets at
which nothing is published, and no challenge: who has no token learns not even whom we serve (SRV-01). A right token is
asked for before anything else, so that a flood of wrong ones from one address shuts out nobody (SRV-06).

What counts as received: that a document may be theirs is noted before its first byte leaves; that it is, once its last
byte was handed to the operating system on a connection that stood until then. One that ends before leaves it at the
first. What they acknowledge is what a later request names in If-None-Match, whether it is answered with 304 or not.
"""

import base64
import binascii
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from feeds.core.push import websub
from feeds.model.partner import How, Issue, Partner, TokenKind
from feeds.ports import Clock
from feeds.ports.partners import Office
from feeds.ports.push import Hub
from feeds.web.wire import delta
from feeds.web.wire.client import household
from feeds.web.wire.codings import SUFFIXES, ranked
from feeds.web.wire.conditional import tags_of
from feeds.web.wire.http import HEADERS, NOT_FOUND, Answer, Asked, Entrance, text
from feeds.web.wire.rates import Rates

logger = logging.getLogger(__name__)

WRONG = 20  # wrong tokens a minute from one address that are told "not found"
POLICY = "default-src 'none'; style-src 'self'; sandbox"
PRIVATE = {
    **HEADERS,
    "Cache-Control": "private, no-store",
    "Vary": "Authorization, Accept-Encoding, A-IM",
    "Content-Security-Policy": POLICY,
    "X-Robots-Tag": "noindex, nofollow",
}
NOBODY = sha256(b"nobody has this token").hexdigest()  # compared with where there is none: it takes as long


def entrances(
    office: Office,
    clock: Clock,
    hub: Hub | None = None,
    wake: Callable[[], None] = lambda: None,
    in_clear: Callable[[str], bool] = lambda _: False,
) -> tuple[Entrance, ...]:
    """Return the way in for partners, and to their hubs where there is a *hub*.

    *wake* has a callback asked at once; *in_clear* tells of a host, with its port, whether it may be reached by http.
    """
    pickups = _Pickups(office, clock)
    path = "/partner/{name}/{rest:path}"
    if hub is None:
        return (Entrance(path=path, handler=pickups.answer),)
    subscribing = _Subscribing(pickups, hub, wake, in_clear)
    return (
        Entrance(path=path, handler=pickups.answer),
        Entrance(path=path, handler=subscribing.answer, methods=("POST",)),
    )


class _Pickups:
    def __init__(self, office: Office, clock: Clock) -> None:
        self.office, self.clock = office, clock
        self._wrong = Rates(WRONG, burst=1)
        self._rates: dict[int, Rates] = {}

    def answer(self, asked: Asked) -> Answer:
        parts = asked.path.split("/")[2:]
        name, key, channel, file = (*parts, "", "", "", "")[:4] if len(parts) == 4 else _without_key(parts)
        partner = self.known(asked, name, key)
        if isinstance(partner, Answer):
            return partner
        issue = self.office.issue(partner, channel, file)
        return _not_found() if issue is None else self._told(issue, asked, self._links(partner, issue, key))

    def known(self, asked: Asked, name: str, key: str) -> Partner | Answer:
        """Return who asks, by the token that is shown, as *key* or in a header; or the answer to who may not ask."""
        partner = self.office.partner(name)
        kind: TokenKind = "path" if key else "header"
        shown = key or token_of(asked)
        if not self._knows(name, kind, shown) or partner is None or not _may_ask(partner, asked.client):
            return self._unknown(asked, tried=bool(shown))
        rates = self._rates.setdefault(partner.rate, Rates(partner.rate, burst=1))
        if wait := rates.ask(partner.id, self.clock().timestamp()):
            self.office.refused(partner)
            return _too_often(wait)
        return partner

    def _links(self, partner: Partner, issue: Issue, key: str) -> dict[str, str]:
        """The header that leads to the partner's hub, where it may subscribe (WebSub §4); key and all."""
        if not partner.push.websub:
            return {}
        topic = next(url for url, id in self.office.topics(partner).items() if id == issue.channel_id)
        hub = f"{topic.partition('/partner/')[0]}/partner/{partner.id}/{f'{key}/' if key else ''}hub"
        return {"Link": f'<{hub}>; rel="hub", <{topic}>; rel="self"'}

    def _knows(self, name: str, kind: TokenKind, shown: str) -> bool:
        """Compare with every token that holds, each in the same time (SRV-02)."""
        digest = sha256(shown.encode()).hexdigest()
        found = [compare_digest(digest, known) for known in (*self.office.digests(name, kind), NOBODY)]
        return bool(shown) and any(found[:-1])

    def _unknown(self, asked: Asked, *, tried: bool) -> Answer:
        wait = self._wrong.ask(household(asked.client), self.clock().timestamp()) if tried else 0
        return _too_often(wait) if wait else _not_found()

    def _told(self, issue: Issue, asked: Asked, links: Mapping[str, str]) -> Answer:
        tags = _tags(asked.headers)
        if issue.etag in tags:
            if asked.method == "GET":
                self.office.picked_up(issue, "unchanged", 0)
                self.office.named(issue, tags)
            zipped = f'{issue.etag}-gzip"' in asked.headers.get("if-none-match", "")
            return Answer(status=304, headers={**_given(issue.etag, zipped=zipped), **links})
        wants = delta.asked_for(asked.headers.get("a-im", ""))
        part = self.office.changes(issue, tags) if wants else None
        rendition = part or self.office.rendition(issue)
        if rendition is None:
            return _not_found()
        zipped = bool(rendition.gzipped) and _takes_gzip(asked.headers)
        body = rendition.gzipped if zipped else rendition.body
        coding = {"Content-Encoding": "gzip"} if zipped else {}
        if part:  # RFC 3229 §10.4.1: the tag is that of the whole document, which they have from now on
            coding["IM"] = "feed"
        given = {**_given(issue.etag, zipped=zipped), **links, **coding, "Content-Type": rendition.media_type}
        answer = Answer(status=226 if part else 200, headers=given, body=body)
        if asked.method != "GET":  # who asks for the head alone has nothing of it
            return answer
        how: How = "changes" if part else "polled"
        if tags:
            self.office.named(issue, tags)
        self.office.sending(issue, how)
        return replace(answer, after=lambda whole: self._after(issue, how, len(body), whole=whole))

    def _after(self, issue: Issue, how: How, size: int, *, whole: bool) -> None:
        if whole:
            self.office.picked_up(issue, how, size)
        else:
            self.office.cut(issue)


class _Subscribing:
    """The hubs of partners. What is asked is stored, and the callback is asked whether it meant it."""

    def __init__(self, pickups: _Pickups, hub: Hub, wake: Callable[[], None], in_clear: Callable[[str], bool]) -> None:
        self._pickups, self._hub, self._wake, self._in_clear = pickups, hub, wake, in_clear

    def answer(self, asked: Asked) -> Answer:
        parts = asked.path.split("/")[2:]
        key = parts[1] if len(parts) == 3 else ""
        partner = self._pickups.known(asked, parts[0], key)
        if isinstance(partner, Answer):
            return partner
        if parts[-1] != "hub" or len(parts) > 3 or not partner.push.websub:
            return _not_found()
        now = self._pickups.clock()
        intent = websub.intent_of(asked.form, secrets.token_urlsafe(24), now)
        if isinstance(intent, websub.Refused):
            return text(f"{intent.words}.\n", intent.status)
        if intent.topic not in self._pickups.office.topics(partner):
            return text("hub.topic is no feed of yours; it is what rel=self of the feed's Link header names.\n", 404)
        if intent.mode == "subscribe" and not intent.secret:
            return text("hub.secret is missing: what is private is sent signed.\n", 400)
        callback = urlsplit(intent.callback)
        if callback.scheme != "https" and not self._in_clear(callback.netloc):
            return text("hub.callback has to be an https address: what is private does not go in the clear.\n", 400)
        intent = replace(intent, by=sha256((key or token_of(asked)).encode()).hexdigest())
        if not self._hub.ask(intent, websub.verification(intent, now), websub.BETWEEN_VERIFICATIONS):
            return text("Too many subscriptions wait to be confirmed; try again later.\n", 503, Retry_After="300")
        logger.info("partner=%s asked mode=%s host=%s", partner.id, intent.mode, websub.host_of(intent.callback))
        self._wake()
        return text("Your callback will be asked whether it means this.\n", 202)


def _without_key(parts: list[str]) -> tuple[str, str, str, str]:
    return (parts[0], "", parts[1], parts[2]) if len(parts) == 3 else (parts[0] if parts else "", "", "", "")


def token_of(asked: Asked) -> str:
    """Return the token that a request shows in its header, '' where it shows none that can be read."""
    scheme, _, value = asked.headers.get("authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        return value
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _may_ask(partner: Partner, client: str) -> bool:
    if not partner.addresses:
        return True
    try:
        asker = ip_address(client)
    except ValueError:
        return False
    mapped = getattr(asker, "ipv4_mapped", None) or asker
    return any(mapped in ip_network(network) for network in partner.addresses)


def _takes_gzip(headers: Mapping[str, str]) -> bool:
    """Tell whether gzip, the one coding that is stored, is liked better than plain bytes."""
    return next((c for c in ranked(headers.get("accept-encoding")) if c in ("gzip", "identity")), "") == "gzip"


def _tags(headers: Mapping[str, str]) -> set[str]:
    """Return the etags that If-None-Match names (weakly, RFC 9110 §13.1.2); `*` names nothing that they hold."""
    return {tag.removesuffix(SUFFIXES["gzip"]) for tag in tags_of(headers.get("if-none-match", ""))}


def _given(etag: str, *, zipped: bool) -> dict[str, str]:
    return {**PRIVATE, "ETag": f'"{etag}-gzip"' if zipped else f'"{etag}"'}


def _not_found() -> Answer:
    return text(NOT_FOUND, 404)


def _too_often(wait: int) -> Answer:
    return text("Too many requests; try again later.\n", 429, Retry_After=str(wait))
