"""Fingerprints, match keys and published ids."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.entries import identity
from feeds.core.words import text
from feeds.model.entry import Enclosure, Entry, Image, Label, Person, Reply
from feeds.model.podcast import Podcast
from feeds.model.settings import Dedupe, Site
from tests.core.made import LONG, LONG_KOREAN, entry

SITE = Site(title="Desk", url="https://news.example.kr")


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        pytest.param({"title": "Other"}, True, id="title"),
        pytest.param({"content": "<p>Other</p>"}, True, id="content"),
        pytest.param({"enclosures": (Enclosure(url="https://a.example/x.mp3"),)}, True, id="file"),
        pytest.param({"hold": "draft"}, True, id="hold"),
        pytest.param({"release": datetime(2030, 1, 1, tzinfo=UTC)}, True, id="release"),
        pytest.param({"published": datetime(2020, 1, 1, tzinfo=UTC)}, False, id="published: feeds re-date everything"),
        pytest.param({"updated": datetime(2020, 1, 1, tzinfo=UTC)}, False, id="updated"),
        pytest.param({"guid": "other"}, False, id="guid"),
        pytest.param({"path": "moved.md"}, False, id="path"),
        pytest.param({"podcast": Podcast(episode=3)}, True, id="episode"),
        pytest.param({"answers": (Reply(id="urn:x:1"),)}, True, id="what it answers"),
        pytest.param({"labels": (Label(name="a", term="b"),)}, True, id="labels"),
        pytest.param({"image": Image(url="https://a.example/1.png", credit="Kim")}, True, id="credit"),
    ],
)
def test_fingerprint(change: dict[str, object], differs: bool) -> None:
    one = entry()
    assert (identity.fingerprint(one) != identity.fingerprint(replace(one, **change))) is differs  # type: ignore[arg-type]


def test_what_is_kept_since_changes_no_mark_of_an_entry_without_it() -> None:
    """The mark was taken before files had credits and entries episodes: no library finds all of them changed."""
    one = Entry(
        source_id="a", guid="1", url="https://a.example/1", title="t", summary="s", content="<p>c</p>",
        authors=(Person(name="Kim"),), tags=("x",),
        enclosures=(Enclosure(url="https://a.example/1.mp3", media_type="audio/mpeg", length=3,
                              duration=timedelta(seconds=5)),),
        image=Image(url="https://a.example/1.png", alt="a", width=3, height=2),
    )  # fmt: skip
    assert identity.fingerprint(one) == "3263c461c5d251418144eac947619688"
    assert identity.fingerprint(replace(one, podcast=Podcast(season=1))) != identity.fingerprint(one)


@pytest.mark.parametrize(
    ("guid", "valid"),
    [
        pytest.param("tag:a.example,2026-01-05:post/1", True, id="tag"),
        pytest.param("tag:a.example,2026-1-5:post", False, id="tag with a short date (RFC 4151)"),
        pytest.param("urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", True, id="uuid"),
        pytest.param("urn:uuid:60a76c80", False, id="cut uuid"),
        pytest.param("urn:isbn:0451450523", True, id="urn"),
        pytest.param("urn:isbn:0451450523/5", False, id="urn that validators refuse"),
        pytest.param("urn:isbn:0451450523?5", False, id="urn with a query"),
        pytest.param("https://a.example/x?p=1#y", True, id="http"),
        pytest.param("http://a.example/x y", False, id="blank inside"),
        pytest.param("https://a.example/기술", False, id="not yet encoded"),
        pytest.param("https://a.example/100%", False, id="broken escape"),
        pytest.param("12345", False, id="number"),
        pytest.param("", False, id="empty"),
    ],
)
def test_is_global(guid: str, valid: bool) -> None:
    assert identity.is_global(guid) is valid


@pytest.mark.parametrize(
    ("given", "prefixes"),
    [
        pytest.param(entry("7", url="", content="<p>Short.</p>"), [], id="nothing that identifies"),
        pytest.param(entry("tag:a.example,2026:1", url=""), ["id"], id="global id"),
        pytest.param(entry("7", url="https://a.example/"), [], id="front page"),
        pytest.param(entry("7", url="https://a.example/?p=7"), ["url"], id="front page with a query"),
        pytest.param(entry("7", url="", content=f"<p>{LONG}</p>"), ["text"], id="English text"),
        pytest.param(entry("7", url="", content=f"<p>{LONG_KOREAN}</p>"), ["text"], id="Korean text"),
        pytest.param(entry("7", url="", content=f"<p>{LONG} {'And so on, word for word. ' * 40}</p>"), ["text", "body"], id="long"),
    ],
)  # fmt: skip
def test_match_keys(given: Entry, prefixes: list[str]) -> None:
    assert [k.partition(":")[0] for k in identity.match_keys(given, Dedupe())] == prefixes


SYLLABLES = st.text(st.sampled_from("가나다 .,·・a1Z_東ㄱ"), max_size=1500)


@given(SYLLABLES)
def test_a_body_is_measured_as_if_unit_by_unit(body: str) -> None:
    """The quick ways give what counting every word and syllable gives."""
    east = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af"
    pieces = re.findall(rf"[{east}]|[^\W_]+", body)
    most = identity.UNITS_ALONE
    size, squeezed = identity._measured(body)
    assert squeezed == "".join(pieces)
    assert min(size, most) == min(sum(1 if piece >= "\u1100" else 2 for piece in pieces), most)


def test_keys_that_are_switched_off_are_not_made() -> None:
    one = entry("7", content=f"<p>{LONG}</p>")
    assert identity.match_keys(one, Dedupe(same_url=False, same_text=False)) == ()


def test_text_key_ignores_markup_spacing_and_quotes() -> None:
    one = entry("1", title="“다리”", content=f"<p>{LONG_KOREAN}</p>", url="")
    two = entry("2", title='"다리"', content=f"<div><b>{LONG_KOREAN.replace(' ', '')}</b></div>", url="")
    assert identity.match_keys(one, Dedupe()) == identity.match_keys(two, Dedupe())


@pytest.mark.parametrize(
    ("given", "site", "local", "free", "expected"),
    [
        pytest.param(entry("tag:a.example,2026:1"), SITE, False, True, "tag:a.example,2026:1", id="remote keeps its id"),
        pytest.param(entry("https://a.example/기술"), SITE, False, True, None, id="remote with an invalid one gets ours"),
        pytest.param(entry("tag:a.example,2026:1"), SITE, False, False, None, id="an id that is taken"),
        pytest.param(entry("blob:1", guid_made=True), SITE, True, True, None, id="post"),
        pytest.param(entry("urn:x-desk:7"), SITE, True, True, "urn:x-desk:7", id="post whose author gave a URI"),
        pytest.param(entry("blob:1", url="https://a.example/p/"), replace(SITE, ids="url"), True, True, "https://a.example/p/", id="ids: url"),
        pytest.param(entry("blob:1", url="https://a.example/p/"), replace(SITE, ids="jekyll-feed"), True, True, "https://a.example/p", id="ids: jekyll-feed"),
        pytest.param(entry("blob:1", url="https://a.example/p.html", feed_id="https://a.example/p"), replace(SITE, ids="jekyll-feed"), True, True, "https://a.example/p", id="ids: jekyll-feed, of a Jekyll site"),
        pytest.param(entry("blob:1", url="https://a.example/p.html", feed_id="https://a.example/p"), replace(SITE, ids="jekyll-feed"), True, False, None, id="ids: jekyll-feed, taken by another post"),
        pytest.param(entry("blob:1", url="https://a.example/p.html", feed_id="https://a.example/p"), SITE, True, True, None, id="ids: tag beside jekyll-feed"),
        pytest.param(entry("blob:1", url="https://a.example/p/"), replace(SITE, ids="url"), False, True, None, id="ids: url is for posts"),
    ],
)  # fmt: skip
def test_story_id(given: Entry, site: Site, local: bool, free: bool, expected: str | None) -> None:
    made = f"tag:news.example.kr,2005:{identity.digest(given.source_id, given.guid)}"
    given = replace(given, guid_made=given.guid.startswith("blob:"))
    assert identity.story_id(given, site, local=local, free=free) == (expected or made)


def test_story_id_of_a_hangul_host_is_ascii() -> None:
    site = Site(title="Desk", url="https://뉴스.kr")
    assert identity.story_id(entry("1"), site, local=True, free=True).startswith("tag:xn--")


@given(st.text(st.characters(max_codepoint=0x7E) | st.sampled_from("`'\"-_\n é가İﬁ²")), st.booleans())
def test_what_is_alike_is_measured_as_what_is_folded(words: str, marked_up: bool) -> None:
    said = text.tidy(words)
    found = entry(content=f"<p>{escape(said)}</p>") if marked_up else entry(content="", summary=text.one_line(said))
    assert identity._measured(identity._alike(found)) == identity._measured(identity.body_of(found))
