"""The documents of one answer, read: a feed that cannot be read is a failure, a post that cannot stays alone."""

from feeds.core.deciding.rivals import rivals
from feeds.errors import ParseError, PostError
from feeds.model.entry import Parsed, RawEntry
from feeds.model.quick import replace
from feeds.model.source import FeedInfo, Fetched, Problem, Source, Validators
from feeds.parse.posts.links import linked
from feeds.ports.wire import Read


def read(source: Source, fetched: Fetched, by: Read) -> tuple[Fetched, Parsed]:
    """Read the documents of an answer. A feed that cannot be read turns it into a failure; a post stays alone."""
    if fetched.outcome != "fresh":
        return fetched, Parsed()
    if source.kind == "content":
        return _read_posts(source, fetched, by)
    document = fetched.documents[0]
    try:
        parsed = by(document, source)
    except ParseError as error:
        problem = Problem(code=error.code, detail=error.detail, where=document.url)
        return replace(fetched, outcome="failed", problem=problem), Parsed()
    info = replace(
        parsed.info,
        hub=fetched.hub or parsed.info.hub,
        self_url=fetched.self_url or parsed.info.self_url or document.url,
    )
    if not parsed.complete:  # NET-17: what came is kept, but the next poll asks for the whole
        fetched = replace(fetched, validators=Validators(), body_hash="")
    return fetched, replace(parsed, info=info)


def _read_posts(source: Source, fetched: Fetched, by: Read) -> tuple[Fetched, Parsed]:
    entries: list[RawEntry] = []
    problems: list[Problem] = list(fetched.problems)
    notes: list[Problem] = []
    others: set[str] = set()  # files that their own words make no posts, or no longer
    for document in fetched.documents:
        try:
            parsed = by(document, source)
        except PostError as error:
            fault = error.fault
            where = ":".join([document.url, *(str(n) for n in (fault.line, fault.column) if n)])
            problems.append(Problem(code="post", detail=fault.message, where=where))
        except ParseError as error:
            problems.append(Problem(code=error.code, detail=error.detail, where=document.url))
        else:
            entries.extend(parsed.entries)
            notes.extend(parsed.problems)
            if not parsed.entries:
                others.add(document.path)
    listing = tuple(path for path in fetched.listing if path not in others)
    taken = rivals(entries)
    files = {document.path: document.url for document in fetched.documents}
    problems.extend(Problem(code="post", detail=said, where=files[path]) for path, said in taken.items())
    entries, lost = linked([entry for entry in entries if entry.path not in taken])
    notes.extend(replace(problem, where=files[problem.where]) for problem in lost)
    return replace(fetched, problems=tuple(problems), listing=listing), Parsed(
        info=FeedInfo(format="posts"), entries=tuple(entries), problems=tuple(notes)
    )
