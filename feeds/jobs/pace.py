"""When a job that asks sources has to ask no one else, so that it uses every answer and ends with its budget."""

from dataclasses import dataclass
from datetime import timedelta

from feeds.jobs.work import Tally, Work
from feeds.model.source import Haste

GUESS = timedelta(milliseconds=30)  # that settling an answer takes, as long as none was settled
FAREWELL = timedelta(seconds=1)  # for answers that came before a stop
LOOK = timedelta(seconds=1)  # until it is asked again whether the settings are in force: in a cluster a query (0.3 ms)


@dataclass(slots=True)
class Pace:
    """How long answers take to be settled, and how many wait for it.

    An answer that is dropped is one asked for twice: of 100,000 sources in jobs of 30 s each that asked on to the end
    of their budget, 140,720 were asked again (`scripts/bench cluster`).
    """

    work: Work
    tally: Tally
    closed: bool = False  # no one else is asked
    _taken: int = 0
    _settled: int = 0
    _spent: timedelta = timedelta(0)
    _stopped: timedelta | None = None  # when a stop was seen
    _looked: timedelta | None = None  # when the settings were last known to be in force

    def hurry(self, ahead: int) -> Haste:
        """Tell, by another thread, how much haste there is: the last are asked when those fill the rest of the budget.

        *ahead*: how many answers are under way or wait to be taken.
        """
        if self.work.stopping():
            self.closed = True
            return "now"
        each = self._spent / self._settled if self._settled else GUESS
        waiting = ahead + self._taken - self._settled
        if self.closed or self.tally.took + each * waiting >= self.work.budget:
            self.closed = True
            return "last"
        return "none"

    def took(self) -> bool:
        """Count one answer; False where it is not to be settled: under other settings, or long after a stop."""
        self._taken += 1
        now = self.tally.took
        if self.work.stopping() and self._stopped is None:
            self._stopped = now
        late = self._stopped is not None and now > self._stopped + FAREWELL
        return not late and self._in_force(now)

    def _in_force(self, now: timedelta) -> bool:
        if self._looked is None or now >= self._looked + LOOK:
            self._looked = now if self.work.current() else None
        return self._looked is not None

    def settled(self, number: int, span: timedelta) -> None:
        """Learn that settling so many took so long."""
        self._settled, self._spent = self._settled + number, self._spent + span
