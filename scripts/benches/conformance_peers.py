"""What one of the peers makes of documents: `conformance_peers.py READER TASKS` prints a line of JSON for each task.

A task is {path, media_type, url, expect}; a line is {title, items} in the shape of `conforming.scores`, with `holds`
for an expectation in feedparser's words, or {error}. Run by the Python that has the peers, and nothing else of ours.
"""

import calendar
import io
import json
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Task = dict[str, str]
WORDS = {"len": len, "ord": ord, "int": int, "isinstance": isinstance, "str": str, "True": True, "False": False}
"""What expectations use of Python."""


def feedparser(task: Task) -> Any:
    import feedparser as peer  # noqa: PLC0415 - each process has one reader

    headers = {"content-location": task["url"], "content-type": task["media_type"]}
    return peer.parse(io.BytesIO(Path(task["path"]).read_bytes()), response_headers=headers)


def fastfeedparser(task: Task) -> Any:
    import fastfeedparser as peer  # type: ignore[import-not-found]  # noqa: PLC0415 - the peers have it alone

    return peer.parse(Path(task["path"]).read_bytes())


def feedparser_rs(task: Task) -> Any:
    import feedparser_rs as peer  # type: ignore[import-not-found]  # noqa: PLC0415 - the peers have it alone

    return peer.parse(Path(task["path"]).read_bytes())


READERS: dict[str, Callable[[Task], Any]] = {f.__name__: f for f in (feedparser, fastfeedparser, feedparser_rs)}


def told(result: Any) -> dict[str, Any]:
    """Return what a result that looks like feedparser's says."""
    return {"title": _said(result.feed, "title"), "items": [_item(entry) for entry in result.entries]}


def _item(entry: Any) -> dict[str, Any]:
    return {
        "id": _said(entry, "id"),
        "link": _said(entry, "link"),
        "title": _said(entry, "title"),
        "summary": _said(entry, "summary") or _said(entry, "description"),
        "published": _moment(entry, "published") or _moment(entry, "created") or _moment(entry, "updated"),
        "updated": _moment(entry, "updated"),
        "enclosures": [
            [_said(e, "href") or _said(e, "url"), _said(e, "type"), _said(e, "length")]
            for e in _get(entry, "enclosures") or ()
        ],
    }


def _get(holder: Any, key: str) -> Any:
    """A value of a dict, or of an object that answers to both ways of asking."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return holder.get(key)
        except (AttributeError, KeyError):
            return getattr(holder, key, None)


def _said(holder: Any, key: str) -> str:
    found = _get(holder, key)
    return "" if found is None else str(found).strip()


def _moment(entry: Any, key: str) -> str:
    """A date as ISO 8601 in UTC: of the nine numbers where a reader gives them, else of its text."""
    try:
        if parsed := _get(entry, f"{key}_parsed"):
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat()
        found = datetime.fromisoformat(_said(entry, key))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError, TypeError):
        return ""


def holds(expect: str, result: Any) -> bool:
    """Tell whether an expectation holds; what a reader does not know at all does not hold."""
    names = {name: _get(result, name) for name in ("version", "encoding", "namespaces", "headers")}
    names |= {"feed": result.feed, "entries": result.entries, "bozo": 0}
    try:
        return bool(eval(expect, {"__builtins__": WORDS}, names))  # feedparser's own way with its own cases
    except Exception:
        return False


def answer(read: Callable[[Task], Any], task: Task) -> dict[str, Any]:
    """Return what a reader says to a task."""
    try:
        result = read(task)
        return {"holds": holds(task["expect"], result)} if task["expect"] else told(result)
    except ModuleNotFoundError:  # the reader itself is missing
        raise
    except Exception as error:  # a reader that raises has read nothing
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def main() -> None:
    read = READERS[sys.argv[1]]
    for task in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")):
        print(json.dumps(answer(read, task)))


if __name__ == "__main__":
    main()
