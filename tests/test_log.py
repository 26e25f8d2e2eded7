"""A log line is one line with its ids, whatever others put into it."""

import io
import json
import logging
from typing import Any

import pytest

from feeds import log

HOSTILE = [
    pytest.param("a\r\n2026-01-01T00:00:00Z INFO forged line", id="CR LF"),
    pytest.param("\x1b[2J\x1b]0;title\x07", id="escape sequences of a terminal"),
    pytest.param("\x9b31m \x85 \u2028 \u2029", id="C1 controls and other ends of lines"),
    pytest.param("\u202egnp.exe\u202c \u200b", id="signs that turn or hide"),
    pytest.param('x" level="info', id="quotes"),
    pytest.param("\ud800", id="half a sign"),
    pytest.param("A" * 1_000_000, id="1 MB"),
]


@pytest.fixture
def lines() -> "Written":
    logger, out = logging.Logger("feeds.test", logging.INFO), io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(log.Lines())
    logger.addHandler(handler)
    return Written(logger, handler, out)


class Written:
    def __init__(self, logger: logging.Logger, handler: logging.Handler, out: io.StringIO) -> None:
        self.logger, self.handler, self.out = logger, handler, out

    def take(self) -> list[str]:
        said = self.out.getvalue()
        self.out.truncate(0)
        self.out.seek(0)
        return said.splitlines()

    def as_json(self) -> None:
        assert isinstance(self.handler.formatter, log.Lines)
        self.handler.formatter.form = "json"


def test_facts_are_read_from_the_call(lines: Written) -> None:
    lines.logger.info("poll source=%s bytes=%d took=%.1f", "wire", 12, 0.25)
    assert lines.take()[0].endswith(" INFO feeds.test poll source=wire bytes=12 took=0.25")
    lines.as_json()
    lines.logger.info("poll source=%s bytes=%d took=%.1f", "wire", 12, 0.25, extra={"facts": {"new": 2}})
    found = json.loads(lines.take()[0])
    assert {k: found[k] for k in ("level", "logger", "event", "source", "bytes", "took", "new")} == {
        "level": "info", "logger": "feeds.test", "event": "poll", "source": "wire", "bytes": 12, "took": 0.25, "new": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "arguments", "said"),
    [
        pytest.param("plain 100% sure", (), "plain 100% sure", id="no arguments"),
        pytest.param("%d%% of %s", (50, "all"), "50% of all", id="a sign of percent"),
        pytest.param("of %s", ("two words",), "of two words", id="no name"),
        pytest.param("x a=%s", ("",), 'x a=""', id="empty"),
        pytest.param("x a=%s", ("two words",), 'x a="two words"', id="quoted"),
        pytest.param("x a=%r", (ValueError("no"),), "x a=ValueError('no')", id="another kind"),
        pytest.param("x a=%d", ("no number",), 'x a="no number"', id="a kind that does not fit"),
        pytest.param("x a=%s b=%s", ("one",), 'x a=one b=""', id="an argument too few"),
        pytest.param("x a=%(a)s", ({"a": "one"},), "x a=one", id="by name"),
    ],
)
def test_text(lines: Written, message: str, arguments: tuple[Any, ...], said: str) -> None:
    lines.logger.info(message, *arguments)
    assert lines.take()[0].endswith(f" INFO feeds.test {said}")


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_srv_29_hostile_text_is_escaped_and_cut(lines: Written, hostile: str, form: str) -> None:
    if form == "json":
        lines.as_json()
    lines.logger.info("asked agent=%s of %s", hostile, hostile)
    with log.about(request="1f"):
        try:
            raise ValueError(hostile)
        except ValueError:
            lines.logger.exception("failed")
    said = lines.take()
    assert all(line.isprintable() and len(line) < 40_000 for line in said)
    if form == "json":
        assert [json.loads(line)["event"].split()[0] for line in said] == ["asked", "failed"]
    else:
        starts = [line for line in said if not line.startswith("    ")]
        assert [line.split()[3] for line in starts] == ["asked", "failed"]


def test_ids_are_in_every_line_written_within(lines: Written) -> None:
    with log.about(job="poll:0"):
        with log.about(source="wire"):
            lines.logger.info("one")
        lines.logger.info("two")
    lines.logger.info("three")
    assert [line.partition("feeds.test ")[2] for line in lines.take()] == [
        "one job=poll:0 source=wire",
        "two job=poll:0",
        "three",
    ]


def test_a_fact_never_stands_for_what_a_line_is(lines: Written) -> None:
    lines.as_json()
    lines.logger.info("x level=%s at=%s event=%s", "debug", "never", "y")
    found = json.loads(lines.take()[0])
    assert (found["level"], found["event"]) == ("info", "x")
