"""feeds user, feeds audit."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from feeds.cli import cli
from tests.cli.conftest import Feeds

GOOD = "네 낱말 짜리 긴 암호"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text("version: 1\nsite: {title: Desk, url: 'https://desk.example'}\n")
    return tmp_path


def typed(*words: str, password: str = GOOD, code: int = 0) -> str:
    result = CliRunner().invoke(cli, [*words, "--password-stdin"], input=f"{password}\n")
    assert result.exit_code == code, result.output
    return result.output


def test_a_user_is_added_listed_changed_and_removed(feeds: Feeds) -> None:
    assert "kim may sign in" in typed("user", "add", "kim")
    assert json.loads(feeds("user", "list", "--json").output)[0]["name"] == "kim"
    assert "kim" in feeds("user", "list").output
    typed("user", "password", "kim", password="something quite other")
    feeds("user", "remove", "kim")
    assert "nobody may sign in yet" in feeds("user", "list").output


def test_what_was_done_to_users_is_in_the_audit_log(feeds: Feeds) -> None:
    typed("user", "add", "kim")
    feeds("user", "remove", "kim")
    lines = json.loads(feeds("audit", "--json").output)
    assert [(a["client"], a["action"], a["what"]) for a in lines] == [
        ("cli", "user remove", "kim"),
        ("cli", "user add", "kim"),
    ]
    assert "user remove" in feeds("audit", "--limit", "1").output
    assert "user add" not in feeds("audit", "--limit", "1").output


def test_decisions_of_the_command_line_are_in_the_audit_log(feeds: Feeds, folder: Path) -> None:
    config = folder / "feeds.yaml"
    config.write_text(config.read_text() + "content: [{id: posts, path: site}]\n")
    (folder / "site").mkdir()
    for name in ("one", "two"):
        (folder / f"site/{name}.md").write_text(
            f"---\ntitle: {name}\ndate: 2026-01-01\npermalink: /{name}/\n---\nx {name}\n"
        )
    feeds("run")
    for words in (("retract", "/one/", "--reason", "r"), ("unretract", "/one/"), ("touch", "/one/"), ("touch", "/one/", "--minor"),
                  ("merge", "/one/", "/two/"), ("split", "/two/"), ("pause", "posts"), ("resume", "posts")):  # fmt: skip
        feeds(*words)
    done = [a["action"] for a in reversed(json.loads(feeds("audit", "--json").output))]
    assert done == ["retract", "unretract", "touch", "minor", "merge", "split", "pause", "resume"]
    feeds("retract", "/nowhere/", code=2)
    assert len(json.loads(feeds("audit", "--json").output)) == len(done)


def test_list_and_status_tell_of_the_last_day(feeds: Feeds, folder: Path) -> None:
    config = folder / "feeds.yaml"
    config.write_text(config.read_text() + "sources: [{id: lost, file: nowhere.xml}]\n")
    feeds("run", code=3)
    for source in (
        *json.loads(feeds("list", "--json").output),
        *json.loads(feeds("status", "--json").output)["sources"],
    ):
        told = source["last_day"]
        assert (told["answers"], told["failed"], told["new"], told["bytes"]) == (1, 1, 0, 0)


def test_the_password_is_shown_nowhere(feeds: Feeds) -> None:
    said = typed("user", "add", "kim") + feeds("audit").output + feeds("user", "list", "--json").output
    assert GOOD not in said
    assert "argon2" not in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("user", "password", "nobody"), "no user 'nobody'"),
        (("user", "add", "a\nb"), "no name"),
    ],
)
def test_what_cannot_be_done_says_so(feeds: Feeds, words: tuple[str, ...], says: str) -> None:
    typed("user", "add", "kim")
    assert says in typed(*words, code=2)


def test_without_a_terminal_the_password_has_to_come_on_standard_input(feeds: Feeds) -> None:
    assert "--password-stdin" in feeds("user", "add", "kim", code=2).output
    assert "no user 'lee'" in feeds("user", "remove", "lee", code=2).output
