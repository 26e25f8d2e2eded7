"""Jobs across processes and machines: workers that run them, schedulers that say what is due.

There may be any number of each. A tick is fired by one scheduler, whichever comes first: `turn` takes a slot of time
in the database, by the database's clock. Missing ones cost nothing, for the next one sees the same rows.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException

from feeds.engine.queue import LEASE, Holder, Queue, app_for
from feeds.model.job import Job, Report

logger = logging.getLogger(__name__)


def _untold() -> None:
    """Nobody asks whether it lives."""


def unnoted(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell in a line that the end of a job could not be noted, of which the library's task dies unheard.

    So it is where this worker slept past its lease and another one has the job, and while the database is away.
    """
    error = context.get("exception")
    if isinstance(error, ConnectorException):
        logger.warning("end of a job not noted, which is left to the next worker error=%s", error.__cause__ or error)
    else:
        loop.default_exception_handler(context)


TICK = timedelta(seconds=2)  # as in `embedded.py`
SWEEP = timedelta(seconds=10)  # with LEASE and the beats of workers: a dead one's jobs run again within some 40 s
BEAT = 10.0  # seconds between two signs of life of a worker
POLL = 1.0  # seconds until a worker looks for jobs of which no notice came, as when the one that ran of a lock ended
REST = timedelta(seconds=30)  # after a job that failed as a whole: all workers let it be, its rows stay due
PULSE = 1.0  # seconds between two signs that a worker's own loop goes on
PATIENCE = timedelta(seconds=25)  # how long a stop waits for running jobs; a supervisor should grant a minute
AGAIN = 2.0  # seconds before a worker that lost its database begins anew


class Rests(Protocol):
    """Which jobs rest because they failed as a whole, whoever ran them."""

    def rest(self, lock: str, span: timedelta) -> None: ...

    def resting(self) -> Collection[str]: ...


class Hands:
    """Runs jobs, *many* at a time, until it is stopped. *run* gets a job and what tells it to stop early.

    After each job *due* says what follows from it; one that failed rests, by *rests*. *ticked* is called as long as it
    looks for jobs, whether or not the database is there.
    """

    def __init__(
        self,
        address: str,
        run: Callable[[Job, Callable[[], bool]], Report],
        due: Callable[[], Iterable[Job]],
        rests: Rests,
        *,
        many: int = 4,
        beat: float = BEAT,
        lease: float = LEASE,
        ticked: Callable[[], None] = _untold,
    ) -> None:
        self._address, self._work, self._due, self._ticked = address, run, due, ticked
        self._rests = rests
        self._many, self._beat, self._lease = many, beat, lease
        self._holder, self._queue = Holder(address), Queue(address)
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._live, name="hands", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: timedelta = PATIENCE) -> bool:
        """Take no more jobs and wait for those that run; False when one was left behind (its rows stay due)."""
        self._stopping.set()
        if self._loop and self._task:
            with suppress(RuntimeError):  # closed: the database is away, and the next loop is not begun
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(patience.total_seconds())
        clean = not self._thread.is_alive()
        self._holder.close()
        self._queue.close()
        return clean

    def _live(self) -> None:
        while not self._stopping.is_set():
            self._ticked()
            try:
                asyncio.run(self._serve())
            except (Exception, asyncio.CancelledError):  # the library ends itself so, too
                if not self._stopping.is_set():
                    logger.exception("worker begins anew")
                    self._stopping.wait(AGAIN)

    async def _pulse(self) -> None:
        while True:
            self._ticked()
            await asyncio.sleep(PULSE)

    async def _serve(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._stopping.is_set():  # it knew of no loop that it could stop
            return
        with ThreadPoolExecutor(self._many, thread_name_prefix="job") as pool:
            self._loop.set_default_executor(pool)
            self._loop.set_exception_handler(unnoted)
            app = app_for(PsycopgConnector(conninfo=self._address, min_size=1, max_size=self._many + 2), self._run)
            async with app.open_async():
                if self._stopping.is_set():
                    return
                pulse = asyncio.create_task(self._pulse())
                try:
                    await app.run_worker_async(
                        concurrency=self._many,
                        install_signal_handlers=False,
                        delete_jobs="always",
                        fetch_job_polling_interval=POLL,
                        update_heartbeat_interval=self._beat,
                        stalled_worker_timeout=self._lease,
                    )
                finally:
                    pulse.cancel()

    def _run(self, name: str, shard: int) -> None:
        job = Job(name=name, shard=shard)  # type: ignore[arg-type]  # as it was put
        with self._holder.holding(job.lock) as lost:
            if lost is None:
                logger.warning("job is run by another still job=%s", job.lock)  # a later tick asks for it again
                return
            try:
                if job.lock in self._rests.resting():  # no thread waits for it; a later tick asks for it again
                    return
                if self._work(job, lambda: self._stopping.is_set() or lost()).outcome == "failed":
                    self._rests.rest(job.lock, REST)
            except Exception:  # a failing job harms no other
                logger.exception("job failed job=%s", job.lock)
                self._let_rest(job)
        try:
            self._queue.put(self._due())
        except Exception:
            logger.exception("tick failed")

    def _let_rest(self, job: Job) -> None:
        try:
            self._rests.rest(job.lock, REST)
        except Exception:  # the database is away, most likely: then nothing runs at all
            logger.warning("job is not put to rest job=%s", job.lock)


class Clockwork:
    """Says what is due: at each tick that it gets, and puts the jobs of silent workers back."""

    def __init__(
        self,
        queue: Queue,
        due: Callable[[], Iterable[Job]],
        turn: Callable[[str, timedelta], bool],
        *,
        every: timedelta = TICK,
        lease: float = LEASE,
        ticked: Callable[[], None] = _untold,
    ) -> None:
        self._queue, self._due, self._turn, self._ticked = queue, due, turn, ticked
        self._every, self._lease = every, lease
        self._stopping = threading.Event()
        self._lasting = ""  # the fault of the last tick

    def tick(self) -> bool:
        """Put what is due, where this scheduler is the one; tell whether it was. A fault that lasts is told once."""
        self._ticked()
        try:
            if self._turn("sweep", max(SWEEP, self._every)):
                self._queue.sweep(self._lease)
            if not self._turn("tick", self._every):
                return False
            self._queue.put(self._due())
        except Exception as error:
            if repr(error) != self._lasting:
                logger.exception("tick failed, it is tried again")
            self._lasting = repr(error)
            return False
        if self._lasting:
            logger.info("tick goes well again")
        self._lasting = ""
        return True

    def run(self) -> None:
        """Tick until `stop`."""
        while not self._stopping.is_set():
            self.tick()
            self._stopping.wait(self._every.total_seconds())

    def stop(self) -> None:
        self._stopping.set()


class Remote:
    """The engine of a process that runs no jobs: *keep* at each tick, and jobs that are due when it is woken."""

    def __init__(
        self, queue: Queue, keep: Callable[[], None], due: Callable[[], Iterable[Job]], every: timedelta = TICK
    ) -> None:
        self._queue, self._keep, self._due, self._every = queue, keep, due, every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name="remote", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def tick(self) -> None:
        """Put at once what became due."""
        try:
            self._queue.put(self._due())
        except Exception:  # a scheduler finds it
            logger.exception("wake failed")

    def _live(self) -> None:
        while not self._stopping.wait(self._every.total_seconds()):
            try:
                self._keep()
            except Exception:
                logger.exception("housekeeping failed")

    def stop(self) -> bool:
        self._stopping.set()
        self._thread.join(10)
        return True
