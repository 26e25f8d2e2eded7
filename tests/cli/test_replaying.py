"""dedupe, as a user types it: what was judged, and what another setting would have made of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli
from tests.jobs.test_near import COPY, OTHER_TITLE, TEXT, TITLE, feed

Feeds = Callable[..., Result]

CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example', language: ko}
sources:
  - {id: one, file: one.xml}
  - {id: two, file: two.xml}
"""
NEAR = CONFIG + "dedupe: {near: {within: 72h}}\n"


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    """Type a command; the clock stands at 2026-02-01."""
    (tmp_path / "one.xml").write_bytes(feed("one", ("a", TITLE, TEXT)))
    (tmp_path / "two.xml").write_bytes(feed("two", ("b", OTHER_TITLE, COPY)))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769904000")
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(config: str, *words: str, code: int = 0) -> Result:
        (tmp_path / "feeds.yaml").write_text(config)
        result = CliRunner().invoke(cli, [*words])
        assert result.exit_code == code, f"{words}: {result.output} {result.exception!r}"
        return result

    return run


def test_what_would_come(feeds: Feeds) -> None:
    feeds(CONFIG, "run")
    said = feeds(CONFIG, "dedupe", "--replay", "--threshold", "60%").output.splitlines()
    assert said[0] == "2 entries of 7 days; similar texts within 72h, threshold 60%"
    assert said[2:5] == [
        f"comes  1.00  {OTHER_TITLE}  (two)",
        f"       with  {TITLE}  (one)",
        "             much the same in other words",
    ]
    assert said[-2] == "1 merge would come, 0 would go: 1 instead of 2 stories"
    assert "new entries only" in said[-1]
    assert "`feeds merge A B`" in said[-1]
    assert len(feeds(CONFIG, "export", "json").output.splitlines()) == 2, "nothing was written"


def test_what_would_go_as_json(feeds: Feeds) -> None:
    feeds(NEAR, "run")
    found = json.loads(feeds(NEAR, "dedupe", "--replay", "--threshold", "1", "--json").output)
    (difference,) = found.pop("differences")
    assert found == {
        "since": "2026-01-25T00:00:00+00:00",
        "within_seconds": 72 * 3600,
        "threshold": 1.0,
        "entries": 2,
        "stories": {"now": 1, "then": 2},
    }
    assert (difference["kind"], difference["why"]) == ("goes", "the score is too low")
    assert 0.5 < difference["score"] <= 1
    assert difference["entry"]["source"] == "two"
    assert difference["with"]["title"] == TITLE


def test_the_settings_of_the_file_are_replayed_where_nothing_else_is_said(feeds: Feeds) -> None:
    feeds(NEAR, "run")
    assert feeds(NEAR, "dedupe", "--replay").output.splitlines()[-2] == (
        "0 merges would come, 0 would go: 1 instead of 1 stories"
    )
    exact = feeds(CONFIG, "dedupe", "--replay").output
    assert "exact copies only" in exact
    assert "similar texts are not asked for" in exact


def test_what_was_judged(feeds: Feeds) -> None:
    feeds(NEAR, "run")
    said = feeds(NEAR, "dedupe").output
    assert (
        said
        == f"merged  1.000  {OTHER_TITLE}  (two)\n         with  {TITLE}  (one)\n1 merge, 0 kept apart, in 7 days\n"
    )
    (decision,) = json.loads(feeds(NEAR, "dedupe", "--json").output)
    assert decision["title"] == OTHER_TITLE
    assert decision["facts"]["with_source"] == "one"


def test_merges_are_printed_to_be_marked(feeds: Feeds) -> None:
    feeds(NEAR, "run")
    said = feeds(NEAR, "dedupe", "--review").output
    lines = said.splitlines()
    assert lines[0] == "1 merge of 7 days. Mark each: [y] one story, [n] two."
    assert lines[3] == "[ ] 1  score 1.000"
    assert lines[4].startswith("  two  2026-02-01 ")
    assert f"    {OTHER_TITLE}" in lines
    assert f"    {TITLE}" in lines
    assert any(line.startswith("    both say: ") and "방수문 세 곳을 더하고" in line for line in lines)
    assert any(line.startswith("    weighed: ") for line in lines)
    command = lines[-1].split()
    assert command == ["feeds", "split", "b", "--source", "two"]
    feeds(NEAR, *command[1:])
    assert len(feeds(NEAR, "export", "json").output.splitlines()) == 2, "its last line parts what it printed"


def test_merges_by_a_shared_text_are_printed_too(feeds: Feeds, tmp_path: Path) -> None:
    (tmp_path / "two.xml").write_bytes(feed("two", ("b", TITLE, TEXT)))
    feeds(CONFIG, "run")
    assert feeds(CONFIG, "dedupe").output.startswith("0 merges, 0 kept apart, in 7 days\n"), "of similar texts alone"
    lines = feeds(CONFIG, "dedupe", "--review").output.splitlines()
    assert lines[3] == "[ ] 1  same_text"
    assert lines[4].startswith("  two  2026-02-01 ")
    assert "    title and text are the same words" in lines
    assert any(line.startswith("    shared key: text:") for line in lines)
    assert lines[-1] == "    feeds split b --source two"
    (decision,) = json.loads(feeds(CONFIG, "dedupe", "--review", "--json").output)
    assert (decision["kind"], decision["rule"]) == ("merged", "same_text")


def test_a_copy_of_what_links_to_a_front_page_is_printed_with_both_texts(feeds: Feeds, tmp_path: Path) -> None:
    """A link blog's item bears the address of another site, which is no key of an entry: it was `forgotten since`."""
    linked = feed("one", ("a", TITLE, TEXT)).replace(b"https://one.example/a", b"https://library.example/")
    (tmp_path / "one.xml").write_bytes(linked)
    (tmp_path / "two.xml").write_bytes(feed("two", ("b", TITLE, TEXT)))
    feeds(CONFIG, "run")
    said = feeds(CONFIG, "dedupe", "--review").output
    assert "https://library.example/" in said
    assert "forgotten since" not in said


def test_what_the_desk_merged_is_not_to_be_marked(feeds: Feeds, tmp_path: Path) -> None:
    (tmp_path / "two.xml").write_bytes(feed("two", ("b", "Tides", "High at noon.")))
    feeds(CONFIG, "run")
    feeds(CONFIG, "merge", "https://one.example/a", "https://two.example/b")
    assert feeds(CONFIG, "dedupe", "--review").output.startswith("0 merges of 7 days")


def test_two_items_beside_each_other(feeds: Feeds) -> None:
    feeds(NEAR, "run")
    lines = feeds(NEAR, "why", "https://two.example/b", "--beside", "https://one.example/a").output.splitlines()
    assert lines[:5] == [
        OTHER_TITLE,
        "  two: https://two.example/b",
        TITLE,
        "  one: https://one.example/a",
        "one story now",
    ]
    assert "  keys: none in common: another id, another page, other words" in lines
    assert "  words: score 1.00, enough for 50%" in lines
    assert any(line.startswith("  both say: ") for line in lines)
    feeds(NEAR, "split", "https://two.example/b")
    found = json.loads(
        feeds(NEAR, "why", "https://two.example/b", "--beside", "https://one.example/a", "--json").output
    )
    assert not found["together"]
    assert ["desk", "the desk said that they are two stories"] in found["reasons"]


@pytest.mark.parametrize(
    ("config", "other", "says"),
    [
        pytest.param(CONFIG, "https://one.example/a", "similar texts are not asked for", id="exact copies only"),
        pytest.param(NEAR.replace("file: two.xml", "file: two.xml, alone: true"), "https://one.example/a", "`alone: true` of two", id="alone"),
        pytest.param(NEAR.replace("72h", "1m"), "https://one.example/a", "enough for 50%", id="within a minute"),
    ],
)  # fmt: skip
def test_settings_that_keep_two_apart(feeds: Feeds, config: str, other: str, says: str) -> None:
    feeds(config, "run")
    assert says in feeds(config, "why", "https://two.example/b", "--beside", other).output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("--beside", "https://two.example/b"), "name one entry: two: b", id="itself"),
        pytest.param(("--beside", "nothing"), "nothing here is known as 'nothing'", id="unknown"),
        pytest.param(("--beside", "x", "--partner", "y"), "two questions; ask one of them", id="two questions"),
    ],
)
def test_what_cannot_be_beside(feeds: Feeds, words: tuple[str, ...], says: str) -> None:
    feeds(NEAR, "run")
    assert says in feeds(NEAR, "why", "https://two.example/b", *words, code=2).output


def test_a_sample_is_the_same_each_time(feeds: Feeds) -> None:
    feeds(NEAR, "run")
    once, again = (feeds(NEAR, "dedupe", "--review", "--sample", "1").output for _ in range(2))
    assert once == again
    assert once.startswith("1 merge of 7 days")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--replay", "--threshold", "150%"), "--threshold is '150%'; give a share", id="too large"),
        pytest.param(("--replay", "--threshold", "much"), "--threshold is 'much'; give a share", id="no share"),
        pytest.param(("--replay", "--within", "90d"), "give a duration from 1m to 60d", id="too long"),
        pytest.param(("--threshold", "60%"), "--threshold and --within go with --replay", id="without replay"),
        pytest.param(("--review", "--replay"), "two questions; ask one", id="both"),
        pytest.param(("--sample", "3"), "--sample goes with --review", id="a sample of nothing"),
    ],
)
def test_what_cannot_be_is_said(feeds: Feeds, words: tuple[str, ...], said: str) -> None:
    feeds(NEAR, "run")
    assert said in feeds(NEAR, "dedupe", *words, code=2).output


def test_where_near_is_off_it_is_said(feeds: Feeds, tmp_path: Path) -> None:
    (tmp_path / "two.xml").write_bytes(feed("two", ("b", TITLE, TEXT)))
    feeds(CONFIG, "run")
    said = feeds(CONFIG, "dedupe").output.splitlines()
    assert said[0] == "0 merges, 0 kept apart, in 7 days"
    assert said[1].startswith("near is off: only exact copies were merged, 1 by keys ")
    assert feeds(NEAR, "dedupe").output == "0 merges, 0 kept apart, in 7 days\n", "on now, for entries to come"
