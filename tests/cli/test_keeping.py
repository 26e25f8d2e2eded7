"""token, backup and restore, as a user types them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.app.build import opened
from feeds.model.staff import User
from tests.cli.conftest import Feeds

NOW = datetime(2026, 2, 1, tzinfo=UTC)
CONFIG = "version: 1\nsite: {title: Desk, url: 'https://desk.example'}\ncontent: [{id: posts, path: site}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/one.md").write_text("---\ntitle: One\ndate: 2026-01-01\n---\nWords.\n")
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


def test_a_token_is_shown_once(feeds: Feeds) -> None:
    feeds("run")
    assert "nobody may ask yet" in feeds("token", "list").output
    token = feeds("token", "add", "archive of ours", "--scope", "hidden", "--scope", "read").output.strip()
    assert token.startswith("feeds_")
    assert len(token) >= 43
    said = feeds("token", "list").output + feeds("token", "list", "--json").output
    assert token not in said
    assert "read hidden" in said
    assert "already" in feeds("token", "add", "archive of ours", code=2).output
    assert json.loads(feeds("token", "add", "other", "--json").output)["scopes"] == ["read"]
    feeds("token", "remove", "archive of ours")
    assert "no token" in feeds("token", "remove", "archive of ours", code=2).output
    assert feeds("token", "add", "x", "--scope", "write", code=2).exit_code == 2
    assert "at most 100 signs" in feeds("token", "add", "a\nb", code=2).output


def test_backup_and_restore(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    assert "desk.backup" in feeds("backup", "desk.backup").output
    assert "exists already" in feeds("backup", "desk.backup", code=2).output
    assert json.loads(feeds("backup", "desk.backup", "--force", "--secrets", "--json").output)["manifest"]["secrets"]
    assert "--force" in feeds("restore", "desk.backup", code=1).output
    assert "whole, as of 2026-02-01" in feeds("restore", "desk.backup", "--check").output
    assert json.loads(feeds("restore", "desk.backup", "--check", "--json").output)["secrets"] is True
    (folder / "cut.backup").write_bytes((folder / "desk.backup").read_bytes()[:-999])
    assert "no whole backup" in feeds("restore", "cut.backup", "--check", code=1).output
    assert "is kept as" in feeds("restore", "desk.backup", "--force").output
    assert json.loads(feeds("restore", "desk.backup", "--force", "--json").output)["config"] == ""
    told = [(line["action"], line["what"]) for line in json.loads(feeds("audit", "--json").output)]
    assert told == [("restore", "desk.backup"), ("backup", "desk.backup")], "the store put back knows the first of both"
    (folder / "feeds.yaml").unlink()
    assert "feeds.yaml" in feeds("restore", "desk.backup", "--force").output
    assert (folder / "feeds.yaml").read_text() == CONFIG
    assert "does not exist" in feeds("restore", "none.backup", "--force", code=1).output


def test_a_restore_names_who_cannot_sign_in(feeds: Feeds, folder: Path) -> None:
    with opened("feeds.yaml", {}, lock=True) as app:
        app.store.staff.add(User(name="kim", password="a hash", made=NOW, changed=NOW))
    assert "none" not in feeds("user", "list").output
    feeds("backup", "desk.backup")
    (folder / "feeds.yaml").unlink()
    (folder / "site/one.md").unlink()
    (folder / "site").rmdir()
    said = feeds("restore", "desk.backup", "--force").output
    assert "`feeds user password kim`" in said
    assert "no folder" in said
    (folder / "site").mkdir()
    assert "none" in feeds("user", "list").output
