"""Entries that another version of the cleaner let through."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.core.entries import clean
from feeds.core.entries.identity import fingerprint
from feeds.jobs.publish import publish
from feeds.jobs.reclean import BATCH, reclean
from feeds.model.changes import Recleaned
from tests.core.made import settings, source
from tests.jobs.test_jobs import PUBLISH, World, rss, world

SAFE, UNSAFE = "<p>Words.</p>", '<p>Words.</p><svg onload="alert(1)"></svg><script>alert(1)</script>'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, settings(source("one"))) as made:
        made.says("one", rss(("a", "First"), ("b", "Second")))
        made.pass_()
        yield made


def smuggle(desk: World, guid: str, content: str) -> None:
    """Store *content* as a cleaner did that let everything through."""
    library = desk.store.library
    known = next(k for k in library.every_entry(("", ""), 9999) if k.entry.guid == guid)
    entry = replace(known.entry, content=content)
    assert library.amend([Recleaned(entry=entry, fingerprint=fingerprint(entry), before=known.fingerprint)]) == 1


def test_xss_34_what_an_earlier_cleaner_let_through_is_cleaned_and_published_anew(desk: World) -> None:
    smuggle(desk, "a", UNSAFE)
    smuggle(desk, "b", SAFE)
    desk.store.outbox.mark(desk.store.outbox.channels(), desk.now)
    publish(PUBLISH, desk.work())
    assert any(b"alert(1)" in body for body in desk.files.values())
    assert reclean(desk.work()) == 1
    publish(PUBLISH, desk.work())
    assert not any(b"alert(1)" in body for body in desk.files.values())
    (a, b) = desk.store.library.every_entry(("", ""), 9)
    assert (a.entry.content, b.entry.content) == (SAFE, SAFE)
    assert a.fingerprint == fingerprint(a.entry)
    assert reclean(desk.work()) == 0


def test_every_entry_is_looked_at(desk: World) -> None:
    desk.says("one", rss(*((f"n{n:04}", f"Story {n}") for n in range(BATCH))))
    desk.now = desk.now.replace(year=desk.now.year + 1)
    desk.pass_()
    for guid in ("a", f"n{BATCH - 1:04}"):
        smuggle(desk, guid, UNSAFE)
    assert reclean(desk.work()) == 2


def test_an_entry_that_a_poll_wrote_meanwhile_stays_as_it_wrote_it(desk: World) -> None:
    (known, _) = desk.store.library.every_entry(("", ""), 9)
    late = Recleaned(entry=replace(known.entry, content=SAFE), fingerprint="x", before="another")
    assert desk.store.library.amend([late]) == 0


def test_rules_are_a_mark_of_the_cleaner() -> None:
    assert len(clean.RULES) == 16
