"""Whether there is more to ask than can be asked: looked at once a minute, by one process for all."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from feeds.app.build import App
from feeds.core.polling import load

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)


def plan(app: App) -> None:
    """Raise or lower the pressure under which sources are asked more seldom."""
    figures = app.store.figures
    before = figures.pressure()
    late, sources = figures.late(app.clock() - load.LATE)
    now = round(load.pressure(late, sources), 1)
    if now != before:
        app.store.library.set_meta(figures.PRESSURE, str(now))
        logger.warning("pressure=%.2f late=%d sources=%d", now, late, sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many sources are due, how many seconds the first of them is, and by how much that is too much."""

    due: int
    lag_seconds: float
    pressure: float


def load_of(app: App) -> Load:
    """Return how polling keeps up."""
    due, lag = app.store.figures.waiting(app.clock())
    return Load(due=due, lag_seconds=lag.total_seconds(), pressure=app.store.figures.pressure())


def said(found: Load) -> str:
    """Say in a line how polling lags behind; '' where it does not."""
    if found.pressure <= 1.0 and found.lag_seconds < load.LATE.total_seconds():
        return ""
    much = f"; too much: sources that tell little are asked up to {found.pressure:.1f} times more seldom"
    lag = timedelta(seconds=int(found.lag_seconds))
    return f"{found.due} sources due, the first of them for {lag}{much if found.pressure > 1.0 else ''}"
