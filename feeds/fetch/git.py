"""What git knows of a folder of posts: when each one was first committed, and as which bytes.

One `git log` over the folder, oldest commit first, renames followed. Nothing of the repository is run or changed:
no hooks, no signature programs, no fetching, and only our own settings count. The folder may belong to another
user: what is read is names, times and hashes.
"""

import logging
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from unicodedata import normalize

logger = logging.getLogger(__name__)

TIMEOUT = 60.0  # seconds: 100 000 commits take about 10
# A world of its own: the settings of whoever runs us must not change what is read. Fetching of objects that a partial
# clone lacks is refused by naming no protocol.
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin",
    "LC_ALL": "C",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}
SETTINGS = {
    "safe.directory": "*",
    "core.quotepath": "off",
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "log.showSignature": "false",  # would run the program that `gpg.program` names
    "log.showRoot": "true",
    "diff.renameLimit": "2000",
}
EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # the blob of no bytes: says nothing of who moved where


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The first version of a post that git knows. *created* is None where its time cannot be believed."""

    created: datetime | None
    blob: str


@dataclass(frozen=True, slots=True)
class _Change:
    status: str  # A, M, D, R, C, T
    old: str  # path before; same as *new* but for R and C
    new: str
    before: str  # blob before and after
    after: str


@dataclass(frozen=True, slots=True)
class _Commit:
    hash: str
    at: datetime
    changes: tuple[_Change, ...]


def blob_hash(body: bytes) -> str:
    """Return the name that git gives to a file of these bytes (`git hash-object`)."""
    return sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


def first_versions(folder: str, timeout: float = TIMEOUT) -> Mapping[str, Version]:
    """Return the first version of each file below *folder* by its path there ('/'-separated, NFC).

    Empty without git, without a repository, without a commit, or when git does not answer in *timeout* seconds.
    In a shallow clone the oldest commits only look as if they had made all files: their times are left out.
    """
    try:
        place = _git(folder, timeout, "rev-parse", "--is-shallow-repository", "--git-path", "shallow")
        shallow, _, boundary_file = place.decode().strip().partition("\n")
        boundary = _boundary(folder, boundary_file) if shallow == "true" else frozenset()
        log = _git(
            folder, timeout,
            "log", "--topo-order", "--reverse", "--no-merges", "--raw", "-z", "-M", "--no-abbrev", "--relative",
            "--no-ext-diff", "--no-textconv", "--no-color", "--format=%x01%H %at %ct", "--", ".",
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        logger.debug("git says nothing of %s: %s", folder, error)
        return {}
    return _walk(_commits(log), boundary)


def _git(folder: str, timeout: float, *words: str) -> bytes:
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    done = subprocess.run(  # noqa: S603 (no shell; the folder comes after -C)
        ["git", "--no-pager", *settings, "-C", folder, *words],  # noqa: S607 (the PATH is ours)
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=True,
    )
    return done.stdout


def _boundary(folder: str, file: str) -> frozenset[str]:
    return frozenset((Path(folder) / file).read_text(encoding="ascii").split())


def _commits(log: bytes) -> Iterator[_Commit]:
    """Read `log --raw -z`: a commit line after \\x01, then of each file modes, blobs, status, and its path or paths."""
    parts = iter(log.split(b"\0"))
    head: tuple[str, datetime] | None = None
    changes: list[_Change] = []
    for part in parts:
        if part.startswith(b"\x01"):
            if head:
                yield _Commit(*head, tuple(changes))
            head, changes = _head(part), []
        elif (meta := part.lstrip(b"\n")).startswith(b":"):
            _, mode, before, after, status = meta.decode("ascii").split(" ")
            old = _path(next(parts))
            new = _path(next(parts)) if status[0] in "RC" else old
            if mode.startswith("100") or status == "D":  # files, not links and submodules
                changes.append(_Change(status[0], old, new, before, after))
    if head:
        yield _Commit(*head, tuple(changes))


def _head(part: bytes) -> tuple[str, datetime]:
    """Return a commit's hash and time: the author's, which survives a rebase, unless it lies after the commit."""
    name, written, committed = part[1:].decode("ascii").split()
    return name, datetime.fromtimestamp(max(min(int(written), int(committed)), 0), UTC)


def _path(raw: bytes) -> str:
    return normalize("NFC", raw.decode("utf-8", "surrogateescape"))


def _walk(commits: Iterator[_Commit], boundary: frozenset[str]) -> dict[str, Version]:
    """Follow every path through history.

    A file that was deleted and comes back with the same bytes, under whatever name, is the same post: moves are
    often made in two commits.
    """
    known: dict[str, Version] = {}
    gone: dict[str, Version] = {}  # by the blob that was deleted last
    for commit in commits:
        created = None if commit.hash in boundary else commit.at
        # First all names that end, then all that begin: two files may have changed places.
        moved = {c.old: known.pop(c.old, None) for c in commit.changes if c.status in "RD"}
        for change in commit.changes:
            before = moved.get(change.old)
            if change.status == "D":
                if before and change.before != EMPTY:
                    gone[change.before] = before
                continue
            if change.status == "R" and before:
                known[change.new] = before
            elif change.new not in known:
                fresh = Version(created=created, blob=change.after)
                known[change.new] = gone.pop(change.after, fresh) if change.status == "A" else fresh
    return known
