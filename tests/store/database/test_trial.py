"""The server of trials and tests ends with whoever started it."""

import os
import select
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
STARTS = """
import sys
from tests import servers
found = servers.fresh()
print(found._process.pid, found._watch.pid, found.folder, found._room, flush=True)
sys.stdin.read()
"""


def _ends(process: int) -> bool:
    """Wait until a process that is not ours has ended."""
    poll = select.poll()  # select() takes no descriptor above 1,023, which a long run of tests has
    poll.register(process, select.POLLIN)
    return bool(poll.poll(30_000))


def test_a_run_that_was_killed_leaves_no_server_behind() -> None:
    command = [sys.executable, "-c", STARTS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as run:
        assert run.stdout
        server, watch, *folders = run.stdout.readline().split()
        processes = [os.pidfd_open(int(pid)) for pid in (server, watch)]
        assert all(Path(folder).exists() for folder in folders)
        run.kill()
        run.wait()
    try:
        assert all(_ends(process) for process in processes)
    finally:
        for process in processes:
            os.close(process)
    assert not [folder for folder in folders if Path(folder).exists()]
