"""The contract of what the desk's pages ask of the store, on every database."""

from datetime import timedelta

from feeds.model.changes import Mark
from feeds.model.delivery import Delivery
from feeds.model.entry import EntryKey
from feeds.model.source import Answers, FetchLine
from feeds.store import Store
from feeds.store.incoming import fetches
from tests.store.made import NOW, entry, ready, tell


def test_stories_are_listed_and_found(store: Store) -> None:
    ready(store)
    for n, title in enumerate(("첫 소식, 반도체", "Second: 100% of it", "Third")):
        tell(store.library, entry(f"g{n}", title=title), at=NOW + timedelta(minutes=n))
    titles = [story.lead.title for story in store.looks.stories(10)]
    assert titles[0] == "Third"
    assert sorted(titles) == sorted(("첫 소식, 반도체", "Second: 100% of it", "Third"))
    assert len(store.looks.stories(2)) == 2
    assert [s.lead.title for s in store.looks.stories(2, after=2)] == titles[2:]
    for words, wanted in (
        (["반도체"], 1),
        (["second", "100%"], 1),
        (["_"], 0),
        (["second", "third"], 0),
        (["%"], 1),
        (["source_id"], 0),
    ):
        assert len(store.looks.stories_with(words, 10)) == wanted, words
    ids = [story.id for story in store.looks.stories(10)]
    assert set(store.looks.stories_of([*ids, "nothing"])) == set(ids)
    key = store.looks.stories(1)[0].lead.key
    assert store.looks.places([key, EntryKey("nobody", key.guid)]) == {key: ids[0]}


def test_decisions_by_kind_and_source(store: Store) -> None:
    ready(store)
    tell(store.library, entry("g1"))
    kinds = {d.kind for d in store.overview.recent_decisions(100)}
    for kind in kinds:
        found = store.looks.decisions([kind], 100)
        assert {d.kind for d in found} == {kind}
        assert store.looks.decisions([kind], 100, after=len(found)) == ()
    assert all(d.source_id == "a" for d in store.looks.decisions_of("a", 10))
    assert store.looks.decisions_of("nobody", 10) == ()


def test_what_waits(store: Store) -> None:
    ready(store)
    later = NOW + timedelta(hours=1)
    store.outbox.mark(["late"], later)
    store.outbox.mark(["soon"], NOW)
    waiting = [m for m in store.looks.marks(10) if m.channel_id in ("late", "soon")]
    assert waiting == [Mark(channel_id="soon", due=NOW), Mark(channel_id="late", due=later)]
    assert len(store.looks.marks(1)) == 1
    assert store.looks.due(NOW + timedelta(days=1)) >= 1
    assert store.looks.due(NOW - timedelta(days=1)) == 0


def test_deliveries_that_are_owed_come_first(store: Store) -> None:
    from sqlalchemy import insert

    from feeds.store import tables as t
    from feeds.store.rows import delivery_row

    def made(id: str, minutes: int, state: str) -> Delivery:
        due = NOW + timedelta(minutes=minutes)
        return Delivery(id=id, kind="ping", target="https://hub.example/", topic="t", due=due, state=state)  # type: ignore[arg-type]  # one of its words

    rows = [made("done", 9, "done"), made("owed late", 5, "owed"), made("owed", 1, "owed"), made("old", 2, "given_up")]
    with store.library._db.write() as connection:
        connection.execute(insert(t.deliveries), [delivery_row(d) for d in rows])
    assert [d.id for d in store.looks.deliveries(10, 10)] == ["owed", "owed late", "done", "old"]
    assert [d.id for d in store.looks.deliveries(1, 1)] == ["owed", "done"]
    assert [d.id for d in store.looks.given_up(NOW, 10)] == ["old"]
    assert store.looks.given_up(NOW + timedelta(minutes=3), 10) == store.looks.given_up(NOW, 0) == ()


def test_answers_are_added_up(store: Store) -> None:
    def answer(source_id: str, minute: int, outcome: str = "fresh", **given: int) -> FetchLine:
        at, took = NOW + timedelta(minutes=minute), timedelta(milliseconds=250)
        return FetchLine(source_id=source_id, at=at, outcome=outcome, took=took, **given)  # type: ignore[arg-type]  # as above

    lines = [answer("a", 0, new=9), answer("a", 1, new=2, size=100), answer("a", 2, "failed", size=50), answer("b", 3)]
    with store.library._db.write() as connection:
        fetches.add(connection, lines)
    took = timedelta(milliseconds=250)
    assert store.looks.answered(NOW + timedelta(minutes=1)) == {
        "a": Answers(number=2, failed=1, new=2, size=150, took=2 * took),
        "b": Answers(number=1, took=took),
    }
    assert [line.source_id for line in store.looks.answers_since(["a"], NOW)] == ["a"] * 3
    assert len(store.looks.answers("a", 2)) == 2
