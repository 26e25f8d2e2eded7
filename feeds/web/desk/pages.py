"""The desk's pages, in the order of its navigation."""

from collections.abc import Mapping

from feeds.errors import FeedsError, UsageError
from feeds.ports.desk import Desk
from feeds.web.desk import guard
from feeds.web.desk.look import Page, Visit

LISTED = 50  # lines of a page, as `app/` gives them


def _status(desk: Desk, visit: Visit) -> Mapping[str, object]:
    words, page = visit.parameters.get("q", "")[:200], _page(visit)
    view = desk.views.status(words, page)
    return {"view": view, "q": words, "number": page, "more": view.found > (page + 1) * LISTED}


def _source(desk: Desk, visit: Visit) -> Mapping[str, object]:
    found = desk.views.source(visit.parameters.get("id", ""))
    if found is None:
        raise UsageError(visit.say["no_source"].format(id=visit.parameters.get("id", "")[:100]))
    return {"found": found}


def _copies(desk: Desk, visit: Visit) -> Mapping[str, object]:
    kind = "apart" if visit.parameters.get("kind") == "apart" else "merged"
    lines = desk.views.copies(kind, _page(visit))
    return {"lines": lines, "kind": kind, "number": _page(visit), "more": len(lines) == LISTED}


def _stories(desk: Desk, visit: Visit) -> Mapping[str, object]:
    words = visit.parameters.get("q", "")[:2000]
    found = desk.views.stories(words, _page(visit))
    return {"stories": found, "q": words, "number": _page(visit), "more": len(found) == LISTED}


def _story(desk: Desk, visit: Visit) -> Mapping[str, object]:
    what = visit.parameters.get("what", "").strip()
    found = desk.views.story(what)
    told = {member.key for story in found.stories for member in story.members}
    return {"found": found, "what": what, "alone": [k for k in found.entries if k.entry.key not in told]}


def _held(desk: Desk, visit: Visit) -> Mapping[str, object]:
    return {"view": desk.views.held()}


def _preview(desk: Desk, visit: Visit) -> Mapping[str, object]:
    """The draft as it was sent, what it would do, or what is wrong with it."""
    if "draft" not in visit.fields:
        return {"draft": desk.acts.draft(), "result": None, "problem": ""}
    draft = visit.fields["draft"]
    try:
        return {"draft": draft, "result": desk.acts.preview(draft), "problem": ""}
    except FeedsError as error:
        return {"draft": draft, "result": None, "problem": str(error)}


def _queue(desk: Desk, visit: Visit) -> Mapping[str, object]:
    return {"view": desk.views.queue()}


def _partners(desk: Desk, visit: Visit) -> Mapping[str, object]:
    return {"lines": desk.partners()}


def _audit(desk: Desk, visit: Visit) -> Mapping[str, object]:
    lines = desk.acts.audit(_page(visit))
    return {"lines": lines, "number": _page(visit), "more": len(lines) == 2 * LISTED}


def _page(visit: Visit) -> int:
    return guard.number(visit.parameters.get("page", ""))


PAGES: tuple[Page, ...] = (
    Page(name="", label="status", template="status.html", show=_status),
    Page(name="source", template="source.html", show=_source, within=""),
    Page(name="stories", label="stories", template="stories.html", show=_stories),
    Page(name="story", template="story.html", show=_story, within="stories"),
    Page(name="copies", label="copies", template="copies.html", show=_copies),
    Page(name="held", label="held", template="held.html", show=_held),
    Page(name="preview", label="preview", template="preview.html", show=_preview, tries=True),
    Page(name="queue", label="queue", template="queue.html", show=_queue),
    Page(name="partners", label="partners", template="partners.html", show=_partners),
    Page(name="audit", label="audit", template="audit.html", show=_audit),
)
