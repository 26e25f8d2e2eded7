"""What is told is read back: any feed, in each format, by our own parser, by feedparser and by a JSON Schema.

Each format is held to what it can say. RSS has no date of change, no pages of persons, and no way to tell whether a
title is HTML, and no terms beside the names of categories.
"""

import io
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from html import escape

import feedparser
import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.core.entries.clean import clean
from feeds.core.entries.normalise import normalise
from feeds.core.words.text import tidy
from feeds.model.channel import Feed, Format, Item
from feeds.model.entry import Enclosure, Entry, Image, Label, Origin, Person, Reply
from feeds.model.podcast import Podcast, Transcript, Voice
from feeds.model.source import Document, Source
from feeds.model.story import Story
from feeds.parse import parse
from feeds.render import RENDERERS, safe
from feeds.render.entries import first_enclosure
from feeds.render.shown import show
from tests.render.samples import DAILY, PLANET, channel, entry, feed, item, member
from tests.render.test_jsonfeed import SCHEMA

FEEDS: tuple[Format, ...] = ("atom", "rss", "json")
HOME = "https://news.example.kr/"
SIGNS = "가나다 abcXYZ 🔋שלום é—“”'.,;:!?#%+-_~*()[]{}|/\\@$^=1234567890"


def tidied(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", tidy(text)).split())


def words(most: int, signs: str = SIGNS) -> st.SearchStrategy[str]:
    return st.text(signs, min_size=1, max_size=most).map(tidied).filter(lambda t: any(c.isalpha() for c in t))


NAMES = st.text("가나다라 abcXYZ-.'", min_size=1, max_size=20).map(tidied).filter(lambda t: any(c.isalpha() for c in t))
URLS = st.integers(1, 10**6).flatmap(
    lambda n: st.sampled_from([f"https://a.example/{n}?a=1&b=2", f"http://b.example/{n}#c"])
)
PEOPLE = st.builds(Person, name=NAMES, url=st.one_of(st.just(""), URLS))
CAPTIONS = st.one_of(st.just(""), words(30, SIGNS + '<>"'))
FILES = st.builds(
    Enclosure,
    url=URLS.map(lambda u: u.replace("#c", "")),
    media_type=st.sampled_from(["audio/mpeg", "video/mp4", "application/pdf", "image/png"]),
    length=st.integers(0, 2**39),
    title=CAPTIONS,
    duration=st.one_of(st.none(), st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))),
    description=CAPTIONS,
    credit=CAPTIONS,
    width=st.integers(0, 9999),
    height=st.integers(0, 9999),
)
PICTURES = st.builds(
    Image,
    url=URLS.map(lambda u: u.replace("#c", "") + ".png"),
    alt=CAPTIONS,
    credit=CAPTIONS,
    width=st.integers(10_000, 20_000),  # the widest leads
    height=st.integers(0, 9999),
)
LANGUAGES = st.sampled_from(["", "ko", "en", "zh-hant"])
EPISODES = st.builds(
    Podcast,
    title=CAPTIONS.map(lambda text: text and f"T {text}"),  # what the entry says itself is not said twice
    author=st.one_of(st.just(""), NAMES.map("A {}".format)),
    subtitle=CAPTIONS.map(lambda text: text and f"B {text}"),
    summary=CAPTIONS.map(lambda text: text and f"S {text}"),
    image=st.one_of(st.just(""), URLS),
    season=st.integers(0, 99),
    episode=st.integers(0, 99_999),
    kind=st.sampled_from(["", "full", "trailer", "bonus"]),
    explicit=st.sampled_from([None, True, False]),
    chapters=st.one_of(st.just(""), URLS),
    transcripts=st.lists(
        st.builds(Transcript, url=URLS, media_type=st.sampled_from(["text/vtt", "text/html"]), language=LANGUAGES),
        max_size=3,
    ).map(tuple),
    voices=st.lists(
        st.builds(Voice, name=NAMES, role=st.sampled_from(["", "host", "guest"]), group=st.sampled_from(["", "cast"]),
                  url=st.one_of(st.just(""), URLS), image=st.one_of(st.just(""), URLS)),
        max_size=3,
    ).map(tuple),
)  # fmt: skip
ANSWERS = st.builds(
    Reply, id=st.integers(1, 9).map(lambda n: f"tag:a.example,2026:{n}"), url=st.one_of(st.just(""), URLS)
)
COPIES = st.lists(
    st.integers(900, 999).map(lambda n: entry(n, url=f"https://c.example/{n}?a=1&b=2", title=f"R&D <{n}>")),
    max_size=2,
    unique_by=lambda e: e.url,
)
BODIES = st.lists(words(60, SIGNS + '<>&"'), max_size=3).map(
    lambda found: clean("".join(f"<p>{escape(one)}</p>" for one in found), HOME)
)
TIMES = st.datetimes(datetime(1995, 1, 1), datetime(2026, 1, 1)).map(lambda t: t.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001 - given a zone


@st.composite
def stories(draw: st.DrawFn, number: int) -> Item:
    published = draw(TIMES)
    image = draw(st.one_of(st.none(), PICTURES))
    files = draw(st.lists(FILES, max_size=3, unique_by=lambda f: f.url))
    files = [f for f in files if image or not f.media_type.startswith("image/")]  # a picture of any kind would lead
    tags = tuple(draw(st.lists(st.text("가나다abc", min_size=1, max_size=6), max_size=4, unique_by=str.casefold)))
    schemes = st.sampled_from(["", "https://s.example/가?a=1&b=2", "urn:example:s"])
    labels = (Label(name=t, term=draw(st.sampled_from(["", "t-1"])), scheme=draw(schemes)) for t in tags)
    podcast = draw(st.one_of(st.none(), EPISODES))
    return item(
        number,
        title=draw(words(40, SIGNS + '<>&"')),
        summary=draw(words(60, SIGNS + '<>&"')),
        content=draw(BODIES),
        url=draw(URLS) + str(number),
        published=published,
        updated=published
        + draw(st.timedeltas(timedelta(0), timedelta(days=9))) // timedelta(seconds=1) * timedelta(seconds=1),
        authors=tuple(draw(st.lists(PEOPLE, max_size=3, unique_by=lambda p: p.name.casefold()))),
        contributors=tuple(draw(st.lists(PEOPLE, max_size=2, unique_by=lambda p: p.name.casefold()))),
        tags=tags,
        labels=tuple(label for label in labels if label.term or label.scheme),
        podcast=podcast if podcast != Podcast() else None,
        answers=tuple(draw(st.lists(ANSWERS, max_size=2, unique_by=lambda a: a.id))),
        enclosures=tuple(files),
        image=image,
        language=draw(LANGUAGES),
        rights=draw(st.one_of(st.just(""), words(20))),
        licence=draw(st.one_of(st.just(""), URLS)),
        comments=draw(st.one_of(st.just(""), URLS)),
        comments_feed=draw(st.one_of(st.just(""), URLS)),
        origin=draw(st.sampled_from([None, DAILY])),
        copies=tuple(member(copy, draw(st.sampled_from([None, PLANET]))) for copy in draw(COPIES)),
        categories=(),
    )


@st.composite
def any_feed(draw: st.DrawFn) -> Feed:
    return feed(
        *(draw(stories(number)) for number in range(draw(st.integers(1, 3)))),
        of=channel(hubs=("https://hub.example/",)),
    )


def told(one: Item, format: Format) -> Mapping[str, object]:
    """What *format* can say of a story, as our parser is to read it back."""
    lead = one.story.lead
    source = one.story.members[0].origin
    said: dict[str, object] = {
        "guid": one.story.id,
        "url": lead.url,
        "published": one.story.published,
        "contributors": [p.name for p in lead.contributors],
        "tags": {tag.casefold() for tag in lead.tags},
        "enclosures": {f.url: f for f in lead.enclosures},
        "answers": lead.answers,
        "podcast": lead.podcast,
        "language": lead.language or "ko",
        "rights": lead.rights or (source.rights if source else ""),
        "licence": lead.licence,
        "comments": lead.comments,
        "comments_feed": lead.comments_feed,
    }
    if lead.content:  # else a summary stands where content does: RSS and JSON ask for it
        said["content"] = lead.content
    if lead.authors:
        said["authors"] = [p.name for p in lead.authors]
    if lead.image or not (lead.podcast and lead.podcast.image):  # else the episode's cover leads
        said["image"] = lead.image
    if format == "rss" and source and not lead.authors and lead.podcast:  # the podcast's author is the item's
        said["authors"] = [lead.podcast.author] if lead.podcast.author else []
        said["podcast"] = less if (less := replace(lead.podcast, author="")) != Podcast() else None
    if format != "rss":  # whose categories have no terms
        said["labels"] = {label.name: replace(label, scheme=safe.uri(label.scheme)) for label in lead.labels}
        said |= {"title": lead.title, "summary": lead.summary, "updated": one.story.updated}
        said["urls"] = [p.url for p in lead.contributors]
    if source:
        said["source"] = (source.title, source.feed_url) if format == "rss" else astuple(source)
    return said


def read(entry: Entry, asked: Mapping[str, object], format: Format) -> Mapping[str, object]:
    """What was read of what was *asked*."""
    origin = entry.origin or Origin()
    found: dict[str, object] = {name: getattr(entry, name, None) for name in asked}
    found |= {
        "authors": [p.name for p in entry.authors],
        "contributors": [p.name for p in entry.contributors],
        "urls": [p.url for p in entry.contributors],
        "tags": {tag.casefold() for tag in entry.tags},
        "enclosures": {f.url: f for f in entry.enclosures},
        "labels": {label.name: label for label in entry.labels},
        "source": (origin.title, origin.feed_url) if format == "rss" else astuple(origin),
    }
    return {name: found[name] for name in asked}


@settings(max_examples=240, deadline=None)
@given(of=any_feed())
def test_our_parser_reads_back_what_was_told(of: Feed) -> None:
    for format in FEEDS:
        _reads_back(format, of)


def _reads_back(format: Format, of: Feed) -> None:
    body, aside = RENDERERS[format](of)
    assert not aside, format
    if format == "json":
        jsonschema.validate(json.loads(body.raw), SCHEMA)
    source = Source(id="s", kind="feed", location=HOME + "feed")
    parsed = parse(Document(url=HOME + "feed", body=body.raw), source)
    assert not parsed.problems
    entries = normalise(parsed, source, HOME + "feed").entries
    expected = [told(one, format) for one in of.items]
    for one, asked in zip(entries, expected, strict=True):
        found = read(one, asked, format)
        assert {name: (found[name], said) for name, said in asked.items() if found[name] != said} == {}, format
    assert parsed.info.hub == (of.channel.hubs[0] if of.channel.hubs else "")


SAID: Mapping[Format, Callable[[Story], Mapping[str, object]]] = {
    "atom": lambda story: {
        "title": story.lead.title,
        "published_parsed": story.published.utctimetuple(),
        "updated_parsed": story.updated.utctimetuple(),
    },
    "rss": lambda story: {"title": story.lead.title, "published_parsed": story.published.utctimetuple()},
}
"""What feedparser reads of a story, by the names that it has for it."""


@settings(max_examples=30, deadline=None)
@given(of=any_feed())
def test_feedparser_reads_back_what_was_told(of: Feed) -> None:
    for format in SAID:
        _feedparser_reads_back(format, of)


def _feedparser_reads_back(format: Format, of: Feed) -> None:
    body, aside = RENDERERS[format](of)
    assert not aside
    found = feedparser.parse(io.BytesIO(body.raw), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo
    assert [e.id for e in found.entries] == [i.story.id for i in of.items]
    assert [e.link for e in found.entries] == [i.story.lead.url for i in of.items]
    for theirs, one in zip(found.entries, of.items, strict=True):
        lead = one.story.lead
        said = SAID[format](one.story)
        assert {name: theirs.get(name) for name in said} == said
        if format == "atom" and not lead.podcast:  # whose summary and subtitle it takes for the entry's
            assert theirs.summary == lead.summary
        files = [file.url for file in lead.enclosures]
        if format == "rss" and len(files) > 1:  # an item has one enclosure; the others are media
            files = [first.url] if (first := first_enclosure(show(one, of.channel))) else []
        assert [file.href for file in theirs.enclosures] == files
        assert {tag.label or tag.term for tag in theirs.get("tags", ())} == set(lead.tags)
        assert len(theirs.get("contributors", ())) == len(lead.contributors)
        related = [(link.href, link.title) for link in theirs.links if link.rel == "related"]
        assert related == [(m.entry.url, m.origin.title if m.origin else m.entry.title) for m in one.story.members[1:]]
