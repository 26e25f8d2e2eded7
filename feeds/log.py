"""Log lines: one a record, with ids, as `key=value` or as JSON. What others wrote cannot forge, colour or flood them.

Facts are read from the call itself: in `logger.info("poll source=%s outcome=%s", …)` the event is `poll`, and `source`
and `outcome` are facts. More of them may be given as `extra={"facts": {…}}`. `about(job=…)` adds ids to every line that
is written within it, on that thread.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

from feeds.model.settings import Form

VALUE = 500  # characters of one fact, or of an event; a longer one is cut, for logs are not where bodies are kept
TRACE = 16_000  # characters of a traceback, the end of it
# heard only when they warn
NOISY = ("apscheduler", "urllib3", "alembic", "procrastinate", "uvicorn.error", "charset_normalizer")

_PART = re.compile(r"(?:(?P<name>[A-Za-z_]+)=)?%(?P<kind>%|[-#0 +]*\d*(?:\.\d+)?[a-zA-Z])")
_BARE = re.compile(r"[^\s\"=\\]+\Z")
_IDS: ContextVar[Mapping[str, str]] = ContextVar("ids", default={})  # noqa: B039 - it is never written to


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Add *ids* to the lines that are written meanwhile."""
    before = _IDS.set({**_IDS.get(), **ids})
    try:
        yield
    finally:
        _IDS.reset(before)


def start(level: int, form: Form = "text") -> None:
    """Log to stderr, from *level* on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(form))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def reshape(form: Form) -> None:
    """Write lines as *form* from now on, where logging was begun by `start`."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Lines):
            handler.formatter.form = form


class Once:
    """A fault of what is tried again and again: logged with its traceback when it begins, and not while it lasts."""

    def __init__(self, logger: logging.Logger, what: str) -> None:
        self._logger, self._what, self._lasting = logger, what, ""

    def log(self, error: Exception) -> None:
        """Log *error*, which is being handled, unless it is the one of the last time."""
        if repr(error) != self._lasting:
            self._logger.exception("%s failed, it is tried again", self._what)
        self._lasting = repr(error)

    def over(self) -> None:
        """It went well, which is told where it did not the last time."""
        if self._lasting:
            self._logger.info("%s goes well again", self._what)
        self._lasting = ""


class Lines(logging.Formatter):
    """Records to lines."""

    def __init__(self, form: Form = "text") -> None:
        super().__init__()
        self.form: Form = form

    def format(self, record: logging.LogRecord) -> str:
        event, facts = _read(record)
        facts = {**_IDS.get(), **facts}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        whole = self.formatException(record.exc_info)[-TRACE:] if record.exc_info else ""
        trace = [escaped(line) for line in whole.splitlines()]
        if self.form == "json":
            line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "event": event}
            more = {name: value for name, value in facts.items() if name not in line}
            return orjson.dumps({**line, **more, **({"trace": "\n".join(trace)} if trace else {})}).decode()
        said = " ".join([event, *(f"{name}={_value(value)}" for name, value in facts.items())]).strip()
        tail = "".join(f"\n    {line}" for line in trace)
        return f"{at} {record.levelname} {record.name} {said}{tail}"


def escaped(text: str) -> str:
    """Return *text* with every sign that a terminal or a reader of lines would obey written out (SRV-29)."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


def _read(record: logging.LogRecord) -> tuple[str, dict[str, object]]:
    """Return what happened, and the facts of the call by name, each bounded and without signs that are obeyed."""
    given = record.args if isinstance(record.args, tuple) else ()
    rest, facts = iter(given), dict[str, object]()
    message = record.getMessage() if record.args and not given else str(record.msg)

    def part(match: re.Match[str]) -> str:
        if not given:
            return match[0]
        if match["kind"] == "%":
            return f"{match['name']}=%" if match["name"] else "%"
        value = next(rest, "")
        shown = _number(value) if isinstance(value, int | float) else _bounded(_formatted(match["kind"], value))
        if not match["name"]:
            return str(shown)
        facts[match["name"]] = shown
        return ""

    event = _PART.sub(part, message)
    for name, value in getattr(record, "facts", {}).items():
        facts[str(name)] = _number(value) if isinstance(value, int | float) else _bounded(str(value))
    return _bounded(" ".join(event.split())), facts


def _formatted(kind: str, value: object) -> str:
    try:
        return f"%{kind}" % (value,)
    except (TypeError, ValueError):
        return str(value)


def _number(value: float) -> float:
    return round(value, 3) if isinstance(value, float) else value


def _bounded(text: str) -> str:
    return escaped(text if len(text) <= VALUE else f"{text[: VALUE - 1]}…")


def _value(value: object) -> str:
    text = str(value)
    return text if _BARE.match(text) else '"' + text.replace('"', '\\"') + '"'
