"""Which known item an arriving one is, poll after poll. (Posts are in test_decide.py.)"""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.model.entry import Entry
from tests.core.made import LONG, NOW, Shelf, entry, settings, source

DAYS = timedelta(days=1)


def item(guid: str, page: str, day: int = 0, **more: object) -> Entry:
    """An item with page, title and words of its own."""
    given = {"url": f"https://one.example/{page}", "title": f"Story {page}", "content": f"<p>{page} {LONG}</p>"}
    return replace(entry(guid, published=NOW - 9 * DAYS + day * DAYS), **{**given, **more})  # type: ignore[arg-type]


def after(*polls: list[Entry]) -> dict[str, str]:
    """Titles by guid, as the library knows them after *polls*."""
    desk = Shelf(settings(source("one")))
    for number, entries in enumerate(polls):
        desk.poll("one", entries, now=NOW + number * DAYS)
    return {guid: known.entry.title for (_, guid), known in desk.known.items()}


def words(page: str) -> str:
    return f"<p>{' '.join(f'{page}{n}' for n in range(40))}</p>"


def numbered(*pages: str) -> list[Entry]:
    """A feed whose ids count its items, the newest first."""
    return [item(str(n), page, ord(page[0]) - 97, content=words(page)) for n, page in enumerate(pages, 1)]


def test_ids_that_count_the_items_lose_and_mix_up_none() -> None:
    known = after(numbered("c", "b", "a"), numbered("d", "c", "b"), numbered("e", "d", "c"), numbered("e", "d", "c"))
    assert sorted(known.values()) == [f"Story {page}" for page in "abcde"]
    assert known["1|https://one.example/d"] == "Story d"


@pytest.mark.parametrize(
    ("change", "another"),
    [
        pytest.param({}, False, id="the same"),
        pytest.param({"title": "Corrected"}, False, id="a new title"),
        pytest.param({"title": "Corrected", "content": words("y")}, False, id="a new title and new words"),
        pytest.param({"url": "https://one.example/moved"}, False, id="a new page"),
        pytest.param({"url": "https://one.example/moved", "content": words("y")}, False, id="a new page and new words"),
        pytest.param({"url": "https://one.example/y", "title": "Other"}, False, id="a new page and title, the words stay"),
        pytest.param({"url": "https://one.example/y", "title": "Other", "content": words("y")}, True, id="all new"),
        pytest.param({"url": "", "title": "Other", "content": words("y")}, False, id="all new, without a page to tell"),
    ],
)  # fmt: skip
def test_an_id_used_again(change: dict[str, object], another: bool) -> None:
    known = after([item("7", "x")], [item("7", "x", 3, **change)])
    assert set(known) == ({"7", "7|https://one.example/y"} if another else {"7"})


def test_an_id_used_again_under_the_same_date_is_an_edit() -> None:
    known = after([item("7", "x")], [item("7", "y", title="Other", content=words("y"))])
    assert known == {"7": "Other"}


def test_fmt_27_ids_that_change_at_every_poll() -> None:
    polls = [[item(f"{page}?t={poll}", page) for page in "abc"] for poll in range(4)]
    assert sorted(after(*polls).values()) == ["Story a", "Story b", "Story c"]


def test_a_repeated_id_that_repeats_no_longer() -> None:
    """`normalise` gave id and link together; the item is known under them when it stands alone."""
    both = [item("same|https://one.example/a", "a"), item("same|https://one.example/b", "b")]
    assert len(after(both, [item("same", "b")])) == 2


def test_fmt_26_one_id_in_two_feeds_is_two_entries() -> None:
    desk = Shelf(settings(source("one"), source("two")))
    desk.poll("one", [item("7", "x")])
    desk.poll("two", [entry("7", "two")])
    assert len(desk.known) == 2
    assert len(desk.stories) == 2
