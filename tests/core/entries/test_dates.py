"""The rules that keep dates still. (How dates are read stands in tests/parse.)"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feeds.core.entries.dates import dated, late
from feeds.model.changes import Known
from feeds.model.source import FutureDates
from tests.core.made import NOW, entry

DAY = timedelta(days=1)
OLD = NOW - 10 * DAY


def known(published: datetime, updated: datetime, release: datetime | None = None) -> Known:
    held = entry(published=published, updated=updated, release=release)
    return Known(entry=held, fingerprint="f", status="kept", first_seen=NOW - DAY)


@pytest.mark.parametrize(
    ("published", "updated", "before", "future", "changed", "expected"),
    [
        pytest.param(OLD, None, None, "clip", False, (OLD, OLD, None), id="as given"),
        pytest.param(None, None, None, "clip", False, (NOW - timedelta(seconds=3), NOW - timedelta(seconds=3), None), id="none: first sight, by position"),
        pytest.param(NOW + DAY, None, None, "clip", False, (NOW - timedelta(seconds=3), NOW - timedelta(seconds=3), None), id="FMT-31 a feed's future: first sight"),
        pytest.param(NOW + DAY, OLD, None, "clip", False, (NOW - timedelta(seconds=3), NOW - timedelta(seconds=3), None), id="FMT-31 clip: whatever its change"),
        pytest.param(NOW + DAY, OLD, None, "ignore", False, (OLD, OLD, None), id="FMT-31 ignore: date of change"),
        pytest.param(NOW + DAY, NOW + DAY, None, "ignore", False, (NOW - timedelta(seconds=3), NOW - timedelta(seconds=3), None), id="FMT-31 ignore: no other date"),
        pytest.param(NOW + DAY, None, None, "wait", False, (NOW + DAY, NOW + DAY, NOW + DAY), id="FMT-31 wait: held until then"),
        pytest.param(NOW + DAY, None, None, "keep", False, (NOW + DAY, NOW + DAY, None), id="FMT-31 keep: believed"),
        pytest.param(NOW + DAY, None, known(OLD, OLD), "keep", False, (OLD, OLD, None), id="no policy moves what is known"),
        pytest.param(NOW + DAY, None, None, "wait", False, (NOW + DAY, NOW + DAY, NOW + DAY), id="a post's future: a promise"),
        pytest.param(OLD, OLD + DAY, None, "clip", False, (OLD, OLD + DAY, None), id="updated as given"),
        pytest.param(OLD, NOW + DAY, None, "clip", False, (OLD, OLD, None), id="updated in the future is not believed"),
        pytest.param(OLD, OLD - DAY, None, "clip", False, (OLD, OLD, None), id="updated before published"),
        pytest.param(NOW, NOW, known(OLD, OLD), "clip", False, (OLD, OLD, None), id="FMT-29 re-dated without change"),
        pytest.param(NOW - DAY, None, known(OLD, OLD), "clip", True, (OLD, NOW, None), id="published never moves"),
        pytest.param(OLD, OLD, known(OLD, OLD), "clip", True, (OLD, NOW, None), id="changed under its old date: now"),
        pytest.param(OLD, NOW - DAY, known(OLD, OLD), "clip", True, (OLD, NOW - DAY, None), id="changed, with its own date"),
        pytest.param(None, None, known(OLD, OLD), "clip", False, (OLD, OLD, None), id="no date any more"),
        pytest.param(NOW + 2 * DAY, None, known(NOW + DAY, NOW + DAY, NOW + DAY), "wait", True, (NOW + 2 * DAY, NOW + 2 * DAY, NOW + 2 * DAY), id="a waiting post may be moved"),
        pytest.param(OLD, None, known(NOW + DAY, NOW + DAY, NOW + DAY), "wait", True, (OLD, OLD, None), id="a waiting post may be brought forward"),
        pytest.param(NOW + DAY, None, known(OLD, OLD), "wait", True, (OLD, NOW, None), id="a post that was out does not wait again"),
    ],
)  # fmt: skip
def test_dated(
    published: datetime | None,
    updated: datetime | None,
    before: Known | None,
    future: FutureDates,
    changed: bool,
    expected: tuple[datetime, datetime, datetime | None],
) -> None:
    found = dated(entry(published=published, updated=updated), before, NOW, 3, future=future, changed=changed)
    assert (found.published, found.updated, found.release) == expected


@pytest.mark.parametrize(
    ("release", "before", "expected"),
    [
        pytest.param(NOW + DAY, known(OLD, OLD), NOW + DAY, id="it was out"),
        pytest.param(NOW + DAY, known(OLD, OLD, OLD + DAY), NOW + DAY, id="its embargo was over"),
        pytest.param(NOW + 2 * DAY, known(OLD, OLD, NOW + DAY), None, id="it waits still"),
        pytest.param(NOW + DAY, None, None, id="it is new"),
        pytest.param(NOW + DAY, replace(known(OLD, OLD), status="held"), None, id="it was a draft"),
        pytest.param(NOW, known(OLD, OLD), None, id="an embargo that is over"),
        pytest.param(None, known(OLD, OLD), None, id="none"),
    ],
)
def test_an_embargo_after_publication(
    release: datetime | None, before: Known | None, expected: datetime | None
) -> None:
    told = entry(published=OLD, release=release)
    assert late(told, before, NOW) == expected
    held = before.entry.release if before and expected else release
    assert dated(told, before, NOW, 0, future="wait", changed=True).release == held
