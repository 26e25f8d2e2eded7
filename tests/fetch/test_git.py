"""What git knows of a folder: real repositories in a temporary folder, with commits at stated times."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.fetch import git
from feeds.fetch.git import Version, blob_hash, first_versions

ONE, TWO, THREE = (datetime(2024, 1, day, 9, 0, tzinfo=UTC) for day in (1, 2, 3))


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.run("init", "-q", "-b", "main")

    def run(self, *words: str, at: datetime = ONE, written: datetime | None = None) -> None:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": (written or at).isoformat(),
            "GIT_COMMITTER_DATE": at.isoformat(),
        }
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"]
        subprocess.run(["git", *who, "-C", str(self.folder), *words], env=env, check=True, capture_output=True)

    def commit(self, at: datetime, written: datetime | None = None, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".md").write_text(text, encoding="utf-8")
        self.run("add", "-A")
        self.run("commit", "-qm", "x", at=at, written=written)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


def test_blob_hash_is_gits_own(repository: Repository) -> None:
    repository.commit(ONE, a="하나\n")
    assert first_versions(str(repository.folder))["a.md"].blob == blob_hash("하나\n".encode())


def test_first_commit_counts_whatever_is_edited_later(repository: Repository) -> None:
    repository.commit(ONE, a="one\n")
    repository.commit(TWO, a="two\n", b="new\n")
    found = first_versions(str(repository.folder))
    assert found == {
        "a.md": Version(created=ONE, blob=blob_hash(b"one\n")),
        "b.md": Version(created=TWO, blob=blob_hash(b"new\n")),
    }


def test_rename_with_an_edit_keeps_the_first_version(repository: Repository) -> None:
    repository.commit(ONE, 하나="".join(f"line {n}\n" for n in range(20)))
    (repository.folder / "하나.md").rename(repository.folder / "둘.md")
    repository.commit(TWO, 둘="".join(f"line {n}\n" for n in range(19)) + "last\n")
    (repository.folder / "둘.md").rename(repository.folder / "셋.md")
    repository.commit(THREE)
    found = first_versions(str(repository.folder))
    assert set(found) == {"셋.md"}
    assert found["셋.md"].created == ONE


def test_move_in_two_commits_is_a_move(repository: Repository) -> None:
    repository.commit(ONE, a="the same words\n")
    (repository.folder / "a.md").unlink()
    repository.commit(TWO)
    repository.commit(THREE, sub__b="the same words\n")
    assert first_versions(str(repository.folder)) == {
        "sub/b.md": Version(created=ONE, blob=blob_hash(b"the same words\n"))
    }


def test_two_files_that_change_places_keep_theirs(repository: Repository) -> None:
    first, second = ("".join(f"{word} {n}\n" for n in range(20)) for word in ("one", "two"))
    repository.commit(ONE, a=first)
    repository.commit(TWO, b=second)
    repository.commit(THREE, a=second, b=first)
    assert {p: v.created for p, v in first_versions(str(repository.folder)).items()} == {"a.md": ONE, "b.md": TWO}


def test_author_time_survives_a_rebase(repository: Repository) -> None:
    repository.commit(THREE, written=ONE, a="x\n")
    assert first_versions(str(repository.folder))["a.md"].created == ONE


def test_subfolder_sees_only_itself(repository: Repository) -> None:
    repository.commit(ONE, site___posts__글="하나\n", other="x\n")
    assert set(first_versions(str(repository.folder / "site"))) == {"_posts/글.md"}


def test_nfd_names_are_given_as_nfc(repository: Repository) -> None:
    (repository.folder / "\u1100\u1161.md").write_text("x\n")  # 가, decomposed as macOS writes it
    repository.commit(ONE)
    assert set(first_versions(str(repository.folder))) == {"가.md"}


def test_branches_and_their_merge(repository: Repository) -> None:
    repository.commit(ONE, a="a\n")
    repository.run("checkout", "-qb", "side")
    repository.commit(TWO, b="b\n")
    repository.run("checkout", "-q", "main")
    repository.commit(THREE, c="c\n")
    repository.run("merge", "-q", "--no-ff", "-m", "m", "side", at=THREE)
    found = first_versions(str(repository.folder))
    assert {p: v.created for p, v in found.items()} == {"a.md": ONE, "b.md": TWO, "c.md": THREE}


def test_shallow_clone_does_not_tell_times(repository: Repository, tmp_path: Path) -> None:
    repository.commit(ONE, a="a\n")
    repository.commit(TWO, b="b\n")
    repository.commit(THREE, c="c\n")
    repository.run("clone", "-q", "--depth", "2", f"file://{repository.folder}", str(tmp_path / "shallow"))
    found = first_versions(str(tmp_path / "shallow"))
    assert {p: v.created for p, v in found.items()} == {"a.md": None, "b.md": None, "c.md": THREE}
    assert found["a.md"].blob == blob_hash(b"a\n")


def test_nothing_without_a_repository(tmp_path: Path) -> None:
    assert first_versions(str(tmp_path)) == {}


def test_nothing_without_a_commit(repository: Repository) -> None:
    assert first_versions(str(repository.folder)) == {}


def test_nothing_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(ONE, a="a\n")
    monkeypatch.setitem(git.ENVIRONMENT, "PATH", "/nonexistent")
    assert first_versions(str(repository.folder)) == {}


def test_slow_git_is_given_up(repository: Repository) -> None:
    repository.commit(ONE, a="a\n")
    assert first_versions(str(repository.folder), timeout=0.0) == {}


def test_programs_named_by_the_repository_are_not_run(repository: Repository, tmp_path: Path) -> None:
    program, mark = tmp_path / "program", tmp_path / "mark"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    repository.commit(ONE, a="a\n")
    settings = {"gpg.program": program, "log.showSignature": "true", "core.fsmonitor": program, "core.pager": program,
                "diff.external": program}  # fmt: skip
    for name, value in settings.items():
        repository.run("config", name, str(value))
    assert set(first_versions(str(repository.folder))) == {"a.md"}
    assert not mark.exists()
