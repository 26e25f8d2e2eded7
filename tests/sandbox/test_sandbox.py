"""Documents are read apart as they are read here; whatever ends their reader stays with them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model.source import Document, Options, Source
from feeds.parse import fast, parse
from feeds.sandbox import Limits, Sandbox, wire
from feeds.sandbox.reader import _Child

CORPUS = Path(__file__).parents[2].parent / "shared" / "data" / "corpus"
URL = "https://a.example/feed"
SOURCE = Source(id="s", kind="feed", location=URL, options=Options(timezone="Asia/Seoul", headers={"A": "b"}))
TINY = Limits(seconds=1, megabytes=300)
IMPATIENT = Limits(seconds=60, megabytes=300, deadline=4)  # within which a busy machine starts the next reader
ITEM = "<item><title>하나&nbsp;둘</title><link>/1</link><pubDate>Fri, 20 Nov 2026 10:00 KST</pubDate></item>"


def rss(inside: str) -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{inside}</channel>".encode()  # never closed: not well-formed


def document(body: bytes) -> Document:
    return Document(url=URL, body=body, media_type="application/rss+xml")


# What reading may do to its process, as the last statement of `parse`.
FAULTS = {
    "BOM-16 BOM-21 it never ends": ("while True: pass", ("costly", "more than 1 s of processor time")),
    "SCH-07 it takes all memory": ("return bytes(1 << 30)", ("costly", "more than 300 MB of memory")),
    "it waits": ("threading.Event().wait(60)", ("costly", "no answer within 4 s")),
    "it breaks the interpreter": ("os.kill(os.getpid(), 11)", ("killed", "SIGSEGV")),
    "it leaves": ("os._exit(7)", ("killed", "exit code 7")),
    "out of memory, says the system": ("os.kill(os.getpid(), 9)", ("costly", "the system took its memory away")),
    "it raises": ("raise KeyError('a\\ud800')", ("reader", r"KeyError: 'a\ud800'")),
}
PROGRAM = """
import os, threading
from feeds.sandbox import child
plain = child.parse
def parse(document, source):
    if b"<item" in document.body:
        {fault}
    return plain(document, source)
child.parse = parse
child.main()
"""


@contextmanager
def faulty(fault: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox whose child does *fault* where a document has items."""
    real = subprocess.Popen
    program = PROGRAM.format(fault=fault)
    monkeypatch.setattr(subprocess, "Popen", lambda args, **more: real([args[0], "-c", program, args[-1]], **more))
    with Sandbox(IMPATIENT if "wait" in fault else TINY) as made:
        yield made


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def outcome(read: object, body: bytes) -> object:
    try:
        return read(document(body), SOURCE)  # type: ignore[operator]
    except ParseError as error:
        return (error.code, error.detail)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(ITEM), id="feed"),
        pytest.param(rss(ITEM).replace(b"KST", b"sometime"), id="date that cannot be read"),
        pytest.param(rss("<ttl>90</ttl><skipHours><hour>3</hour></skipHours>" + ITEM), id="timetable"),
        pytest.param(
            rss(
                '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>'
                '<sy:updateBase xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2000-01-01</sy:updateBase>'
                + ITEM
            ),
            id="timetable with a base",
        ),
        pytest.param(
            rss("<item><guid>&#xD800;\udcff</guid></item>".encode("utf-8", "replace").decode()), id="surrogate"
        ),
        pytest.param(b"", id="empty"),
        pytest.param(b"<html><title>Log in</title>", id="html"),
        pytest.param(
            b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1"}]}', id="json"
        ),
        pytest.param(b"/etc/hostname", id="BOM-31 path"),
    ],
)
def test_apart_as_here(sandbox: Sandbox, body: bytes) -> None:
    assert outcome(sandbox._apart, body) == outcome(parse, body)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/data is missing: real feeds are not read apart")
def test_real_feeds_apart_as_here(sandbox: Sandbox) -> None:
    bodies = [p.read_bytes() for p in sorted((CORPUS / "real").iterdir())]
    slow = [body for body in bodies if fast(document(body), SOURCE) is None][::3]
    assert len(slow) >= 5
    for body in slow:
        assert outcome(sandbox.read, body) == outcome(parse, body)


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("<item" + "a:b:c" * 20_000, id="BOM-19 name without an end"),
        pytest.param("</item" + "a:b:c" * 20_000, id="BOM-19 closing name without an end"),
        pytest.param("</item" * 20_000, id="closing tags without an end"),
        pytest.param("<item '" * 20_000, id="quotes that nobody closes"),
        pytest.param("<item><date" * 10_000, id="dates without an end"),
        pytest.param("<!--" * 25_000, id="BOM-20 comments"),
        pytest.param("<![CDATA[" * 10_000, id="BOM-20 CDATA"),
        pytest.param(f"<item><author>{'a' * 60_000}</author></item>", id="BOM-21 author"),
        pytest.param(f"<item><author>{'a' * 2000}</author></item>" * 100, id="BOM-22 authors"),
        pytest.param("&" * 200_000, id="BOM-23 ampersands"),
        pytest.param("<item " + " ".join(f"a{i}='1'" for i in range(40_000)) + "/>", id="BOM-16 attributes"),
        pytest.param("<item " + " ".join(f"xmlns:a{i}='u:{i}'" for i in range(100_000)) + "/>", id="BOM-17 namespaces"),
        pytest.param("<item>" * 100_000, id="BOM-14 nesting"),
        pytest.param("<item><title>t</title></item>" * 60_000, id="BOM-18 items"),
    ],
)
def test_hostile_shapes_are_read_or_refused_in_time(sandbox: Sandbox, inside: str) -> None:
    """Each within the 5 CPU seconds of a child, or it would say `costly`."""
    found = outcome(sandbox.read, rss(inside))
    assert not isinstance(found, tuple) or found[0] == "depth"


@pytest.mark.parametrize(("fault", "expected"), FAULTS.values(), ids=FAULTS)
def test_sch_06_what_ends_its_reader_is_named_and_the_next_is_read(
    fault: str, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty(fault, monkeypatch) as sandbox:
        harmless = rss("")
        before = outcome(sandbox.read, harmless)
        assert outcome(sandbox.read, rss(ITEM)) == expected
        assert outcome(sandbox.read, harmless) == before


def test_sch_06_a_child_that_is_killed_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a document that ends a new child is accused: the one before may have harmed an old one."""
    with Sandbox() as sandbox:
        assert sandbox.read(document(rss(ITEM)), SOURCE).entries
        first = sandbox._child
        assert first
        first._process.kill()
        first._process.wait()
        assert sandbox.read(document(rss(ITEM)), SOURCE).entries
        assert sandbox._child is not first


def test_a_child_ends_after_its_share() -> None:
    with Sandbox(Limits(documents=2)) as sandbox:
        seen = []
        for _ in range(4):
            sandbox.read(document(rss(ITEM)), SOURCE)
            seen.append(sandbox._child)
        assert [bool(child) for child in seen] == [True, False, True, False]


def test_well_formed_feeds_and_posts_need_no_child() -> None:
    with Sandbox() as sandbox:
        sandbox.read(document(rss(ITEM.replace("&nbsp;", " ")) + b"</rss>"), SOURCE)
        post = Document(url="/p/1.md", path="1.md", body="---\ntitle: 글\n---\n본문".encode())
        sandbox.read(post, Source(id="posts", kind="content", location="/p"))
        assert sandbox._child is None


def test_no_child_outlives_its_parent() -> None:
    child = _Child(Limits())
    pid = child._process.pid
    child._asks.close()  # as the system does when the parent is gone
    assert child._process.wait(timeout=30) == 0
    child.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_child_knows_nothing_of_our_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDS_SECRET", "s3cret")
    child = _Child(Limits())
    try:
        child.ask(document(rss(ITEM)), SOURCE)
        told = Path(f"/proc/{child._process.pid}/environ")
        if not told.exists():
            pytest.skip("no /proc here")
        assert b"s3cret" not in told.read_bytes()
    finally:
        child.close()


def test_an_answer_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever took the child over can say what they like: it is data, and of the shape of an entry or nothing."""
    real = subprocess.Popen
    evil = "import sys; sys.stdout.buffer.write(bytes([0,0,0,2,0,0,0,0]) + b'{]'); sys.stdout.flush(); sys.stdin.read()"
    monkeypatch.setattr(subprocess, "Popen", lambda args, **more: real([args[0], "-c", evil], **more))
    with Sandbox() as sandbox:
        assert outcome(sandbox.read, rss(ITEM)) == ("killed", "its answer could not be read")


def test_frames_carry_everything() -> None:
    ask = wire.Ask(document("글 \x00\xff".encode()), SOURCE, 5)
    frame = wire.asking(ask)
    head, body = wire.LENGTHS.unpack(frame[:8])
    assert wire.asked(frame[8 : 8 + head], frame[8 + head :]) == ask
    assert len(frame) == 8 + head + body
