"""What is due, as jobs. Jobs are hints: the rows say what is due, so a lost or doubled one costs a little time."""

from feeds.jobs.work import Work
from feeds.model.job import Job


def tick(work: Work, shards: int = 1) -> tuple[Job, ...]:
    """Return a job for each kind of work that has something due."""
    ports, now = work.ports, work.ports.clock()
    leases = ports.library.leases
    jobs = [Job(name="poll", shard=n) for n in range(shards) if ports.library.due(n, now, 1) or leases.lettered(n)]
    if ports.outbox.dirty(now, 1):
        jobs.append(Job(name="publish"))
    if ports.outbox.owed(now, 1):
        jobs.append(Job(name="deliver"))
    if work.listening and leases.due(now, 1):
        jobs.append(Job(name="subscribe"))
    if ports.index and ports.index.waits():
        jobs.append(Job(name="index"))
    return tuple(jobs)
