"""What is due, as jobs. Jobs are hints: the rows say what is due, so a lost or doubled one costs a little time."""

from feeds.jobs.work import Work
from feeds.model.job import Job


def tick(work: Work) -> tuple[Job, ...]:
    """Return a job for each kind of work that has something due, where one process does all of it."""
    ports, now = work.ports, work.ports.clock()
    jobs = []
    if ports.library.due(0, now, 1) or ports.library.leases.lettered(0):
        jobs.append(Job(name="poll"))
    if ports.outbox.dirty(now, 1):
        jobs.append(Job(name="publish"))
    if ports.outbox.owed(now, 1):
        jobs.append(Job(name="deliver"))
    return (*jobs, *beside(work))


def beside(work: Work) -> tuple[Job, ...]:
    """Return jobs of what is done in one place, however many processes there are."""
    ports, now = work.ports, work.ports.clock()
    jobs = []
    if work.listening and ports.library.leases.due(now, 1):
        jobs.append(Job(name="subscribe"))
    if ports.errands and ports.errands.due(now, 1):
        jobs.append(Job(name="hand"))
    if ports.index and ports.index.waits():
        jobs.append(Job(name="index"))
    if ports.mirror and ports.mirror.notes.waits(now):
        jobs.append(Job(name="mirror"))
    return tuple(jobs)
