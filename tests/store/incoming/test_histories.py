"""Laws that hold after any history of polls, and after a kill at any moment."""

import random
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import StaleView
from feeds.model.changes import PollView
from feeds.model.story import Story
from feeds.store import Store, is_server, open_store
from feeds.store.incoming.library import Library
from tests.store.made import changes, entry, member, ready, saved, source, story, window

SOURCES = ("a", "b", "c")
# One step: which source polls, which entry it tells, and under which keys; or it only reads and writes later.
STEPS = st.lists(
    st.tuples(st.sampled_from(SOURCES), st.sampled_from("123"), st.sets(st.sampled_from("xyz"), min_size=1), st.booleans()),
    max_size=12,
)  # fmt: skip


def _join(library: Library, view: PollView, guid: str, keys: set[str]) -> None:
    """Poll: the entry joins all stories that hold one of *keys*, made one; else it tells a new one."""
    one = entry(guid, view.source.id)
    known = view.known.get(guid)
    found = {s.id: s for s in view.stories.values() if set(s.keys) & keys or (known and known.story_id == s.id)}
    kept, *rest = sorted(found.values(), key=lambda s: s.id) or [story(f"s:{view.source.id}:{guid}", member(one))]
    members = {m.key: m for s in (kept, *rest) for m in s.members} | {one.key: member(one)}
    held = dict.fromkeys(k for s in (kept, *rest) for k in s.keys)
    whole = replace(kept, members=tuple(members.values()), keys=tuple(dict.fromkeys([*held, *sorted(keys)])))
    library.apply(
        changes(view, entries=(saved(one, whole.id),), stories=(whole,), merged={s.id: whole.id for s in rest})
    )


def _check(library: Library) -> None:
    """One key, one story; one entry, one story; all that is shown is found, under the ids that entries name."""
    stories = library.every_story("", 99)
    keys = [k for s in stories for k in s.keys]
    assert len(keys) == len(set(keys))
    members = {m.key: s.id for s in stories for m in s.members}
    assert len(members) == sum(len(s.members) for s in stories)
    assert {s.id for s in library.stories(window())} == {s.id for s in stories}
    for name in SOURCES:
        view = library.poll_view(name, "123", ())
        assert {g: k.story_id for g, k in view.known.items()} == {g: s for (n, g), s in members.items() if n == name}
        own: list[Story] = [s for s in stories if any(m.key.source_id == name for m in s.members)]
        assert view.stories == {k: s for s in own for k in s.keys}


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_any_history_keeps_the_laws(steps: list[tuple[str, str, set[str], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/feeds.db")
        library = ready(store, *(source(name) for name in SOURCES))
        waiting: list[tuple[PollView, str, set[str]]] = []
        for name, guid, keys, later in steps:
            view = library.poll_view(name, [guid], sorted(keys))
            waiting.append((view, guid, keys))
            if not later:
                for one in waiting:
                    _try(library, *one)
                waiting.clear()
        _check(library)
        assert store.overview.totals().entries == len({(n, g) for n, g, *_ in _written(store)})
        store.close()


def _try(library: Library, view: PollView, guid: str, keys: set[str]) -> None:
    """Write what was decided; where others were faster, read and decide again."""
    try:
        _join(library, view, guid, keys)
    except StaleView:
        _join(library, library.poll_view(view.source.id, [guid], sorted(keys)), guid, keys)


def _written(store: Store) -> list[tuple[str, str]]:
    return [m.key for s in store.overview.export() for m in s.members]


POLLS = """
import sys
from datetime import timedelta
from feeds.store import open_store
from tests.store.made import NOW, entry, ready, tell
store = open_store(sys.argv[1])
library = ready(store)
print("ready", flush=True)
for n in range(10_000):
    tell(library, *(entry(f"{n}:{i}", content="x" * 2000) for i in range(5)), at=NOW + n * timedelta(seconds=1))
    print(n, flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_db_03_kill_in_commit_leaves_whole_polls(url: str, seed: int) -> None:
    """What was confirmed is there; what was not is there whole or not at all."""
    root = Path(__file__).parents[3]
    process = subprocess.Popen([sys.executable, "-c", POLLS, url], stdout=subprocess.PIPE, text=True, cwd=root)
    done = random.Random(seed).randint(1, 25)
    with process:
        assert process.stdout
        for _ in range(done + 1):
            line = process.stdout.readline()
        assert line == f"{done - 1}\n"
        process.kill()
    store = open_store(url)
    totals = store.overview.totals()
    assert totals.entries == totals.stories
    assert totals.entries % 5 == 0
    assert totals.entries >= done * 5
    assert len(store.overview.recent_decisions(10**6)) == totals.entries
    store.close()
    if is_server(url):
        return
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
