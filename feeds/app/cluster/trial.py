"""A cluster on one machine, for trial: PostgreSQL of our own, and a process of each kind."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from feeds.app.cluster.nodes import stopped_by_signal
from feeds.config.read import STORE
from feeds.model.settings import Settings
from feeds.net.local import free
from feeds.store import migrate
from feeds.store.database.trial import Trial

LEAVE = 40.0  # seconds that a process gets to stop


def run(file: str, settings: Settings, workers: int, data: str, say: Callable[[str], None]) -> None:
    """Start all, and wait for SIGTERM or SIGINT; a process that ends by itself is started again.

    Raises `ListenError` before anything is started.
    """
    free(settings.server.host, settings.server.port)
    stopping = stopped_by_signal()
    folder = Path(data).resolve() if data else Path(settings.public).parent / "postgres"
    server = Trial(folder)
    processes: list[tuple[str, subprocess.Popen[bytes]]] = []
    try:
        server.start()
        url = server.url("feeds") if server.has("feeds") else server.create("feeds", "template0")
        migrate(url)
        say(f"PostgreSQL in {folder}; {STORE}={url}")
        for kind in ("scheduler", "web", *["worker"] * workers):
            processes.append((kind, _start(file, url, kind)))
        while not stopping.wait(1):
            for place, (kind, process) in enumerate(processes):
                if process.poll() is not None:
                    say(f"feeds {kind} ended with {process.returncode}, starting it again")
                    processes[place] = (kind, _start(file, url, kind))
    finally:
        for _, process in processes:
            process.terminate()
        for _, process in processes:
            try:
                process.wait(LEAVE)
            except subprocess.TimeoutExpired:
                process.kill()
        server.close()


def _start(file: str, url: str, kind: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "feeds", "--config", file, kind]
    return subprocess.Popen(command, env={**os.environ, STORE: url}, start_new_session=True)  # noqa: S603 - ourselves
