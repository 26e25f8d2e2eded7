"""What the desk's pages ask of the rest. `app/` holds the answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from feeds.model.desk import CopyLine, HeldView, Previewed, QueueView, SourceDetail, StatusView
from feeds.model.overview import Found
from feeds.model.partner import PartnerView
from feeds.model.settings import Site
from feeds.model.staff import AuditLine, Session
from feeds.model.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Someone is signed in. *token* is what the browser shows from now on, *device* what tells it the next time."""

    user: str
    token: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Someone is not signed in; what was typed is looked at again after *wait*."""

    why: Literal[
        "wrong",  # name or password
        "wait",  # too many failures before
        "busy",  # too many sign in at this moment
    ]
    wait: timedelta = timedelta(0)


class SignIn(Protocol):
    """Who may come in."""

    def enter(self, name: str, password: str, client: str, device: str) -> Entered | Refused:
        """Sign *name* in, from the address *client*; *device* is what this browser was given once, '' for none."""

    def session(self, token: str) -> Session | None:
        """Return who holds *token*, where the session has not ended."""

    def leave(self, token: str, client: str) -> None:
        """End the session of *token*."""


class Views(Protocol):
    """What is to be seen; nothing here changes anything. Lists come in pages, from 0."""

    def status(self, words: str, page: int) -> StatusView:
        """Return how sources do, the worst first: all, or those in whose id, title or address *words* stand."""

    def source(self, source_id: str) -> SourceDetail | None:
        """Return one source, None where none is called so."""

    def copies(self, kind: str, page: int) -> tuple[CopyLine, ...]:
        """Return verdicts on copies, the newest first: `merged` or `apart`."""

    def stories(self, words: str, page: int) -> tuple[Story, ...]:
        """Return stories of any status, the newest here first: all, those that say *words*, or that they name."""

    def story(self, what: str) -> Found:
        """Return the life of what *what* names: an id or URL. Raises `UsageError`."""

    def held(self) -> HeldView:
        """Return what is not brought out, and why."""

    def queue(self) -> QueueView:
        """Return what waits to be published, sent and asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of an action: *line* is its number in the audit log, *ok* False where it was refused."""

    line: int
    ok: bool


class Acts(Protocol):
    """What is done at the desk, and told by its log."""

    def do(self, action: str, fields: Mapping[str, str], who: str, client: str) -> Done:
        """Do one action as *who* at the address *client*, and write it into the audit log, refused or not.

        Raises `KeyError` where there is no such action.
        """

    def line(self, number: int) -> AuditLine | None:
        """Return one line of the audit log."""

    def audit(self, page: int) -> tuple[AuditLine, ...]:
        """Return the audit log, the newest line first."""

    def draft(self) -> str:
        """Return the parts of the configuration that a preview may change, as they are written."""

    def preview(self, text: str) -> Previewed:
        """Return what the configuration with *text* in place of those parts would show.

        Raises `ConfigError`, `UsageError`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One of each, as the pages receive them. *site* and *ready* may answer otherwise after a reload."""

    sign_in: SignIn
    views: Views
    acts: Acts
    clock: Callable[[], datetime]
    site: Callable[[], Site]
    staffed: Callable[[], bool]  # somebody may sign in
    partners: Callable[[], tuple[PartnerView, ...]] = tuple  # those with alarms first
