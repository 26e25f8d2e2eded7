"""A backup is whole or not there, holds no secret unless asked, and gives back what was."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.keeping.backup import backup, restore
from feeds.app.partners.usage import SALT
from feeds.errors import FeedsError, StoreDamaged, StoreError, StoreLocked, StoreTooNew, UsageError
from feeds.store import open_store
from feeds.store.database.transfer import secret_columns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENVIRON = {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
content:
  - {id: posts, path: site}
sources:  # one of them wants to know us
  - id: paid
    url: https://paid.example/feed
    enabled: false
    auth: {user: desk, password: pa55-in-the-clear}
    headers: {X-Key: key-in-the-clear}
  - id: other
    url: https://other.example/feed
    enabled: false
    auth: {token: '${file:token.txt}'}
"""
SECRETS = (b"pa55-in-the-clear", b"key-in-the-clear", b"token-in-a-file", b"ZGVzazpwYTU1")  # the last: as Basic
POST = "---\ntitle: {0}\ndate: 2026-01-01 10:00:00 +0000\n---\nWords of {0}.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "token.txt").write_text("token-in-a-file")
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    post(tmp_path, "First")
    run(tmp_path)
    return tmp_path


def post(folder: Path, title: str) -> None:
    (folder / "site" / f"{title}.md").write_text(POST.format(title))


def run(folder: Path) -> None:
    with opened(str(folder / "feeds.yaml"), ENVIRON, lock=True) as app:
        app.store.library.hasten([s.id for s in app.settings.sources], app.clock())
        passes.run_pass(app)


def stories(folder: Path) -> set[str]:
    with opened(str(folder / "feeds.yaml"), ENVIRON, lock=False) as app:
        return {story.lead.title for story in app.store.overview.export()}


def published(folder: Path) -> dict[str, bytes]:
    public = folder / "var/public"
    return {p.relative_to(public).as_posix(): p.read_bytes() for p in public.rglob("*") if p.is_file()}


def back(folder: Path, name: str = "desk.backup", secrets: bool = False, force: bool = False) -> Path:
    backup(str(folder / "feeds.yaml"), ENVIRON, folder / name, NOW, secrets=secrets, force=force)
    return folder / name


def again(folder: Path, archive: Path, *, force: bool = False) -> None:
    restore(str(folder / "feeds.yaml"), ENVIRON, archive, force=force)


def parts(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        found = {member.name: tar.extractfile(member) for member in tar}
        return {name: content.read() for name, content in found.items() if content}


def test_db_14_what_is_restored_publishes_what_it_published_then(folder: Path) -> None:
    then, archive = published(folder), back(folder)
    post(folder, "Second")
    run(folder)
    assert published(folder) != then
    later = published(folder)
    again(folder, archive, force=True)
    assert stories(folder) == {"First"}
    run(folder)  # the second post is found once more, and gets the id that it had
    assert published(folder) == later
    assert stories(folder) == {"First", "Second"}


def test_db_14_a_backup_while_another_writes_holds_one_moment(folder: Path) -> None:
    with opened(str(folder / "feeds.yaml"), ENVIRON, lock=True) as app:
        stop = threading.Event()
        writer = threading.Thread(target=write_pairs, args=(app, stop))
        writer.start()
        try:
            made = [back(folder, f"{n}.backup") for n in range(5)]
        finally:
            stop.set()
            writer.join()
    for archive in made:
        (folder / "found.db").write_bytes(parts(archive)["feeds.db"])
        with sqlite3.connect(folder / "found.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            one, other = (
                connection.execute("SELECT value FROM meta WHERE key = ?", k).fetchone() for k in (("a",), ("b",))
            )
        assert one == other


def write_pairs(app: App, stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        with app.store.library._db.write() as connection:
            for key in ("a", "b"):
                statement = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"
                connection.exec_driver_sql(statement, (key, str(number)))


def test_srv_33_secrets_are_left_out_unless_asked_for(folder: Path) -> None:
    connection = sqlite3.connect(folder / "var/feeds.db")  # as stores held sources once
    definition = connection.execute("SELECT definition FROM sources WHERE id = 'paid'").fetchone()[0]
    found = json.loads(definition)
    found.setdefault("options", {})["headers"] = {"X-Key": "key-in-the-clear", "Authorization": "token-in-a-file"}
    connection.execute("UPDATE sources SET definition = ? WHERE id = 'paid'", (json.dumps(found),))
    connection.commit()
    connection.close()
    bare, whole = parts(back(folder, "bare.backup")), parts(back(folder, "whole.backup", secrets=True))
    for body in bare.values():
        assert not [secret for secret in SECRETS if secret in body]
    assert SECRETS[0] in whole["feeds.yaml"]
    assert all(secret in whole["feeds.db"] for secret in (SECRETS[1], SECRETS[2]))
    assert b"sources:  # one of them wants to know us" in bare["feeds.yaml"]  # all else stands as it was
    assert b"${file:token.txt}" in bare["feeds.yaml"]
    assert [json.loads(p["manifest.json"])["secrets"] for p in (bare, whole)] == [False, True]


def test_srv_33_every_column_of_secrets_is_emptied(folder: Path) -> None:
    columns = secret_columns()
    assert {("users", "password"), ("subscriptions", "secret"), ("leases", "secret")} <= {*columns}
    connection = sqlite3.connect(folder / "var/feeds.db")
    for name, secret in columns:
        filled = {
            row[1]: f"{name}-secret" if row[1] == secret else "1"
            for row in connection.execute(f"PRAGMA table_info({name})")
        }
        places = ", ".join("?" * len(filled))
        connection.execute(f"INSERT INTO {name} ({', '.join(filled)}) VALUES ({places})", [*filled.values()])
    connection.commit()
    connection.close()
    bare, whole = (
        parts(back(folder, "bare.backup"))["feeds.db"],
        parts(back(folder, "whole.backup", secrets=True))["feeds.db"],
    )
    assert all(f"{name}-secret".encode() in whole for name, _ in columns)
    assert not [name for name, _ in columns if f"{name}-secret".encode() in bare]


def test_srv_33_the_salt_of_the_day_is_left_out(folder: Path) -> None:
    salt = "5a17" * 16
    with opened(str(folder / "feeds.yaml"), ENVIRON, lock=True) as app:
        app.store.library.set_meta(SALT, f"2026-03-01 {salt}")
    bare, whole = (
        parts(back(folder, f"{name}.backup", secrets=name == "whole"))["feeds.db"] for name in ("bare", "whole")
    )
    assert (salt.encode() in bare, salt.encode() in whole) == (False, True)


def test_a_backup_is_for_its_owner_alone(folder: Path) -> None:
    assert back(folder).stat().st_mode & 0o777 == 0o600


def test_equal_stores_give_equal_bytes(folder: Path) -> None:
    twin = shutil.copytree(folder, folder / "twin")
    assert back(folder).read_bytes() == back(twin).read_bytes()


def test_the_audit_log_tells_of_backups_and_what_was_put_back(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, first = str(folder / "feeds.yaml"), folder / "first.backup"
    backup(file, ENVIRON, first, NOW, secrets=True, who="kim")
    restore(file, ENVIRON, first, force=True, who="lee")
    with opened(file, ENVIRON, lock=True) as app:
        (line,) = app.store.staff.audit(9)
    assert (line.who, line.client, line.action, line.what) == ("lee", "cli", "restore", "first.backup")
    assert line.detail == f"as of {NOW.isoformat()}", "made before its own line was written"
    backup(file, ENVIRON, folder / "second.backup", NOW, who="kim")
    with opened(file, ENVIRON, lock=True) as app:
        assert [(line.who, line.action, line.detail) for line in app.store.staff.audit(1)] == [
            ("kim", "backup", "without secrets")
        ]

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("feeds.app.keeping.backup.open_store", refuse)
    backup(file, ENVIRON, folder / "third.backup", NOW)
    assert (folder / "third.backup").exists(), "it was made all the same"
    assert "not in the audit log action=backup" in caplog.text


def test_a_file_is_replaced_only_by_force(folder: Path) -> None:
    (folder / "desk.backup").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        back(folder)
    assert (folder / "desk.backup").read_text() == "mine"
    assert tarfile.is_tarfile(back(folder, force=True))


def test_a_store_is_replaced_only_by_force_and_kept(folder: Path) -> None:
    archive = back(folder)
    post(folder, "Second")
    run(folder)
    with pytest.raises(StoreError, match="--force"):
        again(folder, archive)
    assert stories(folder) == {"First", "Second"}
    again(folder, archive, force=True)
    kept = open_store(f"sqlite:///{folder}/var/feeds.db.replaced", lock=False)
    assert kept.overview.totals().stories == 2
    kept.close()


def test_a_damaged_store_is_replaced_too(folder: Path) -> None:
    archive = back(folder)
    (folder / "var/feeds.db").write_bytes(b"nothing that SQLite knows" * 99)
    again(folder, archive, force=True)
    assert stories(folder) == {"First"}
    assert (folder / "var/feeds.db.replaced").read_bytes().startswith(b"nothing")


def test_a_store_that_is_worked_on_is_not_replaced(folder: Path) -> None:
    archive = back(folder)
    with opened(str(folder / "feeds.yaml"), ENVIRON, lock=True), pytest.raises(StoreLocked):
        again(folder, archive, force=True)
    assert stories(folder) == {"First"}


def test_a_missing_store_and_configuration_come_back(folder: Path) -> None:
    archive = back(folder, secrets=True)
    (folder / "feeds.yaml").unlink()
    for file in (folder / "var").glob("feeds.db*"):
        file.unlink()
    again(folder, archive)
    assert (folder / "feeds.yaml").read_text() == CONFIG
    assert stories(folder) == {"First"}


def test_a_configuration_that_differs_stays(folder: Path) -> None:
    archive = back(folder, secrets=True)
    (folder / "feeds.yaml").write_text(CONFIG + "# later\n")
    again(folder, archive, force=True)
    assert (folder / "feeds.yaml").read_text().endswith("# later\n")
    assert (folder / "feeds.yaml.restored").read_text() == CONFIG


def test_what_was_left_out_of_a_configuration_is_named_with_its_line(folder: Path) -> None:
    archive = back(folder)
    (folder / "feeds.yaml").unlink()
    found = restore(str(folder / "feeds.yaml"), ENVIRON, archive, force=True)
    said = "\n".join(map(str, found.missing))
    assert "feeds.yaml:9:" in said
    assert "LEFT_OUT_OF_BACKUP" in said


def test_a_machine_without_the_posts_gets_the_store_back(folder: Path, tmp_path: Path) -> None:
    archive, fresh = back(folder, secrets=True), tmp_path / "fresh"
    fresh.mkdir()
    found = restore(str(fresh / "feeds.yaml"), ENVIRON, archive)
    assert any("no folder" in fault.message for fault in found.missing)
    assert (fresh / "feeds.yaml").read_text() == CONFIG
    (fresh / "site").mkdir()
    (fresh / "token.txt").write_text("token-in-a-file")
    assert stories(fresh) == {"First"}


def test_a_configuration_without_a_place_for_the_store_stops_a_restore(folder: Path) -> None:
    archive = back(folder)
    (folder / "feeds.yaml").write_text(CONFIG + "store: 7\n")
    with pytest.raises(FeedsError, match="store"):
        again(folder, archive, force=True)
    assert not (folder / "feeds.yaml.restored").exists()


@pytest.mark.parametrize("cut", [0, 10, 0.5, -500], ids=["empty", "head", "half", "tail"])
def test_a_cut_archive_is_refused_and_nothing_is_touched(folder: Path, cut: float) -> None:
    archive = back(folder)
    body = archive.read_bytes()
    archive.write_bytes(body[: int(cut * len(body)) if isinstance(cut, float) else cut])
    with pytest.raises(StoreDamaged):
        again(folder, archive, force=True)
    assert stories(folder) == {"First"}
    assert not list(folder.rglob(".*.part"))


def test_an_archive_with_another_store_in_it_is_refused(folder: Path) -> None:
    archive = back(folder)
    found = parts(archive) | {"feeds.db": b"SQLite format 3\x00" + bytes(4096)}
    rewritten(archive, found)
    with pytest.raises(StoreDamaged, match="not what was written"):
        again(folder, archive, force=True)


def test_db_05_a_backup_of_a_newer_version_is_refused(folder: Path) -> None:
    with sqlite3.connect(folder / "var/feeds.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreTooNew):
        back(folder)
    assert not (folder / "desk.backup").exists()


def rewritten(archive: Path, found: dict[str, bytes]) -> None:
    place = archive.parent / "unpacked"
    place.mkdir()
    with tarfile.open(archive, "w:gz") as tar:
        for name, body in found.items():
            (place / name).write_bytes(body)
            tar.add(place / name, name)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from feeds.app.keeping import backup
name, which, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
calls = 0
def kill(*args, real=getattr(backup, name) if hasattr(backup, name) else getattr(os, name), **more):
    global calls
    calls += 1
    if calls == which:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **more)
setattr(backup if hasattr(backup, name) else os, name, kill)
environ = {"SOURCE_DATE_EPOCH": "1772366400"}
if sys.argv[4] == "backup":
    backup.backup(str(folder / "feeds.yaml"), environ, folder / "desk.backup", datetime(2026, 3, 1, 12, tzinfo=UTC))
else:
    backup.restore(str(folder / "feeds.yaml"), environ, folder / "desk.backup", force=True)
"""
STEPS = [
    ("backup", "copy_store", 1), ("backup", "seal", 1), ("backup", "_pack", 1), ("backup", "fsync", 1),
    ("backup", "replace", 1), ("backup", "_settle", 1),
    ("restore", "_copy", 1), ("restore", "_copy", 3), ("restore", "seal", 1), ("restore", "link", 1),
    ("restore", "unlink", 1), ("restore", "replace", 1), ("restore", "fsync", 4),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "step", "time"), STEPS, ids=[f"{v} {s} {t}" for v, s, t in STEPS])
def test_a_kill_leaves_whole_files_and_the_next_run_finishes(folder: Path, verb: str, step: str, time: int) -> None:
    if verb == "restore":
        back(folder)
    words = [sys.executable, "-c", KILLED, step, str(time), str(folder), verb]
    root = Path(__file__).parents[3]
    died = subprocess.run(words, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    archive = folder / "desk.backup"
    assert stories(folder) == {"First"}
    if archive.exists():
        assert set(parts(archive)) == {"manifest.json", "feeds.yaml", "feeds.db"}
    if verb == "backup":
        back(folder, force=True)
    again(folder, archive, force=True)
    assert stories(folder) == {"First"}
    assert not list(folder.rglob(".*.part"))
