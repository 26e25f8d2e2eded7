"""Who gets a partner's feed, and how it is sent."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from feeds.model.channel import Channel, Rendition
from feeds.model.partner import Held, How, Issue, Partner, TokenKind
from feeds.web import partner
from feeds.web.wire.http import Answer, Asked

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOKEN, KEY, OTHER = "feeds_" + "t" * 43, "feedsurl_" + "k" * 43, "feeds_" + "o" * 43
BODY = b"<feed/>" * 40


class Office:
    """Two partners, one channel each."""

    def __init__(self, **more: object) -> None:
        self.partners = {
            "portal": Partner(id="portal", rate=5, **more),  # type: ignore[arg-type]  # values of its fields
            "other": Partner(id="other"),
        }
        self.tokens: dict[tuple[str, TokenKind], list[str]] = {
            ("portal", "header"): [TOKEN],
            ("portal", "path"): [KEY],
            ("other", "header"): [OTHER],
        }
        self.picked: list[tuple[str, How, int]] = []
        self.sent: list[tuple[str, How]] = []
        self.cuts: list[str] = []
        self.names: list[set[str]] = []
        self.too_often = 0
        self.asked: list[str] = []

    def partner(self, id: str) -> Partner | None:
        return self.partners.get(id)

    def digests(self, id: str, kind: TokenKind) -> Sequence[str]:
        self.asked.append(id)
        return [sha256(token.encode()).hexdigest() for token in self.tokens.get((id, kind), [])]

    def issue(self, partner: Partner, channel_id: str, file: str) -> Issue | None:
        if (channel_id, file) != ("all", "atom.xml"):
            return None
        return Issue(
            partner_id=partner.id, channel_id="all", etag=f"e-{partner.id}", updated=NOW, held=(Held("tag:a", NOW),)
        )

    def rendition(self, issue: Issue) -> Rendition | None:
        return Rendition(
            channel_id="all",
            format="atom",
            path="/partner/x/all/atom.xml",
            media_type="application/atom+xml; charset=utf-8",
            pieces=(BODY + issue.partner_id.encode(),),
            gzipped=b"gzip of " + issue.partner_id.encode(),
            etag=issue.etag,
            updated=NOW,
        )

    def changes(self, issue: Issue, tags: Collection[str]) -> Rendition | None:
        found = self.rendition(issue)
        return replace(found, pieces=(b"<new/>",), gzipped=b"") if found and "before" in tags else None

    def channels(self, partner: Partner) -> Mapping[str, Channel]:
        return {}

    def topics(self, partner: Partner) -> Mapping[str, str]:
        return {f"https://desk.example/partner/{partner.id}/all/atom.xml": "all"}

    def until(self, issue: Issue) -> None:
        return None

    def sending(self, issue: Issue, how: How) -> None:
        self.sent.append((issue.partner_id, how))

    def cut(self, issue: Issue) -> None:
        self.cuts.append(issue.partner_id)

    def named(self, issue: Issue, tags: Collection[str]) -> None:
        self.names.append({*tags})

    def flush(self) -> None:
        """Nothing is counted."""

    def picked_up(self, issue: Issue, how: How, sent: int) -> None:
        self.picked.append((issue.partner_id, how, sent))

    def refused(self, partner: Partner) -> None:
        self.too_often += 1


class Door:
    """A client of the one entrance; its clock stands still."""

    def __init__(self, office: Office) -> None:
        self.office, self.now, self.whole = office, NOW, True
        (self.entrance,) = partner.entrances(office, lambda: self.now)

    def get(self, path: str, method: str = "GET", client: str = "203.0.113.7", **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.entrance.handler(Asked(path=path, method=method, headers=given, client=client))
        if answer.after:
            answer.after(self.whole)
        return answer


def basic(token: str, user: str = "any") -> str:
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()


@pytest.fixture
def door() -> Door:
    return Door(Office())


GOOD = "/partner/portal/all/atom.xml"


@pytest.mark.parametrize(
    ("path", "authorization"),
    [
        pytest.param(GOOD, f"Bearer {TOKEN}", id="bearer"),
        pytest.param(GOOD, f"bearer  {TOKEN}", id="bearer in lower case"),
        pytest.param(GOOD, basic(TOKEN), id="basic"),
        pytest.param(GOOD, basic(TOKEN, ""), id="basic without a user"),
        pytest.param(f"/partner/portal/{KEY}/all/atom.xml", "", id="key in the address"),
    ],
)
def test_whoever_shows_a_token_gets_the_feed(door: Door, path: str, authorization: str) -> None:
    answer = door.get(path, authorization=authorization)
    assert (answer.status, answer.body) == (200, BODY + b"portal")
    assert door.office.picked == [("portal", "polled", len(answer.body))]


REFUSED = {
    "no token": (GOOD, ""),
    "a wrong token": (GOOD, "Bearer feeds_" + "x" * 43),
    "a token cut short": (GOOD, f"Bearer {TOKEN[:-1]}"),
    "a token in upper case": (GOOD, f"Bearer {TOKEN.upper()}"),
    "a hash for a token": (GOOD, f"Bearer {sha256(TOKEN.encode()).hexdigest()}"),
    "another partner's token": (GOOD, f"Bearer {OTHER}"),
    "an unknown partner": ("/partner/nobody/all/atom.xml", f"Bearer {TOKEN}"),
    "an unknown channel": ("/partner/portal/none/atom.xml", f"Bearer {TOKEN}"),
    "another dialect": ("/partner/portal/all/rss.xml", f"Bearer {TOKEN}"),
    "a token in the address": (f"/partner/portal/{TOKEN}/all/atom.xml", ""),
    "a key as a token": (GOOD, f"Bearer {KEY}"),
    "a key, and a right token beside it": (f"/partner/portal/{KEY}x/all/atom.xml", f"Bearer {TOKEN}"),
    "too long a path": (GOOD + "/more/x", f"Bearer {TOKEN}"),
    "no path": ("", f"Bearer {TOKEN}"),
    "another scheme": (GOOD, f"Digest {TOKEN}"),
    "basic that is no base64": (GOOD, "Basic %%%"),
    "basic that is no text": (GOOD, "Basic " + base64.b64encode(b"\xff:\xff").decode()),
}


@pytest.mark.parametrize("case", REFUSED)
def test_srv_01_every_refusal_is_the_same_404(door: Door, case: str) -> None:
    """SRV-01, SRV-07: without a challenge, with equal headers and body, and after the same questions to the store."""
    path, authorization = REFUSED[case]
    answer = door.get(path, authorization=authorization)
    plain = Door(Office()).get("/partner/nobody/x/y")
    assert (answer.status, answer.headers, answer.body) == (404, plain.headers, plain.body)
    assert answer.headers["Cache-Control"] == "no-store", "else a cache gives it to who shows a token"
    assert not {name.lower() for name in answer.headers} & {"www-authenticate", "vary", "etag"}
    assert len(door.office.asked) == 1, "a partner that is not there costs as much as one that is"
    assert door.office.picked == []


def test_srv_02_tokens_are_compared_in_constant_time(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def noted(a: str, b: str) -> bool:
        compared.append((a, b))
        return a == b

    monkeypatch.setattr(partner, "compare_digest", noted)
    for path in (GOOD, "/partner/nobody/all/atom.xml"):
        door.get(path, authorization="Bearer x")
    assert [len(a) == len(b) == 64 for a, b in compared] == [True] * 3, "hashes alone, and one more where there is none"


def test_srv_03_a_token_goes_nowhere(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    for path, authorization in ((GOOD, f"Bearer {TOKEN}"), (f"/partner/portal/{KEY}/all/atom.xml", "")):
        answer = door.get(path, authorization=authorization)
        said = repr(answer.headers).encode() + answer.body
        assert TOKEN.encode() not in said
        assert KEY.encode() not in said
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert TOKEN not in caplog.text
    assert KEY not in caplog.text


def test_srv_04_a_revoked_token_is_refused_at_once(door: Door) -> None:
    assert door.get(GOOD, authorization=f"Bearer {TOKEN}").status == 200
    door.office.tokens["portal", "header"] = ["feeds_new"]
    assert door.get(GOOD, authorization=f"Bearer {TOKEN}").status == 404


def test_srv_05_no_shared_cache_may_keep_it(door: Door) -> None:
    """A cache that heeds Cache-Control and Vary keeps nothing, and what it kept all the same it gives to nobody else."""
    answer = door.get(GOOD, authorization=f"Bearer {TOKEN}")
    assert {"private", "no-store"} <= {part.strip() for part in answer.headers["Cache-Control"].split(",")}
    assert "Authorization" in answer.headers["Vary"]
    kept: dict[str, Answer] = {}

    def through(path: str, token: str) -> Answer:
        if path not in kept:
            fresh = door.get(path, authorization=f"Bearer {token}")
            if "no-store" in fresh.headers.get("Cache-Control", ""):
                return fresh
            kept[path] = fresh
        return kept[path]

    assert through(GOOD, TOKEN).body.endswith(b"portal")
    assert through(GOOD, OTHER).status == 404
    assert through("/partner/other/all/atom.xml", OTHER).body.endswith(b"other")


def test_srv_06_wrong_tokens_shut_out_nobody_else(door: Door) -> None:
    statuses = [door.get(GOOD, authorization=f"Bearer wrong{n}").status for n in range(1000)]
    assert statuses[:20] == [404] * 20
    assert set(statuses[20:]) == {429}
    answer = door.get(GOOD, authorization="Bearer wrong")
    assert answer.headers["Retry-After"] == "3"
    assert door.get(GOOD, client="198.51.100.1", authorization="Bearer wrong").status == 404, "another address"
    assert door.get(GOOD, authorization=f"Bearer {TOKEN}").status == 200, "a right one from the same address"
    door.now += timedelta(minutes=1)
    assert door.get(GOOD, authorization="Bearer wrong").status == 404


def test_srv_06_the_addresses_of_one_customer_count_as_one(door: Door) -> None:
    """A provider gives each customer 2^64 addresses of IPv6."""
    asked = [door.get(GOOD, client=f"2001:db8::{n:x}", authorization="Bearer wrong").status for n in range(30)]
    assert asked == [404] * 20 + [429] * 10
    assert door.get(GOOD, client="2001:db8:0:1::1", authorization="Bearer wrong").status == 404, "another customer"


def test_a_partner_asks_so_often_and_no_more(door: Door) -> None:
    statuses = [door.get(GOOD, authorization=f"Bearer {TOKEN}").status for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert door.office.too_often == 2
    assert door.get("/partner/other/all/atom.xml", authorization=f"Bearer {OTHER}").status == 200
    door.now += timedelta(minutes=1)
    assert door.get(GOOD, authorization=f"Bearer {TOKEN}").status == 200


@pytest.mark.parametrize(
    ("client", "status"),
    [
        ("203.0.113.7", 200),
        ("::ffff:203.0.113.7", 200),
        ("2001:db8::1", 200),
        ("203.0.114.1", 404),
        ("", 404),
        ("unknown", 404),
    ],
)
def test_a_list_of_addresses(client: str, status: int) -> None:
    door = Door(Office(addresses=("203.0.113.0/24", "2001:db8::/32")))
    assert door.get(GOOD, client=client, authorization=f"Bearer {TOKEN}").status == status


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ('"e-portal"', 304),
        ('"e-portal-gzip"', 304),
        ('W/"e-portal"', 304),
        ('"a", "e-portal"', 304),
        ("e-portal", 304),
        ('"e-other"', 200),
        ("*", 200),
    ],
)
def test_a_validator_tells_what_they_hold(door: Door, tag: str, status: int) -> None:
    answer = door.get(GOOD, authorization=f"Bearer {TOKEN}", if_none_match=tag)
    assert (answer.status, bool(answer.body)) == (status, status == 200)
    assert door.office.picked == [("portal", "polled" if status == 200 else "unchanged", len(answer.body))]
    assert answer.headers["ETag"] == ('"e-portal-gzip"' if "gzip" in tag else '"e-portal"')


@pytest.mark.parametrize(
    ("a_im", "tag", "status"),
    [
        ("feed", '"before-gzip"', 226),
        ("vcdiff, feed", '"x", "before"', 226),
        ("feed", '"e-portal"', 304),
        ("feed", '"x"', 200),
        ("", '"before"', 200),
        ("feed;q=0", '"before"', 200),
    ],
)
def test_only_what_is_new_for_those_who_ask(door: Door, a_im: str, tag: str, status: int) -> None:
    answer = door.get(GOOD, authorization=f"Bearer {TOKEN}", a_im=a_im, if_none_match=tag)
    how = {226: "changes", 200: "polled", 304: "unchanged"}[status]
    assert (answer.status, answer.headers.get("IM", "")) == (status, "feed" if status == 226 else "")
    assert door.office.picked == [("portal", how, len(answer.body))]
    assert answer.headers["ETag"] == '"e-portal"', "that of the whole"


def test_gzip_is_sent_to_those_who_take_it(door: Door) -> None:
    answer = door.get(GOOD, authorization=f"Bearer {TOKEN}", accept_encoding="br, gzip")
    assert (answer.body, answer.headers["Content-Encoding"]) == (b"gzip of portal", "gzip")
    assert answer.headers["ETag"] == '"e-portal-gzip"'
    assert b"gzip" not in door.get(GOOD, authorization=f"Bearer {TOKEN}", accept_encoding="gzip;q=0").body


def test_who_asks_for_the_head_has_nothing_of_it(door: Door) -> None:
    assert door.get(GOOD, method="HEAD", authorization=f"Bearer {TOKEN}").status == 200
    assert door.office.picked == []


def test_what_is_sent_is_inert_and_unlisted(door: Door) -> None:
    headers: Mapping[str, str] = door.get(GOOD, authorization=f"Bearer {TOKEN}").headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_what_is_sent_is_noted_before_and_received_after(door: Door) -> None:
    door.get(GOOD, authorization=f"Bearer {TOKEN}")
    assert door.office.sent == [("portal", "polled")]
    assert [how for _, how, _ in door.office.picked] == ["polled"]
    assert door.office.cuts == []


def test_what_was_cut_is_not_received(door: Door) -> None:
    door.whole = False
    door.get(GOOD, authorization=f"Bearer {TOKEN}")
    assert door.office.sent == [("portal", "polled")]
    assert (door.office.picked, door.office.cuts) == ([], ["portal"])


@pytest.mark.parametrize("tag", ["e-portal", "before"])
def test_what_a_request_names_is_told_whatever_it_is_answered(door: Door, tag: str) -> None:
    door.get(GOOD, authorization=f"Bearer {TOKEN}", if_none_match=f'"{tag}"')
    assert door.office.names == [{tag}]
