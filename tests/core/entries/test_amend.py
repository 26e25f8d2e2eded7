"""What an owner says about a feed is what is read; nothing else changes, and each change is told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.core.deciding.ledger import recognise
from feeds.core.entries.amend import EMPTY, amend
from feeds.core.entries.normalise import normalise
from feeds.model.changes import Known
from feeds.model.entry import Enclosure, Entry, Image, Parsed, Person, RawEntry, Text
from feeds.model.oddity import Effect
from feeds.model.source import FeedInfo, Options, Rewrite, Source

URL = "https://a.example/feeds/all.xml"
DAY = datetime(2026, 1, 1, tzinfo=UTC)
RAW = RawEntry(
    guid="g1",
    url="https://a.example/1",
    title=Text(value="[AD] One"),
    summary=Text(value="Sum"),
    content=Text(value="<p>Words<img src='x.png'></p>", kind="html"),
    published=DAY,
    updated=DAY,
    authors=(Person(name="by Kim"),),
    tags=("old/news", "old/"),
    categories=("old/c",),
    enclosures=(Enclosure(url="https://a.example/a.mp3"),),
    image=Image(url="https://a.example/i.png"),
    language="ko",
    rights="R",
    comments="https://a.example/1#c",
    base_url=URL,
)


def amended(raw: RawEntry = RAW, info: FeedInfo | None = None, **options: Any) -> tuple[RawEntry, Effect]:
    found = amend(Parsed(entries=(raw,), info=info or FeedInfo()), Options(**options), URL)
    return found.parsed.entries[0], found.effects[0]


def test_nothing_said_changes_nothing() -> None:
    parsed = Parsed(entries=(RAW,))
    found = amend(parsed, Options(), URL)
    assert found.parsed is parsed
    assert found.effects == ()


@pytest.mark.parametrize("field", EMPTY)
def test_ignored_field_is_gone_and_no_other(field: Any) -> None:
    raw, effect = amended(ignore=(field,))
    assert raw == replace(RAW, **EMPTY[field])
    assert raw != RAW
    assert (effect.option, effect.entries, effect.after) == (f"ignore: {field}", 1, "")


@pytest.mark.parametrize(
    ("field", "find", "to", "changed", "after"),
    [
        pytest.param("title", r"^\[AD\] ", "", {"title": Text(value="One")}, "One", id="title"),
        pytest.param("author", "^by ", "", {"authors": (Person(name="Kim"),)}, "Kim", id="author"),
        pytest.param("link", "^https:", "http:", {"url": "http://a.example/1"}, "http://a.example/1", id="link"),
        pytest.param("guid", "g", "h", {"guid": "h1"}, "h1", id="guid"),
        pytest.param("tags", "^old/", "", {"tags": ("news",), "categories": ("c",)}, "news; c", id="an empty tag goes"),
        pytest.param("summary", "S", "s", {"summary": Text(value="sum")}, "sum", id="summary"),
    ],
)
def test_rewritten_field(field: Any, find: str, to: str, changed: dict[str, Any], after: str) -> None:
    raw, effect = amended(rewrite=(Rewrite(field=field, find=find, replace=to),))
    assert raw == replace(RAW, **changed)
    assert (effect.entries, effect.after) == (1, after)


def test_changes_follow_one_another() -> None:
    raw, _ = amended(rewrite=(Rewrite(field="title", find="One", replace="Two"), Rewrite(field="title", find="Two")))
    assert raw.title == Text(value="[AD] ")


def test_an_override_that_meets_nothing_is_told_too() -> None:
    _, effect = amended(rewrite=(Rewrite(field="title", find="Three"),))
    assert effect == Effect(option="rewrite: title 'Three' to ''")


@pytest.mark.parametrize(
    ("base", "image"),
    [
        pytest.param("document", "https://a.example/posts/x.png", id="the item's page where the document says nothing"),
        pytest.param("feed", "https://a.example/feeds/x.png", id="feed"),
        pytest.param("site", "https://site.example/blog/x.png", id="site"),
        pytest.param("page", "https://a.example/posts/x.png", id="page"),
    ],
)
def test_relative_addresses_stand_on(base: Any, image: str) -> None:
    raw = replace(RAW, url="https://a.example/posts/1")
    parsed = Parsed(entries=(raw,), info=FeedInfo(home="https://site.example/blog/"))
    source = Source(id="a", kind="feed", location=URL, options=Options(base=base))
    assert f'src="{image}"' in normalise(parsed, source, URL).entries[0].content


def read(options: Options, *raws: RawEntry) -> tuple[Entry, ...]:
    return normalise(Parsed(entries=raws), Source(id="a", kind="feed", location=URL, options=options), URL).entries


@pytest.mark.parametrize(
    ("ids", "stays", "differs"),
    [
        pytest.param("guid", {"title": Text(value="T")}, {"guid": "g2"}, id="guid"),
        pytest.param("link", {"guid": "g2"}, {"url": "https://a.example/2"}, id="link"),
        pytest.param("title_link", {"guid": "g2"}, {"title": Text(value="Two")}, id="title and link"),
        pytest.param(
            "content", {"guid": "g2", "url": "https://a.example/2"}, {"content": Text(value="X")}, id="content"
        ),
    ],
)
def test_what_tells_entries_apart(ids: Any, stays: dict[str, Any], differs: dict[str, Any]) -> None:
    options = Options(ids=ids)
    one = read(options, RAW)[0].guid
    assert read(options, replace(RAW, **stays))[0].guid == one
    assert read(options, replace(RAW, **differs))[0].guid != one


def test_one_guid_on_all_items_is_cured_by_links() -> None:
    raws = [replace(RAW, url=f"https://a.example/{n}") for n in range(3)]
    assert [e.guid for e in read(Options(ids="link"), *raws)] == [raw.url for raw in raws]


@pytest.mark.parametrize("before", ["guid", "link", "title_link", "content"])
@pytest.mark.parametrize("after", ["guid", "link", "title_link", "content"])
def test_a_new_rule_reposts_nothing(before: Any, after: Any) -> None:
    """Field note 24: the entries are known as before, under whatever rule."""
    raws = [
        replace(RAW, guid=f"g{n}", url=f"https://a.example/{n}", title=Text(value=f"T{n}"), content=Text(value=f"W{n}"))
        for n in range(4)
    ]
    old = read(Options(ids=before), *raws)
    known = {e.guid: Known(entry=e, fingerprint="", status="kept", story_id=e.guid, first_seen=DAY) for e in old}
    again = recognise(read(Options(ids=after), *raws), known, (), local=False)
    assert [e.guid for e in again] == [e.guid for e in old]


def test_a_title_that_changes_after_the_rule_did_makes_no_new_entry() -> None:
    old = read(Options(), RAW)[0]
    known = {old.guid: Known(entry=old, fingerprint="", status="kept", story_id="s", first_seen=DAY)}
    new = read(Options(ids="link"), replace(RAW, title=Text(value="Corrected")))
    assert [e.guid for e in recognise(new, known, (), local=False, by_link=True)] == [old.guid]
    two = (*new, replace(new[0], guid="other"))
    assert old.guid not in {e.guid for e in recognise(two, known, (), local=False, by_link=True)}
