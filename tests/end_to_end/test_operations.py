"""A running service as its operator meets it: systemd, numbers, log, backup, tokens, reload."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

from tests.end_to_end.test_serve import POST, ROOT, free_port, until

CONFIG = """\
version: 1
site: {{title: Desk, url: 'https://desk.example'}}
content:
  - {{id: posts, path: site, every: 1s}}
server: {{listen: '127.0.0.1:{port}', metrics: '127.0.0.1:{metrics}', hosts: [{host}]}}
log: {{format: {log}}}
"""


def feeds(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "feeds", "--config", str(folder / "feeds.yaml"), *words]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True, timeout=60).stdout


def ask(port: int, path: str, token: str = "", host: str = "") -> tuple[int, str]:
    shown = ({"Authorization": f"Bearer {token}"} if token else {}) | ({"Host": host} if host else {})
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=shown), timeout=10
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Manager:
    """What systemd does with the words of its service: it reads them, at any time."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while message := self._socket.recv(4096):
            self._said.put(message.decode())

    def heard(self, word: str) -> str:
        """Return the next message that begins with *word*."""
        while not (found := self._said.get(timeout=20)).startswith(word):
            assert found.split("=")[0] in ("READY", "WATCHDOG", "RELOADING", "STOPPING")
        return found

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(b"", self._socket.getsockname())
        self._socket.close()


def number(port: int, name: str) -> float:
    line = next(line for line in ask(port, "/metrics")[1].splitlines() if line.startswith(f"{name} "))
    return float(line.rpartition(" ")[2])


def test_a_service_as_its_operator_meets_it(tmp_path: Path) -> None:
    port, metrics, moved = free_port(), free_port(), free_port()
    (tmp_path / "site").mkdir()
    (tmp_path / "site/one.md").write_text(POST.format("First"))
    (tmp_path / "feeds.yaml").write_text(CONFIG.format(port=port, metrics=metrics, log="json", host="a.example"))
    manager = Manager(tmp_path / "notify")
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "1000000",
    }
    command = [sys.executable, "-m", "feeds", "--config", str(tmp_path / "feeds.yaml"), "serve"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    try:
        assert manager.heard("READY=1").endswith(f"serving 127.0.0.1:{port}")
        manager.heard("WATCHDOG=1")
        assert until(port, "/atom.xml", b"First")
        assert until(metrics, "/readyz", b"ready\n")
        assert number(metrics, "feeds_entries") == 1
        assert number(metrics, 'feeds_web_requests_total{status="2xx"}') > 0
        assert ask(port, "/metrics")[0] == 404

        token = feeds(tmp_path, "token", "add", "reader").strip()
        status, body = ask(port, "/api/v1/stories", token)
        assert (status, [s["title"] for s in json.loads(body)["items"]]) == (200, ["First"])
        assert ask(port, "/api/v1/stories")[0] == 401
        feeds(tmp_path, "token", "remove", "reader")
        assert ask(port, "/api/v1/stories", token)[0] == 401

        assert "desk.backup" in feeds(tmp_path, "backup", str(tmp_path / "desk.backup"))
        assert f"held by process {process.pid}" in feeds(tmp_path, "doctor")

        assert [ask(port, "/atom.xml", host=f"{name}.example")[0] for name in "ab"] == [200, 400]
        (tmp_path / "feeds.yaml").write_text(CONFIG.format(port=port, metrics=moved, log="text", host="b.example"))
        process.send_signal(signal.SIGHUP)
        manager.heard("RELOADING=1")
        manager.heard("READY=1")
        assert until(moved, "/healthz", b"ok")
        assert [ask(port, "/atom.xml", host=f"{name}.example")[0] for name in "ab"] == [400, 200]
        process.send_signal(signal.SIGTERM)
        manager.heard("STOPPING=1")
        _, said = process.communicate(timeout=15)
    finally:
        process.kill()
        process.communicate()
        manager.close()
    assert process.returncode == 0, said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {"poll", "job done", "publish"} <= {line["event"] for line in lines}
    assert all(line["job"] for line in lines if line["event"] in ("poll", "job done", "publish"))
    assert any(line["event"] == "poll" and line["source"] == "posts" for line in lines)
    assert "reloaded file=" in said.splitlines()[-1] or "reloaded file=" in said
    assert "Traceback" not in said
