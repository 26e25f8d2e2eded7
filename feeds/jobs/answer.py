"""One answer of a source on its way through a poll, and what is remembered of it."""

from dataclasses import dataclass
from datetime import datetime

from feeds.jobs.news import Reading
from feeds.model.changes import Changes
from feeds.model.lease import Lease
from feeds.model.source import Fetched, FetchLine, Source, SourceState


@dataclass(slots=True, kw_only=True)
class Answer:
    """One answer on its way: as it came, then as it was read."""

    source: Source
    state: SourceState
    fetched: Fetched
    reading: Reading | None = None  # where there was something to read, and it could be read
    lease: Lease | None = None
    changes: Changes | None = None  # what followed from it

    @property
    def weight(self) -> int:
        return sum(len(document.body) for document in self.fetched.documents)


def line(answer: Answer, now: datetime, new: int) -> FetchLine | None:
    """What is remembered of an answer; nothing where a folder or file, looked at twice a minute, is as it was."""
    fetched = answer.fetched
    if fetched.outcome == "unchanged" and answer.source.kind != "feed":
        return None
    problem = fetched.problem or next(iter(fetched.problems), None)
    return FetchLine(
        source_id=answer.source.id,
        at=now,
        outcome=fetched.outcome,
        status=fetched.status,
        size=fetched.size,
        took=fetched.took,
        new=new,
        problem=problem.code if problem else "",
    )
