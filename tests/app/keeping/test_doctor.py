"""What the doctor finds, each on a desk that has just that fault."""

import resource
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.app import passes
from feeds.app.build import opened
from feeds.app.keeping import doctor as looked
from feeds.app.keeping.doctor import Finding, doctor
from feeds.errors import OutputError
from feeds.store import open_store
from feeds.store.database import guard, partitions
from tests import servers
from tests.buckets import Bucket

CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
content:
  - {id: posts, path: site}
"""
SECRET = "sources:\n  - {id: a, url: 'https://a.invalid/f', enabled: false, headers: {X-Key: in-the-clear}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/one.md").write_text("---\ntitle: One\ndate: 2026-01-01\n---\nWords.\n")
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    with opened(str(tmp_path / "feeds.yaml"), {}, lock=True) as app:
        passes.run_pass(app)
    return tmp_path


def found(folder: Path, **environ: str) -> dict[str, Finding]:
    """Findings by what was looked at, the worst of each."""
    order = {"ok": 0, "warning": 1, "error": 2}
    findings = doctor(str(folder / "feeds.yaml"), environ)
    return {f.what: f for f in sorted(findings, key=lambda f: order[f.level])}


def test_a_healthy_desk(folder: Path) -> None:
    looked_at = found(folder)
    assert {f.what: f.said for f in looked_at.values() if f.level != "ok"} == {}
    assert {
        "python",
        "lxml",
        "tls roots",
        "configuration",
        "permissions",
        "store",
        "clock",
        "lock",
        "public",
        "disk",
        "files",
    } <= {*looked_at}
    assert "whole" in looked_at["store"].said


def test_a_server_whose_search_does_not_reach_back_is_named_with_the_remedy(folder: Path) -> None:
    url = servers.ready()
    (folder / "feeds.yaml").write_text(CONFIG + f"store: {url}\n")
    assert "search" not in found(folder)
    store = open_store(url)
    with store.searching._db.write() as connection:
        connection.exec_driver_sql("DROP INDEX searched_threes")
    said = found(folder)["search"]
    assert (said.level, "indexed last" in said.said) == ("warning", True)
    with store.searching._db.write() as connection:
        for statement in (
            said.remedy.partition(": ")[2].replace("EXTENSION pg", "EXTENSION IF NOT EXISTS pg").split("; ")
        ):
            connection.exec_driver_sql(statement)
    store.close()
    assert "search" not in found(folder)


def test_how_a_server_in_partitions_stands_is_told_with_the_remedy(folder: Path) -> None:
    url = servers.divided()
    (folder / "feeds.yaml").write_text(CONFIG + f"store: {url}\n")
    said = found(folder)["partitions"]
    assert (said.level, "scheduler" in said.remedy) == ("warning", True)  # its last month is June 2026
    store = open_store(url)
    partitions.tend(store.library._db, datetime.now(UTC), 1)
    said = found(folder)["partitions"]
    assert (said.level, said.said[:15]) == ("ok", "texts by month,")
    with store.library._db.write() as connection:
        connection.exec_driver_sql("DROP INDEX entries_body")  # it is made last
    said = found(folder)["partitions"]
    assert (said.level, "`feeds migrate --partition` again" in said.remedy) == ("warning", True)
    store.close()


def test_who_works_on_the_store_is_named(folder: Path) -> None:
    with opened(str(folder / "feeds.yaml"), {}, lock=True):
        assert "held by process" in found(folder)["lock"].said
    assert "nobody" in found(folder)["lock"].said


def test_what_lies_beside_the_store_counts_as_its_size(folder: Path) -> None:
    with opened(str(folder / "feeds.yaml"), {}, lock=True) as app:
        app.store.library.set_meta("much", "x" * 300_000)
        log = (folder / "var/feeds.db-wal").stat().st_size
        said = found(folder)["store"].said
    assert log > 300_000
    assert int(said.partition(", ")[2].partition(" KiB")[0]) * 1024 > log - 1024


def test_db_06_a_flipped_page_is_found_however_large_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "CHECKED", 0)
    path = folder / "var/feeds.db"
    body = bytearray(path.read_bytes())
    body[4096:8192] = bytes(4096)
    path.write_bytes(body)
    finding = found(folder)["store"]
    assert (finding.level, "restore" in finding.remedy) == ("error", True)


def test_a_clock_that_went_back_is_found_by_the_store(folder: Path) -> None:
    connection = sqlite3.connect(folder / "var/feeds.db")
    values = ("2031-01-01 00:00:00.000000", "changed", "", "", "", "", "", "{}")
    columns = "at, kind, source_id, guid, story_id, rule, text, facts"
    connection.execute(f"INSERT INTO decisions ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.commit()
    connection.close()
    finding = found(folder)["clock"]
    assert (finding.level, "2031-01-01" in finding.said) == ("error", True)
    assert found(folder, SOURCE_DATE_EPOCH="1772366400")["clock"].level == "warning"


def test_secrets_that_others_may_read_are_found(folder: Path) -> None:
    file = folder / "feeds.yaml"
    file.write_text(CONFIG + SECRET)
    file.chmod(0o644)
    assert found(folder)["permissions"].level == "warning"
    assert "in-the-clear" not in "".join(f.said + f.remedy for f in found(folder).values())
    file.chmod(0o600)
    (folder / "var/feeds.db").chmod(0o644)
    assert "hashes of passwords" in found(folder)["permissions"].said
    (folder / "var/feeds.db").chmod(0o600)
    assert found(folder)["permissions"].level == "ok"


def test_too_few_files_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
    assert found(folder)["files"].remedy.startswith("allow 160")


def test_too_little_disk_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looked, "ROOM", 2**60)
    assert found(folder)["disk"].level == "warning"


def test_a_bad_configuration_does_not_hide_the_rest(folder: Path) -> None:
    (folder / "feeds.yaml").write_text("version: [\n")
    looked_at = found(folder)
    assert looked_at["configuration"].level == "error"
    assert looked_at["clock"].level == "ok"


@pytest.mark.parametrize(("answers", "level"), [(True, "ok"), (False, "warning")])
def test_hosts_are_looked_up_on_request(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answers: bool, level: str
) -> None:
    asked = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        if not answers:
            raise OSError(-2, "Name or service not known")
        return ["192.0.2.1"]

    monkeypatch.setattr(looked, "look_up", look_up)
    (folder / "feeds.yaml").write_text(CONFIG + SECRET)
    assert "dns" not in found(folder)
    assert asked == []
    dns = [f for f in doctor(str(folder / "feeds.yaml"), {}, online=True) if f.what == "dns"]
    assert [(f.level, "a.invalid" in f.said) for f in dns] == [(level, not answers)]
    assert asked == ["a.invalid"]


@pytest.mark.parametrize(
    ("refuses", "level"), [pytest.param("", "ok", id="there"), pytest.param("it is not there", "error", id="not there")]
)
def test_bucket_is_asked_for_only_online(
    folder: Path, monkeypatch: pytest.MonkeyPatch, refuses: str, level: str
) -> None:
    class Asked(Bucket):
        def tags(self) -> Iterator[tuple[str, str]]:
            if refuses:
                raise OutputError(self.name, refuses)
            return iter(())

    monkeypatch.setattr(looked, "bucket", lambda place: Asked(name=place.name))
    (folder / "feeds.yaml").write_text(CONFIG + "mirror: {bucket: copies}\n")
    assert "mirror" not in found(folder)
    said = [f for f in doctor(str(folder / "feeds.yaml"), {}, online=True) if f.what == "mirror"]
    assert [(f.level, refuses in f.said) for f in said] == [(level, True)]


def test_missing_library_of_the_bucket_is_warned_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "feeds.yaml").write_text(CONFIG + "mirror: {bucket: copies}\n")
    assert found(folder)["configuration"].level == "ok"
    monkeypatch.setattr("feeds.app.checks.find_spec", lambda name: None)
    assert "pip install 'feeds[s3]'" in found(folder)["configuration"].said


MOUNTS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / {0}/net rw - nfs4 server:/x rw
31 30 0:41 / {0}/net/near rw - tmpfs tmpfs rw
32 22 0:42 / {0}/with\\040blank rw - cifs //server/x rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        pytest.param("feeds.db", "", id="a disk"),
        pytest.param("net/feeds.db", "nfs4", id="a server's"),
        pytest.param("net/near/feeds.db", "", id="memory below it"),
        pytest.param("network/feeds.db", "", id="a name that begins alike"),
        pytest.param("with blank/feeds.db", "cifs", id="a blank in its name"),
    ],
)
def test_db_08_a_store_on_a_network_file_system_is_warned_of(tmp_path: Path, place: str, kind: str) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS.format(tmp_path.resolve()))
    assert guard.network(tmp_path / place, str(tmp_path / "mountinfo")) == kind


def test_db_08_the_warning_is_said_at_the_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "network", lambda path: "nfs4")
    with opened(str(folder / "feeds.yaml"), {}, lock=True) as app:
        assert "nfs4" in str(app.warnings)
    assert "nfs4" in found(folder)["store"].said
