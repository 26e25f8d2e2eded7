"""What a rendition's row says of the revisions before it, and where paths lead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.model.channel import Part, Rendered, Rendition
from feeds.store import Store
from feeds.store.outgoing.revisions import pack, unpack

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def rendition(etag: str, marks: str = "", path: str = "/atom.xml") -> Rendition:
    """A document of pieces, each named by a letter."""
    return Rendition(
        channel_id="all",
        format="atom",
        path=path,
        media_type="application/atom+xml",
        pieces=(etag.encode(),),
        etag=etag,
        updated=NOON,
        parts=tuple(Part(1, mark.encode() * 8) for mark in marks),
    )


def publish(store: Store, made: Rendition, at: datetime = NOON) -> Rendition:
    store.outbox.published("all", None, Rendered(renditions=(made,)), (), at)
    found = store.overview.rendition(made.path)
    assert found is not None
    return found


def test_parts_know_since_when_they_stand_there(store: Store) -> None:
    publish(store, rendition("1", "ab"))
    publish(store, rendition("2", "bc"))
    third = publish(store, rendition("3", "abd"))
    assert [(p.mark[:1], p.since) for p in third.parts] == [(b"a", 3), (b"b", 1), (b"d", 3)]
    assert (third.version, third.past) == (3, ("1", "2"))


def test_the_same_again_is_no_revision(store: Store) -> None:
    first = publish(store, rendition("1", "ab"))
    assert publish(store, rendition("1", "ab"), NOON + timedelta(hours=1)) == first
    assert publish(store, rendition("1", "ab")).modified == NOON


def test_another_place_begins_anew(store: Store) -> None:
    publish(store, rendition("1", "ab"))
    moved = publish(store, rendition("2", "ab", "/all.xml"))
    assert (moved.past, moved.modified) == ((), NOON)
    assert store.overview.moved("/atom.xml") == "/all.xml"
    assert store.overview.rendition("/atom.xml") is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(60, 60, id="a minute later"),
        pytest.param(0.5, 1, id="in the same second"),
        pytest.param(0, 1, id="at the same moment"),
        pytest.param(-60, 1, id="by a clock that went back: dates never do"),
    ],
)
def test_modified_grows_with_every_revision(store: Store, seconds: float, expected: float) -> None:
    publish(store, rendition("1"))
    second = publish(store, rendition("2"), NOON + timedelta(seconds=seconds))
    assert second.modified == NOON + timedelta(seconds=expected)


def test_a_changed_link_alone_is_written_too(store: Store) -> None:
    publish(store, rendition("1"))
    again = publish(store, replace(rendition("1"), link='<https://hub.example/>; rel="hub"'))
    assert again.link == '<https://hub.example/>; rel="hub"'


def test_parts_are_packed_and_unpacked() -> None:
    parts = (Part(0, b"12345678", 0), Part(2**32 - 1, b"\0" * 8, 2**32 - 1))
    assert unpack(pack(parts)) == parts
