"""GET a partner's feed: who may have it, what it is, and a note of who has it now.

`/partner/NAME/CHANNEL/FILE` with HTTP Basic (RFC 7617: any user, the token as password) or Bearer (RFC 6750), and
`/partner/NAME/KEY/CHANNEL/FILE` for readers that know neither: KEY is a token of its own, good in addresses alone.

Whatever is wrong (partner, token, channel, address of the asker), the answer is the one that every address gets at
which nothing is published, and no challenge: who has no token learns not even whom we serve (SRV-01). A right token is
asked for before anything else, so that a flood of wrong ones from one address shuts out nobody (SRV-06).
"""

import base64
import binascii
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from ipaddress import ip_address, ip_network

from feeds.model.partner import Issue, Partner, TokenKind
from feeds.ports import Clock, Office
from feeds.web import delta
from feeds.web.client import household
from feeds.web.codings import SUFFIXES, ranked
from feeds.web.conditional import tags_of
from feeds.web.http import HEADERS, NOT_FOUND, Answer, Asked, Entrance, text
from feeds.web.rates import Rates

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


def entrances(office: Office, clock: Clock) -> tuple[Entrance, ...]:
    """Return the way in for partners."""
    pickups = _Pickups(office, clock)
    return (Entrance(path="/partner/{name}/{rest:path}", handler=pickups.answer),)


class _Pickups:
    def __init__(self, office: Office, clock: Clock) -> None:
        self._office, self._clock = office, clock
        self._wrong = Rates(WRONG, burst=1)
        self._rates: dict[int, Rates] = {}

    def answer(self, asked: Asked) -> Answer:
        parts = asked.path.split("/")[2:]
        name, key, channel, file = (*parts, "", "", "", "")[:4] if len(parts) == 4 else _without_key(parts)
        partner = self._office.partner(name)
        kind: TokenKind = "path" if key else "header"
        shown = key or _shown(asked.headers.get("authorization", ""))
        if not self._knows(name, kind, shown) or partner is None or not _may_ask(partner, asked.client):
            return self._unknown(asked, tried=bool(shown))
        rates = self._rates.setdefault(partner.rate, Rates(partner.rate, burst=1))
        if wait := rates.ask(partner.id, self._clock().timestamp()):
            self._office.refused(partner)
            return _too_often(wait)
        issue = self._office.issue(partner, channel, file)
        return _not_found() if issue is None else self._told(issue, asked)

    def _knows(self, name: str, kind: TokenKind, shown: str) -> bool:
        """Compare with every token that holds, each in the same time (SRV-02)."""
        digest = sha256(shown.encode()).hexdigest()
        found = [compare_digest(digest, known) for known in (*self._office.digests(name, kind), NOBODY)]
        return bool(shown) and any(found[:-1])

    def _unknown(self, asked: Asked, *, tried: bool) -> Answer:
        wait = self._wrong.ask(household(asked.client), self._clock().timestamp()) if tried else 0
        return _too_often(wait) if wait else _not_found()

    def _told(self, issue: Issue, asked: Asked) -> Answer:
        if _has(asked.headers, issue.etag):
            if asked.method == "GET":
                self._office.picked_up(issue, "unchanged", 0)
            zipped = f'{issue.etag}-gzip"' in asked.headers.get("if-none-match", "")
            return Answer(status=304, headers=_given(issue.etag, zipped=zipped))
        wants = delta.asked_for(asked.headers.get("a-im", ""))
        part = self._office.changes(issue, _tags(asked.headers)) if wants else None
        rendition = part or self._office.rendition(issue)
        if rendition is None:
            return _not_found()
        zipped = bool(rendition.gzipped) and _takes_gzip(asked.headers)
        body = rendition.gzipped if zipped else rendition.body
        if asked.method == "GET":  # who asks for the head alone has nothing of it
            self._office.picked_up(issue, "changes" if part else "polled", len(body))
        coding = {"Content-Encoding": "gzip"} if zipped else {}
        given = _given(issue.etag, zipped=zipped)
        if part:  # RFC 3229 §10.4.1: the tag is that of the whole document, which they have from now on
            coding["IM"] = "feed"
        status = 226 if part else 200
        return Answer(status=status, headers={**given, **coding, "Content-Type": rendition.media_type}, body=body)


def _without_key(parts: list[str]) -> tuple[str, str, str, str]:
    return (parts[0], "", parts[1], parts[2]) if len(parts) == 3 else (parts[0] if parts else "", "", "", "")


def _shown(authorization: str) -> str:
    """Return the token that a request shows, '' where it shows none that can be read."""
    scheme, _, value = authorization.partition(" ")
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


def _has(headers: Mapping[str, str], etag: str) -> bool:
    """Tell whether If-None-Match names *etag* (weakly, RFC 9110 §13.1.2); `*` names nothing that they hold."""
    return etag in _tags(headers)


def _tags(headers: Mapping[str, str]) -> set[str]:
    return {tag.removesuffix(SUFFIXES["gzip"]) for tag in tags_of(headers.get("if-none-match", ""))}


def _given(etag: str, *, zipped: bool) -> dict[str, str]:
    return {**PRIVATE, "ETag": f'"{etag}-gzip"' if zipped else f'"{etag}"'}


def _not_found() -> Answer:
    return text(NOT_FOUND, 404)


def _too_often(wait: int) -> Answer:
    return text("Too many requests; try again later.\n", 429, Retry_After=str(wait))
