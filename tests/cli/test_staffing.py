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
