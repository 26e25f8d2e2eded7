"""Labels, answers and episodes: what is promised of them."""

from dataclasses import replace

import pytest

from feeds.core.entries import details
from feeds.model.entry import Label, Reply
from feeds.model.podcast import Podcast, Transcript, Voice

BASE = "https://a.example/show/"


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        pytest.param(Label(name="A", term="a", scheme="urn:s:1"), Label(name="A", term="a", scheme="urn:s:1"), id="all"),
        pytest.param(Label(name="A", term="A", scheme="https://s.example/"), Label(name="A", scheme="https://s.example/"),
                     id="term that is the name"),
        pytest.param(Label(name="A", term="a", scheme="topics"), Label(name="A", term="a"), id="scheme that is no IRI"),
        pytest.param(Label(name="A", scheme="topics"), None, id="nothing left"),
        pytest.param(Label(name="B", term="b"), None, id="of no tag"),
    ],
)  # fmt: skip
def test_labels(found: Label, kept: Label | None) -> None:
    assert details.labels((found,), ("A",)) == ((kept,) if kept else ())


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        pytest.param(Reply(id="tag:a.example,2026:1", url="/1"), Reply(id="tag:a.example,2026:1", url="https://a.example/1"),
                     id="id and page"),
        pytest.param(Reply(id="/1"), Reply(id="https://a.example/1"), id="relative id"),
        pytest.param(Reply(id="", url="/1"), Reply(id="https://a.example/1", url="https://a.example/1"), id="page alone"),
        pytest.param(Reply(id="", url="javascript:x"), None, id="nothing"),
    ],
)  # fmt: skip
def test_answers(found: Reply, kept: Reply | None) -> None:
    assert details.answers((found, found), BASE) == ((kept,) if kept else ())


def test_an_episode_says_what_the_entry_does_not() -> None:
    found = Podcast(title="One", author="Kim &amp; Lee", subtitle="short", summary="short", season=2, episode=20261120)
    kept = details.podcast(found, BASE, {"One", "Kim"})
    assert kept == Podcast(author="Kim & Lee", subtitle="short", season=2)


def test_of_an_episode_that_says_nothing_more_nothing_is_kept() -> None:
    assert details.podcast(Podcast(title="One", author="Kim", image="data:x"), BASE, {"One", "Kim"}) is None
    assert details.podcast(None, BASE, set()) is None


def test_addresses_of_an_episode_are_absolute_and_fit() -> None:
    found = Podcast(
        image="/c.jpg",
        chapters="c.json",
        transcripts=(Transcript(url="t.vtt"), Transcript(url="ftp://x/"), Transcript(url="t.html", language="ko_KR")),
        voices=(Voice(name=" Kim ", url="/kim", image="data:x"), Voice(name=" ")),
    )
    kept = details.podcast(found, BASE, set())
    assert kept is not None
    assert (kept.image, kept.chapters) == ("https://a.example/c.jpg", "https://a.example/show/c.json")
    assert [(t.url, t.media_type, t.language) for t in kept.transcripts] == [
        ("https://a.example/show/t.vtt", "text/vtt", ""), ("https://a.example/show/t.html", "text/html", "ko-kr"),
    ]  # fmt: skip
    assert kept.voices == (Voice(name="Kim", url="https://a.example/kim"),)


def test_there_is_an_end_to_everything() -> None:
    many = Podcast(
        summary="x" * 9999,
        transcripts=tuple(Transcript(url=f"https://a.example/{n}.vtt") for n in range(999)),
        voices=tuple(Voice(name=f"v{n}") for n in range(999)),
    )
    kept = details.podcast(many, BASE, set())
    assert kept is not None
    assert (len(kept.summary), len(kept.transcripts), len(kept.voices)) == (4000, 20, 50)
    assert details.podcast(replace(many, season=-1, episode=10**9), BASE, set()) == kept
