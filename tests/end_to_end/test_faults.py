"""What a pass does when the disk is full, the clock is wrong or the network is away: nothing by halves."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from feeds.cli import cli

ATOM = "{http://www.w3.org/2005/Atom}"
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
content:
  - {id: posts, path: site}
outputs:
  - {id: all, path: /, formats: [atom, rss, json]}
"""
AT = 1_795_000_000
HOUR, YEAR = 3600, 365 * 86_400

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    def run(*words: str, at: int = AT) -> tuple[int, str]:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(at))
        result = CliRunner().invoke(cli, [*words])
        return result.exit_code, result.output

    return run


def put(desk: Path, name: str, title: str, date: str = "2026-11-01 09:00:00 +0000") -> None:
    path = desk / "site" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: {title}\ndate: {date}\n---\nWords of {title}.\n", "utf-8")


def published(desk: Path) -> dict[str, bytes]:
    public = desk / "var/public"
    return {p.name: p.read_bytes() for p in sorted(public.glob("*.*")) if p.is_file()}


def touched(desk: Path) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in (desk / "var/public").glob("*.*") if p.is_file()}


def entries(desk: Path) -> list[tuple[str, str]]:
    feed = etree.fromstring(published(desk)["atom.xml"])
    return [(e.findtext(f"{ATOM}id", ""), e.findtext(f"{ATOM}title", "")) for e in feed.iterfind(f"{ATOM}entry")]


def test_pub_07_posts_of_one_name_and_one_second_are_two_and_keep_their_order(desk: Path, typed: Typed) -> None:
    for folder, title in (("b", "Second"), ("a", "First"), ("c", "Third")):
        put(desk, f"{folder}/same.md", title)
    assert typed("run")[0] == 0
    found = entries(desk)
    assert {title for _, title in found} == {"First", "Second", "Third"}
    assert [id for id, _ in found] == sorted(id for id, _ in found)
    put(desk, "b/same.md", "Second, corrected")
    assert typed("run", at=AT + HOUR)[0] == 0
    assert [id for id, _ in entries(desk)] == [id for id, _ in found]


@pytest.mark.parametrize("call", ["writev", "replace", "fsync"])
def test_pub_09_a_full_disk_publishes_nothing_by_halves(
    desk: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    put(desk, "a.md", "First")
    assert typed("run")[0] == 0
    before = published(desk)
    put(desk, "b.md", "Second")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(f"feeds.send.files.os.{call}", full)
        code, said = typed("run", at=AT + HOUR)
    assert code == 1
    assert "no space is left" in said
    if call != "fsync":  # a folder that cannot be synced holds the new file already, whole
        assert published(desk) == before
    assert typed("run", at=AT + 2 * HOUR)[0] == 0
    assert {title for _, title in entries(desk)} == {"First", "Second"}
    assert not list((desk / "var/public").rglob("*.part"))


def test_pub_20_a_clock_that_jumps_moves_nothing_that_is_published(desk: Path, typed: Typed) -> None:
    put(desk, "a.md", "First")
    (desk / "site/b.md").write_text("---\ntitle: Undated\n---\nWords without a date.\n")
    assert typed("run")[0] == 0
    before = published(desk)
    for at in (AT - HOUR, AT + HOUR, AT + 10 * YEAR, AT, AT + HOUR):
        assert typed("run", at=at)[0] == 0
        assert published(desk) == before
    put(desk, "a.md", "First, with 12 more words")
    assert typed("run", at=AT - HOUR)[0] == 0
    updated = [
        etree.fromstring(bodies["atom.xml"]).findtext(f"{ATOM}updated", "") for bodies in (before, published(desk))
    ]
    assert updated[0] <= updated[1]


def test_pub_23_without_a_network_nothing_is_rewritten(desk: Path, typed: Typed) -> None:
    put(desk, "a.md", "First")
    assert typed("run")[0] == 0
    before = published(desk)
    stamps = touched(desk)
    away = "".join(f"  - {{id: s{n}, url: 'http://127.0.0.1:9/{n}.xml'}}\n" for n in range(3))
    (desk / "feeds.yaml").write_text(f"{CONFIG}server: {{allow_private: ['127.0.0.1:9']}}\nsources:\n{away}")
    code, said = typed("run", "--json", at=AT + HOUR)
    assert code == 3
    assert json.loads(said)["counts"]["failed"] == 3
    assert published(desk) == before
    assert touched(desk) == stamps
