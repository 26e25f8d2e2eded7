"""The audit log: who did what, when, from where, and what came of it; each text one line of some length."""

from datetime import datetime

from feeds.model.staff import AuditLine
from feeds.store.desk.staff import Staff

DETAIL = 500  # characters of a text in the log


def note(
    staff: Staff,
    now: datetime,
    who: str,
    client: str,
    action: str,
    what: str = "",
    *,
    done: bool = True,
    detail: str = "",
) -> int:
    """Write a line, and return its number. *client* is an address, or `cli`."""
    line = AuditLine(
        at=now, who=plain(who), client=plain(client), action=action, what=plain(what), done=done, detail=plain(detail)
    )
    return staff.note(line)


def plain(text: str) -> str:
    """*text* as one line, whatever was sent: no line or terminal is made to say more (SRV-29)."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: DETAIL + 1])
    return line if len(line) <= DETAIL else line[: DETAIL - 1] + "…"
