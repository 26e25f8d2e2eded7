"""Whether the service is fit to be asked: the store answers, the first pass is over, the clock is right."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from feeds.errors import FeedsError
from feeds.store import Store

WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""When this program was written: a clock before it is wrong, on a machine whose battery is empty for one."""

FAR = timedelta(days=20 * 365)  # after WRITTEN: no clock is right there, and dates in the future would be taken in
SLACK = timedelta(hours=1)  # by which a clock that is put right may go back


def wrong_clock(now: datetime, latest: datetime | None) -> str:
    """Say what is wrong with *now*, '' where nothing is; *latest* is when the store was last decided upon."""
    if now < WRITTEN:
        return f"it is {now:%Y-%m-%d %H:%M} UTC by the clock, before this program was written"
    if now > WRITTEN + FAR:
        return f"it is {now:%Y-%m-%d %H:%M} UTC by the clock, twenty years after this program was written"
    if latest and now < latest - SLACK:
        return f"it is {now:%Y-%m-%d %H:%M} UTC by the clock, but the store was last written at {latest:%Y-%m-%d %H:%M}"
    return ""


def unready(store: Store, now: datetime | None, first_pass: Callable[[], bool]) -> tuple[str, ...]:
    """Say why requests had better go elsewhere; nothing where all is well. *now* is None where the clock is fixed."""
    try:
        latest, over = store.figures.latest(), first_pass()
    except FeedsError as error:
        return (f"the store does not answer: {error}",)
    found = [] if over else ["the first pass is running"]
    return (*found, *(said for said in (wrong_clock(now, latest) if now else "",) if said))
