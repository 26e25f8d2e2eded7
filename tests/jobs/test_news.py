"""Reading only what is new of a document gives what reading the whole gives."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from feeds.core.entries import normalise
from feeds.core.entries.outline import WHOLE, Outline
from feeds.jobs import news
from feeds.jobs.poll import poll
from feeds.model.source import Document
from tests.core.made import settings, source
from tests.jobs.test_jobs import POLL, World, world


class Item(NamedTuple):
    guid: str
    page: str
    title: str
    words: str = "Words that nobody else has."
    at: int = 1

    def __str__(self) -> str:
        date = f"<pubDate>Sun, {self.at:02} Feb 2026 00:00:00 +0000</pubDate>" if self.at else ""
        return (
            f"<item><guid isPermaLink='false'>{self.guid}</guid><title>{self.title}</title>"
            f"<link>https://one.example/{self.page}</link>{date}<description>{self.words}</description></item>"
        )


def rss(items: list[Item], title: str = "One", made: int = 0) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>{title}</title><link>https://one.example/</link>"
        f"<lastBuildDate>{made}</lastBuildDate>\n{''.join(map(str, items))}</channel></rss>"
    ).encode()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, settings(source("one"), source("two", order=1))) as made:
        made.says("two", rss([Item("z", "z", "Elsewhere")]))
        made.sync()
        yield made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each document had that was read, since the test began."""
    counts: list[int] = []

    def noted(parsed: object, found: normalise.Normalised) -> bool:
        counts.append(len(found.entries))
        return news.is_odd(parsed, found)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr("feeds.jobs.poll.is_odd", noted)
    return counts


def say(desk: World, *items: Item, after: timedelta = timedelta(hours=1), **more: object) -> dict[str, int]:
    desk.now += after
    desk.says("one", rss([*items], **more))  # type: ignore[arg-type]  # of rss
    return dict(poll(POLL, desk.work(only=frozenset({"one"}))).counts)


A, B, C, D = (Item(g, g, f"Title of {g}") for g in "abcd")


def test_only_the_new_item_is_read(desk: World, read: list[int]) -> None:
    say(desk, A, B, C)
    assert say(desk, D, A, B)["new"] == 1
    assert say(desk, D._replace(title="Rewritten"), A, B)["changed"] == 1
    assert read == [3, 1, 1]


def test_net_35_a_new_date_in_the_head_reads_nothing(desk: World, read: list[int]) -> None:
    say(desk, A, B)
    assert say(desk, A, B, made=1) == {"sources": 1, "fresh": 1}
    assert read == [2]


@pytest.mark.parametrize(
    ("after", "items", "title"),
    [
        pytest.param(WHOLE, [C, A, B], "One", id="half a day later"),
        pytest.param(timedelta(hours=1), [C, A, B], "Another", id="another head"),
        pytest.param(timedelta(hours=1), [C._replace(guid="a"), A, B], "One", id="an id that another item has"),
        pytest.param(timedelta(hours=1), [A, A, B], "One", id="one item twice"),
    ],
)
def test_all_is_read(after: timedelta, items: list[Item], title: str, desk: World, read: list[int]) -> None:
    say(desk, A, B)
    say(desk, *items, after=after, title=title)
    assert read[-1] == len({(i.guid, i.page) for i in items})


def test_all_is_read_by_force_and_under_other_options(desk: World, read: list[int]) -> None:
    say(desk, A, B)
    desk.store.library.force(["one"], desk.now)
    say(desk, A, B)
    assert read == [2, 2]


def test_id_ladder_a_changed_id_is_still_seen_beside_what_was_not_read(desk: World) -> None:
    say(desk, A, B)
    say(desk, A, B, Item("c", "a", "Title of a"))  # the page and the title of A, which is still there
    assert {k.entry.guid for k in desk.store.overview.entries("one")} == {"a", "b", "c"}


def test_what_was_not_read_is_not_forgotten(desk: World) -> None:
    """Entries that stay in the document do not expire because they were not read again."""
    say(desk, *(Item(g, g, g, at=1) for g in "ab"))
    for hour in range(100):
        say(
            desk,
            Item(f"n{hour}", f"n{hour}", f"News {hour}"),
            A,
            B,
            after=timedelta(days=9 if hour == 50 else 0, hours=1),
        )
    desk.now += timedelta(days=1)
    assert desk.store.library.expire(desk.now + timedelta(days=400)) > 0
    assert {"a", "b"} <= {k.entry.guid for k in desk.store.overview.entries("one")}


def test_an_outline_comes_back_as_written() -> None:
    whole = Outline(b"frame-of", normalise._OLDEST, ((b"12345678", b"abcdefgh"), (b"87654321", b"hgfedcba")))
    assert Outline.read(whole.packed()) == whole
    assert Outline.read(b"") is None
    assert Outline.read(b"another kind of thing") is None


ITEMS = st.builds(
    Item,
    guid=st.sampled_from("abcde"),
    page=st.sampled_from("abcde"),
    title=st.sampled_from(["One", "Two", "Three"]),
    words=st.sampled_from(["Short.", "<![CDATA[<p>" + "long words of a story that says much " * 9 + "</p></item>]]>"]),
    at=st.integers(0, 3),
)
DOCUMENTS = st.lists(
    st.tuples(st.lists(ITEMS, max_size=5), st.sampled_from(["One", "One", "One", "Two"]), st.booleans()), max_size=5
)


LONG = "<![CDATA[<p>" + "long words of a story that says much " * 9 + "</p></item>]]>"
TWINS = [  # two that are known share page and title: the one that comes back is the one that says the same
    ([Item("a", "a", "One", "Short.", 0)] * 4 + [Item("a", "c", "One", "Short.", 0)], "One", False),
    (
        [Item("c", "a", "One", "Short.", 0), Item("d", "c", "One", LONG, 0), Item("b", "c", "One", "Short.", 0)],
        "One",
        False,
    ),
    ([Item("d", "c", "One", LONG, 0)], "One", False),
]


@example(TWINS)
@trying(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS)
def test_the_same_is_stored_as_when_all_is_read(
    tmp_path_factory: pytest.TempPathFactory, documents: list[tuple[list[Item], str, bool]]
) -> None:
    outcomes = []
    for whole in (False, True):
        with (
            world(tmp_path_factory.mktemp("desk"), settings(source("one"))) as desk,
            pytest.MonkeyPatch.context() as patch,
        ):
            if whole:
                patch.setattr("feeds.jobs.news.cut", _never)
            desk.sync()
            for items, title, late in documents:
                say(desk, *items, title=title, after=timedelta(hours=9 if late else 1))
            outcomes.append((desk.store.overview.entries("one"), tuple(desk.store.overview.export())))
    assert outcomes[0] == outcomes[1]


def _never(document: Document) -> None:
    """Cut nothing."""
