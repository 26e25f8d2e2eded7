"""What another setting of `dedupe` would have done to the entries of the last days, before it is set."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from feeds.app.build import App
from feeds.config import values
from feeds.core.deciding.replay import WARM, Replay
from feeds.errors import UsageError
from feeds.model.overview import Difference
from feeds.model.settings import Dedupe

WITHIN = timedelta(hours=72)  # where neither the configuration nor the user says how far apart copies may be
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """*entries* were told again under *dedupe*; they are in *now* stories and would be in *then*."""

    since: datetime
    dedupe: Dedupe
    entries: int
    now: int
    then: int
    differences: tuple[Difference, ...]


def asked(app: App, threshold: str, within: str) -> Dedupe:
    """Return the settings in force with what the user says instead. Raises `UsageError`."""
    given = app.settings.dedupe
    if within:
        given = replace(given, near=_read(values.duration(_MINUTE, 60 * _DAY), "--within", within))
    if threshold:
        share = threshold if "%" in threshold else _percent(threshold)
        given = replace(given, near=given.near or WITHIN, threshold=_read(values.share, "--threshold", share))
    return given


def replay(app: App, dedupe: Dedupe, days: int, progress: Callable[[str, int], None]) -> Replayed:
    """Tell the entries of the last *days* again under *dedupe*. Reads the store, writes nothing."""
    since = app.clock() - timedelta(days=days)
    overview = app.store.overview
    sources = {line.source.id: line.source for line in overview.sources()} | {s.id: s for s in app.settings.sources}
    found = Replay(dedupe, sources, overview.ruled(), since)
    for entries in overview.told(since - WARM - (dedupe.near or timedelta(0))):
        found.tell(entries)
        progress(entries[0].entry.source_id, 0)
    now, then = found.stories()
    return Replayed(
        since=since, dedupe=dedupe, entries=found.judged, now=now, then=then, differences=found.differences()
    )


def _percent(share: str) -> str:
    """Write `0.6` as `60%`; anything else stays, and is refused."""
    try:
        return f"{float(share) * 100:.3f}%"
    except ValueError:
        return share


def _read(kind: values.Value, option: str, text: str) -> Any:
    try:
        return kind.read(text)
    except values.Unfit as fault:
        raise UsageError(f"{option} is {text!r}; {fault.right or kind.right}") from fault
