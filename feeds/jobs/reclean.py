"""What is stored, held to the cleaner of today."""

from dataclasses import replace

from feeds.core.entries.clean import cleaned_again
from feeds.core.entries.identity import fingerprint
from feeds.jobs.work import Work
from feeds.model.changes import Known, Recleaned

BATCH = 500


def reclean(work: Work) -> int:
    """Clean stored entries again; return how many of them changed. What is published is marked then.

    Polls do not do it: what its feed does not change is not read again, and what left its feed never is (XSS-34).
    A change of the cleaner is no news: dates and versions stay.
    """
    archive, changed, after = work.ports.archive, 0, ("", "")
    while some := archive.every_entry(after, BATCH):
        found = [one for known in some if (one := _recleaned(known))]
        changed += archive.amend(found) if found else 0
        last = some[-1].entry
        after = (last.guid, last.source_id)
    if changed:
        work.ports.outbox.mark(work.ports.outbox.channels(), work.ports.clock())
    return changed


def _recleaned(known: Known) -> Recleaned | None:
    content = cleaned_again(known.entry.content)
    if content == known.entry.content:
        return None
    entry = replace(known.entry, content=content)
    return Recleaned(entry=entry, fingerprint=fingerprint(entry), before=known.fingerprint)
