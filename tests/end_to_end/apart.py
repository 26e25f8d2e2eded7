"""Programs that tests start, in cluster mode: the commands of one process by workers on PostgreSQL.

The program is the one that the test names; before it begins, its stores are databases and its jobs those of a queue, as
`clustered` has it within the test's own process. The database of a store is found again by its place, whoever was
killed meanwhile.
"""

import atexit
import os
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from types import ModuleType
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from feeds.cli import main
from tests import servers
from tests.end_to_end.clustered import Clustered

SERVER = "FEEDS_TEST_SERVER"
"""Under this, for programs: where databases are, `{}` standing for the name of one, and which has our tables."""


class Program(subprocess.Popen[Any]):
    """A program that a test starts; where it is ours, what stands for it in a cluster."""

    def __init__(self, args: Any, *more: Any, **named: Any) -> None:
        super().__init__(_instead(args), *more, **named)


def _instead(args: Any) -> Any:
    match args:
        case [sys.executable, "-m", "feeds", *words]:
            return [sys.executable, "-m", "tests.end_to_end.apart", *words]
        case [sys.executable, "-c", str(code), *words] if "feeds.cli" in code:
            return [sys.executable, "-c", f"from tests.end_to_end import apart\napart.begin()\n{code}", *words]
    return args


def take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs that are started from here on be of a cluster."""
    monkeypatch.setenv(SERVER, f"{servers.server().url('{}')} {servers.template()}")
    monkeypatch.setattr(subprocess, "Popen", Program)


def begin() -> None:
    """Make this program one of a cluster."""
    cluster = Clustered(_database)
    cluster.take_over(pytest.MonkeyPatch(), ModuleType("nothing"))
    atexit.register(cluster.close)


def _database(store: str) -> str:
    """Return the address of the database of *store*, without the jobs of a program that was killed.

    That a sweep lets them run again is for test_cluster to show; here it would take half a minute each time.
    """
    place, template = os.environ[SERVER].split()
    name = f"s{sha256(store.encode()).hexdigest()[:16]}"
    with psycopg.connect(place.format("postgres"), autocommit=True) as connection:
        words = sql.Identifier(name), sql.Identifier(template)
        with suppress(errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*words))
    address = place.format(name)
    with psycopg.connect(address) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    return address


if __name__ == "__main__":
    begin()
    main()
