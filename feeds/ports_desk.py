"""What the desk's pages ask of the rest. `app/` holds the answers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from feeds.model.staff import Session


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


class Door(Protocol):
    """Who may come in."""

    def enter(self, name: str, password: str, client: str, device: str) -> Entered | Refused:
        """Sign *name* in, from the address *client*; *device* is what this browser was given once, '' for none."""

    def session(self, token: str) -> Session | None:
        """Return who holds *token*, where the session has not ended."""

    def leave(self, token: str, client: str) -> None:
        """End the session of *token*."""
