"""What is done at the desk's pages: the same decisions as the command line's, each told by the audit log."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feeds.app import edit
from feeds.app.build import App
from feeds.app.desk import decisions as desk
from feeds.app.desk.staff import SignIn
from feeds.app.looking import preview
from feeds.errors import FeedsError, UsageError
from feeds.model.desk import Previewed
from feeds.model.staff import AuditLine
from feeds.ports.desk import Done

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an action was done to, and what came of it, in words for the audit log."""

    what: str
    detail: str = ""


Action = Callable[[App, Mapping[str, str]], Result]


def _poll(app: App, fields: Mapping[str, str]) -> Result:
    source_id = _source(app, fields)
    app.store.library.hasten([source_id], app.clock())
    return Result(what=source_id)


def _force(app: App, fields: Mapping[str, str]) -> Result:
    source_id = _source(app, fields)
    app.store.library.force([source_id], app.clock())
    return Result(what=source_id, detail="read again from scratch")


def _paused(app: App, fields: Mapping[str, str], *, paused: bool) -> Result:
    source_id = _source(app, fields)
    edit.set_paused(app, [source_id], paused=paused, sync=False)
    return Result(what=source_id)


def _retract(app: App, fields: Mapping[str, str]) -> Result:
    return _ruled(desk.retract(app, _given(fields, "what"), fields.get("reason", "")), fields.get("reason", ""))


def _unretract(app: App, fields: Mapping[str, str]) -> Result:
    return _ruled(desk.unretract(app, _given(fields, "what"), fields.get("reason", "")), fields.get("reason", ""))


def _touch(app: App, fields: Mapping[str, str], *, minor: bool) -> Result:
    reason = fields.get("reason", "")
    return _ruled(desk.touch(app, _given(fields, "what"), reason, minor=minor), reason)


def _merge(app: App, fields: Mapping[str, str]) -> Result:
    return _ruled(desk.merge(app, _given(fields, "what"), _given(fields, "other")))


def _split(app: App, fields: Mapping[str, str]) -> Result:
    ruled = desk.split(app, _given(fields, "what"), fields.get("source", ""))
    return _ruled(ruled, ruled.advice)


def _allow(app: App, fields: Mapping[str, str]) -> Result:
    (channel,) = desk.allow(app, [_given(fields, "channel")])
    return Result(what=channel)


def _ruled(ruled: desk.Ruled, detail: str = "") -> Result:
    """The stories by id, a blank between two: what an undo needs."""
    titles = " | ".join(story.lead.title for story in ruled.stories)
    return Result(what=" ".join(s.id for s in ruled.stories), detail=f"{titles}{f': {detail}' if detail else ''}")


ACTIONS: Mapping[str, Action] = {
    "poll": _poll,
    "force": _force,
    "pause": lambda app, fields: _paused(app, fields, paused=True),
    "resume": lambda app, fields: _paused(app, fields, paused=False),
    "retract": _retract,
    "unretract": _unretract,
    "touch": lambda app, fields: _touch(app, fields, minor=False),
    "minor": lambda app, fields: _touch(app, fields, minor=True),
    "merge": _merge,
    "split": _split,
    "allow": _allow,
}


class DeskActs:
    """Answers the port `Acts`."""

    def __init__(
        self,
        app: App,
        sign_in: SignIn,
        actions: Mapping[str, Action] = ACTIONS,
        *,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._app, self._sign_in, self._actions, self._wake = app, sign_in, actions, wake
        self._one = threading.Lock()  # a preview copies the store: one at a time

    def do(self, action: str, fields: Mapping[str, str], who: str, client: str) -> Done:
        act = self._actions[action]
        try:
            result = act(self._app, fields)
        except FeedsError as error:
            what = fields.get("what") or fields.get("source") or fields.get("channel") or ""
            return Done(line=self._sign_in.note(who, client, action, what, done=False, detail=str(error)), ok=False)
        line = self._sign_in.note(who, client, action, result.what, detail=result.detail)
        self._wake()
        return Done(line=line, ok=True)

    def line(self, number: int) -> AuditLine | None:
        return self._app.store.staff.line(number)

    def audit(self, page: int) -> tuple[AuditLine, ...]:
        return self._app.store.staff.audit(PAGE, after=page * PAGE)

    def draft(self) -> str:
        return preview.draft(self._app.settings)

    def preview(self, text: str) -> Previewed:
        if not self._one.acquire(blocking=False):
            raise UsageError("another preview is under way; try again in a moment")
        try:
            return preview.preview(self._app.settings.file, text, os.environ)
        finally:
            self._one.release()


def _given(fields: Mapping[str, str], name: str) -> str:
    if not fields.get(name, "").strip():
        raise UsageError(f"{name} is empty; give an item's URL or id")
    return fields[name].strip()


def _source(app: App, fields: Mapping[str, str]) -> str:
    source_id = _given(fields, "source")
    if app.source(source_id) is None:
        raise UsageError(f"no source is called {source_id!r}")
    return source_id
