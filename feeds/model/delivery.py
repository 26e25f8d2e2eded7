"""Telling others that something was published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one place. The same thing to the same place has the same id, so that it is sent once."""

    id: str
    kind: Literal["ping"]  # a hub is told that a topic changed (WebSub §6)
    target: str
    topic: str
    due: datetime
    attempts: int = 0
    problem: str = ""
    state: Literal["owed", "done", "given_up"] = "owed"
