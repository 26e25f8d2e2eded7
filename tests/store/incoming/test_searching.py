"""Stories are found by their words: in Korean, within words, by two letters or one; and never what is not shown."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from feeds.core.words.search import fold, searchable, words
from feeds.model.source import Options
from feeds.store import Store
from feeds.store.incoming.threes import TERMS, candidates
from tests.store.made import DAY, NOW, changes, entry, member, ready, saved, source, tell


def told(store: Store, *titles: str, **more: Any) -> None:
    """Tell one story a title, the first the newest, and index all."""
    ready(store)
    for number, title in enumerate(titles):
        one = entry(f"{number:03}", title=title, published=NOW - number * DAY)
        tell(store.library, one, published=NOW - number * DAY, **more)
    index(store)


def index(store: Store) -> None:
    while some := store.searching.unsearched(3):
        store.searching.index([(u, searchable(u.story, "full") if u.story else "") for u in some])


def found(store: Store, query: str, *channels: str, limit: int = 20, offset: int = 0) -> list[str]:
    asked = [fold(word) for word in words(query)]
    hits = store.searching.find(asked, channels or ("all",), NOW, limit, offset)
    return [story.lead.title for story in hits.stories]


TITLES = (
    "삼성전자, 메모리 반도체 값 올린다",
    "정부가 반도체를 지원",
    'He said "go" 100% of AI_x',
    "배터리는 LG",
    "끝에 삼성",
)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        pytest.param("반도체", (0, 1), id="three letters, with particles"),
        pytest.param("삼성", (0, 4), id="two letters, also at the end"),
        pytest.param("메모리 반도체", (0,), id="two words"),
        pytest.param('"반도체 메모리"', (), id="a phrase in its order"),
        pytest.param('"메모리 반도체"', (0,), id="a phrase"),
        pytest.param("반도체 메모리", (0,), id="words in any order"),
        pytest.param("값", (0,), id="one letter"),
        pytest.param("값 반도체", (0,), id="one letter beside others"),
        pytest.param("lg", (3,), id="two letters of ASCII"),
        pytest.param("ＬＧ", (3,), id="of another width"),
        pytest.param("SAID", (2,), id="in capitals"),
        pytest.param("100%", (2,), id="percent is no wild card"),
        pytest.param("AI_", (2,), id="nor is an underscore"),
        pytest.param("0_", (), id="of two letters either"),
        pytest.param("없는말", (), id="no such word"),
        pytest.param("없는", (), id="no such two letters"),
        pytest.param("힣", (), id="no such letter"),
        pytest.param("반도체 OR 배터리", (), id="no operators"),
        pytest.param("NEAR( * - ^ :", (), id="nor their signs"),
        pytest.param("text:반도체", (), id="nor columns"),
    ],
)
def test_found(store: Store, query: str, numbers: tuple[int, ...]) -> None:
    told(store, *TITLES)
    assert found(store, query) == [TITLES[n] for n in numbers]


def test_the_newest_first_and_page_by_page(store: Store) -> None:
    told(store, *(f"반도체 {n}" for n in range(7)))
    pages = [store.searching.find(["반도체"], ["all"], NOW, 3, start) for start in (0, 3, 6, 9)]
    assert [[s.lead.title[-1] for s in p.stories] for p in pages] == [["0", "1", "2"], ["3", "4", "5"], ["6"], []]
    assert [p.more for p in pages] == [True, True, False, False]


def test_only_of_the_channels_asked_for(store: Store) -> None:
    told(store, "반도체 소식", channels=("partner",))
    assert found(store, "반도체", "all", "other") == []
    assert found(store, "반도체", "all", "partner") == ["반도체 소식"]


def test_an_embargo_holds_until_its_time(store: Store) -> None:
    told(store, "내일의 반도체", release=NOW + DAY)
    assert found(store, "반도체") == []
    hits = store.searching.find(["반도체"], ["all"], NOW + DAY, 20, 0)
    assert len(hits.stories) == 1


@pytest.mark.parametrize("status", ["held", "withdrawn", "retracted"])
def test_what_is_taken_back_is_gone_before_the_index_knows(store: Store, status: str) -> None:
    told(store, "반도체 소식")
    tell_again(store, status=status)
    assert store.searching.waits()
    assert found(store, "반도체") == []
    index(store)
    assert found(store, "반도체") == []
    assert rows(store) == 0


def tell_again(store: Store, title: str = "반도체 소식", **more: Any) -> None:
    """Poll again: the first story is written anew."""
    view = store.library.poll_view("a", ["000"], [])
    known = next(iter(view.stories.values()))
    one = replace(known.lead, title=title)
    again = replace(known, members=(replace(known.members[0], entry=one),), **more)
    store.library.apply(changes(view, NOW, entries=(saved(one, known.id),), stories=(again,)))


def rows(store: Store) -> int:
    with store.library._db.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM searched").scalar_one())


def test_a_new_title_is_found_and_the_old_one_is_not(store: Store) -> None:
    told(store, "반도체 소식")
    tell_again(store, "배터리 소식")
    index(store)
    assert found(store, "반도체") == []
    assert found(store, "배터리") == ["배터리 소식"]
    assert rows(store) == 1


def test_what_was_written_while_it_was_indexed_waits_again(store: Store) -> None:
    told(store, "반도체 소식")
    tell_again(store, "배터리 소식")
    (read,) = store.searching.unsearched(10)
    tell_again(store, "배 소식")
    store.searching.index([(read, searchable(read.story, "full") if read.story else "")])
    assert store.searching.waits()
    index(store)
    assert found(store, "배 소식") == ["배 소식"]
    assert not store.searching.waits()


def test_what_grew_too_old_leaves_the_index(store: Store) -> None:
    library = ready(store, source("a"))
    tell(library, entry("000", title="반도체 소식"))
    index(store)
    later = NOW + timedelta(days=4000)
    view = library.poll_view("a", ["001"], [])
    tell(library, entry("001", title="새 소식", published=later), at=later)
    assert view.source.id == "a"
    while library.expire(later + DAY):
        pass
    index(store)
    assert rows(store) == 1


def test_a_copy_that_grew_too_old_leaves_its_words(store: Store) -> None:
    library = ready(store)
    old = entry("1", title="반도체 소식")
    copy = entry("2", "b", title="배터리라고도 한다", published=NOW - DAY)
    tell(library, old)
    view = library.poll_view("b", ["2"], ["id:story:1"])
    (one,) = view.stories.values()
    told = replace(one, members=(*one.members, member(copy)))
    library.apply(changes(view, NOW, entries=(saved(copy, one.id),), stories=(told,)))
    index(store)
    assert found(store, "배터리") == ["반도체 소식"]
    with library._db.write() as connection:
        connection.exec_driver_sql(
            "UPDATE entries SET first_seen = '2000-01-01 00:00:00.000000', published = NULL, last_seen = '2000-01-01 00:00:00.000000' WHERE guid = '2'"
        )
    library.sync((source("a"), source("b", options=Options(keep=DAY))), lambda _: 0, NOW)
    while library.expire(NOW + DAY):
        pass
    assert store.searching.waits()
    index(store)
    assert found(store, "배터리") == []
    assert found(store, "반도체") == ["반도체 소식"]


def test_two_letters_with_too_many_thirds_are_still_found(store: Store) -> None:
    text = " ".join(f"가나{chr(0xAC00 + n)}" for n in range(TERMS + 50))
    ready(store)
    tell(store.library, entry("000", title="많다", content=f"<p>{text[:1900]}</p>"))
    tell(store.library, entry("001", title="더 많다", summary=text[1900:3800]))
    tell(store.library, entry("002", title="가나"))
    index(store)
    assert set(found(store, "가나")) == {"많다", "더 많다", "가나"}


def test_postgresql_looks_into_an_index_of_threes(store: Store, database: str) -> None:
    """With the index whatever is longer than two letters is found at any age; without it, among the last texts."""
    told(store, *TITLES)
    db = store.library._db
    if database != "postgresql":
        return
    with db.write() as connection:
        query = candidates(connection, ["반도체", "값"])
        assert query is not None
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
        plan = connection.scalars(text(f"EXPLAIN {query.compile(connection, compile_kwargs={'literal_binds': True})}"))
        assert "searched_threes" in " ".join(plan)
        assert candidates(connection, ["값", "삼성"]) is None, "too short for threes"
    assert store.searching.whole()
    with_index = [found(store, query) for query in ("반도체", "메모리 반도체", "100%", "없는말")]
    with db.write() as connection:
        connection.exec_driver_sql("DROP INDEX searched_threes")
    assert [found(store, query) for query in ("반도체", "메모리 반도체", "100%", "없는말")] == with_index
    with db.read() as connection:
        assert candidates(connection, ["반도체"]) is None
    assert not store.searching.whole()


NUMBERS = count()
ALPHABET = st.sampled_from("가나다 ab\"'*%_\\-한글 ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(ALPHABET, min_size=1, max_size=12), st.text(ALPHABET, min_size=1, max_size=4))
def test_every_part_of_a_title_finds_it(store: Store, title: str, query: str) -> None:
    """What is found is what has the words: no more, no less, whatever signs are in them."""
    ready(store)
    tell(store.library, entry(f"{next(NUMBERS)}", title=title))
    index(store)
    for part in (query, title[: len(title) // 2], title[len(title) // 2 :]):
        asked = [fold(w) for w in words(part)]
        got = store.searching.find(asked, ["all"], NOW, 1000, 0).stories
        every = store.library.every_story("", 1000)
        wanted = {s.id for s in every if all(w in searchable(s, "full") for w in asked)}
        assert {s.id for s in got} == wanted
