"""The output folder: whole files or none, nothing outside of it, nothing touched in vain."""

import errno
import os
import stat
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import OutputError
from feeds.model.channel import Rendition
from feeds.model.picture import Hung
from feeds.send.files import STALE, remover, writer
from tests.render.samples import NOON


def rendition(path: str, *pieces: bytes) -> Rendition:
    return Rendition(
        channel_id="all",
        format="atom",
        path=path,
        media_type="application/atom+xml",
        pieces=pieces or (b"new",),
        etag="",
        updated=NOON,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_writes_what_it_is_given_and_says_so(tmp_path: Path) -> None:
    written = writer(str(tmp_path / "out"))([rendition("/atom.xml"), rendition("/기술/rss.xml", b"")])
    assert written == ("/atom.xml", "/기술/rss.xml")
    assert files(tmp_path / "out") == {"atom.xml": b"new", "기술/rss.xml": b""}


def test_a_body_in_many_pieces_is_one_file(tmp_path: Path) -> None:
    pieces = [bytes([n % 251]) * (n % 5) for n in range(2000)]
    write = writer(str(tmp_path))
    assert write([rendition("/a.xml", *pieces)]) == ("/a.xml",)
    assert files(tmp_path) == {"a.xml": b"".join(pieces)}
    assert write([rendition("/a.xml", b"".join(pieces))]) == (), "however it is cut"
    pieces[1999] = b"?" * len(pieces[1999])
    assert write([rendition("/a.xml", *pieces)]) == ("/a.xml",)


def test_assets_are_written_beside_the_documents(tmp_path: Path) -> None:
    write = writer(str(tmp_path), {"/static/style.css": b"a{}"})
    assert write([rendition("/a.xml")]) == ("/static/style.css", "/a.xml")
    assert write([rendition("/a.xml", b"newer")]) == ("/a.xml",)


def test_pub_26_equal_bytes_leave_the_file_untouched(tmp_path: Path) -> None:
    write = writer(str(tmp_path))
    write([rendition("/a.xml"), rendition("/b.xml")])
    os.utime(tmp_path / "a.xml", ns=(1, 1))
    before = (tmp_path / "a.xml").stat()
    assert write([rendition("/a.xml"), rendition("/b.xml", b"now")]) == ("/b.xml",)
    after = (tmp_path / "a.xml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_pub_18_equal_size_is_not_equal_bytes(tmp_path: Path) -> None:
    write = writer(str(tmp_path))
    write([rendition("/a.xml", b"old")])
    assert write([rendition("/a.xml", b"new")]) == ("/a.xml",)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_pub_27_modes_do_not_follow_the_umask(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        writer(str(tmp_path / "out"))([rendition("/x/y/a.xml")])
    finally:
        os.umask(old)
    assert [mode(tmp_path / "out" / p) for p in (".", "x", "x/y", "x/y/a.xml")] == [0o755, 0o755, 0o755, 0o644]


def test_pub_29_temporaries_are_for_us_alone(tmp_path: Path) -> None:
    writer(str(tmp_path))([rendition("/a.xml")])
    assert mode(tmp_path / ".tmp") == 0o700
    assert list((tmp_path / ".tmp").iterdir()) == []


@pytest.mark.parametrize("call", ["writev", "fsync", "replace", "fchmod"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=lambda code: errno.errorcode[code])
def test_pub_08_pub_10_a_failing_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    write = writer(str(tmp_path))
    write([rendition("/a.xml", b"old")])
    with monkeypatch.context() as broken:
        broken.setattr(os, call, failing(code))
        with pytest.raises(OutputError, match="disk") as caught:
            write([rendition("/a.xml", b"new")])
    assert caught.value.path.startswith(str(tmp_path))
    assert files(tmp_path) == {"a.xml": b"old"}
    assert write([rendition("/a.xml", b"new")]) == ("/a.xml",), "the next run repairs"


@pytest.mark.parametrize("room", range(0, 9, 2))
def test_pub_08_disk_full_at_any_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    write = writer(str(tmp_path))
    write([rendition("/a.xml", b"old")])
    left = [room]
    real = os.write

    def small(file: int, data: Sequence[bytes]) -> int:
        if not left[0]:
            failing(errno.ENOSPC)()
        count = real(file, b"".join(data)[: min(2, left[0])])  # short writes are legal, too
        left[0] -= count
        return count

    monkeypatch.setattr(os, "writev", small)
    if room < 8:
        with pytest.raises(OutputError, match="no space"):
            write([rendition("/a.xml", b"123", b"", b"45678")])
        assert files(tmp_path) == {"a.xml": b"old"}
    else:
        write([rendition("/a.xml", b"123", b"", b"45678")])
        assert files(tmp_path) == {"a.xml": b"12345678"}


def test_pub_14_file_is_synced_before_its_name_and_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = writer(str(tmp_path))
    calls: list[str] = []
    sync, move = os.fsync, os.replace

    def synced(file: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(file).st_mode) else "file")
        sync(file)

    def renamed(old: str, new: str, **places: Any) -> None:
        calls.append("rename")
        move(old, new, **places)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    write([rendition("/a.xml")])
    assert calls == ["file", "rename", "folder"]


@pytest.mark.parametrize(
    "path",
    ["/../a.xml", "/x/../../a.xml", "//etc/passwd", "/", "", "/x//a.xml", "/./a", "/a\0b", "/a\\b", "/a\nb", "/.tmp/a"],
    ids=repr,
)
def test_pub_01_no_path_leads_out(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "out"
    for act in (lambda: writer(str(folder))([rendition(path)]), lambda: remover(str(folder))([path])):
        with pytest.raises(OutputError, match="no path for a published file"):
            act()
    assert files(tmp_path) == {}


def test_too_long_a_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="more than 255 bytes"):
        writer(str(tmp_path))([rendition(f"/{'가' * 86}/a.xml")])
    assert writer(str(tmp_path))([rendition(f"/{'가' * 85}/a.xml")])


def test_pub_21_linked_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "x").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="link"):
        writer(str(tmp_path / "out"))([rendition("/x/a.xml")])
    (tmp_path / "elsewhere" / "a.xml").write_bytes(b"theirs")
    with pytest.raises(OutputError, match="link"):
        remover(str(tmp_path / "out"))(["/x/a.xml"])
    assert files(tmp_path / "elsewhere") == {"a.xml": b"theirs"}


def test_pub_21_linked_temporary_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / ".tmp").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="link"):
        writer(str(tmp_path / "out"))


@pytest.mark.parametrize("body", [b"secret", b"other"], ids=["even with these bytes", "other bytes"])
def test_pub_21_linked_file_is_replaced_not_written_through(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.xml").symlink_to(tmp_path / "secret")
    assert writer(str(tmp_path / "out"))([rendition("/a.xml", body)]) == ("/a.xml",)
    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert not (tmp_path / "out" / "a.xml").is_symlink()


def test_pub_21_fifo_is_replaced_and_folder_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xml")
    (tmp_path / "b.xml").mkdir()
    write = writer(str(tmp_path))
    assert write([rendition("/a.xml")]) == ("/a.xml",)
    with pytest.raises(OutputError, match="is a folder where a file must be"):
        write([rendition("/b.xml")])


def test_output_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    writer(str(tmp_path / "out"))([rendition("/a.xml")])
    assert files(tmp_path / "disk") == {"a.xml": b"new"}


def test_pub_11_a_file_in_the_folders_place_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(OutputError, match="is a file where a folder must be") as caught:
        writer(str(tmp_path / "out"))
    assert caught.value.path == str(tmp_path / "out")


@pytest.mark.parametrize(
    ("code", "words"), [(errno.EROFS, "read-only"), (errno.EACCES, "no permission")], ids=["read-only", "wrong owner"]
)
def test_pub_11_what_cannot_be_written_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    writer(str(tmp_path))
    real = os.open

    def refusing(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_CREAT:
            failing(code)()
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(OutputError, match=words):
        writer(str(tmp_path))


def test_pub_11_folder_that_vanished_is_not_made_anew(tmp_path: Path) -> None:
    write = writer(str(tmp_path / "out"))
    (tmp_path / "out" / ".tmp").rmdir()
    (tmp_path / "out").rmdir()
    with pytest.raises(OutputError, match="not there"):
        write([rendition("/a.xml")])
    assert not (tmp_path / "out").exists()


def test_pub_12_other_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = writer(str(tmp_path))
    monkeypatch.setattr(os, "replace", failing(errno.EXDEV))
    with pytest.raises(OutputError, match="another disk"):
        write([rendition("/a.xml")])


def test_pub_16_only_our_own_old_leftovers_are_swept(tmp_path: Path) -> None:
    beside = tmp_path / ".tmp"
    beside.mkdir()
    long_ago = time.time() - STALE - 60
    for name in ("feeds-1.part", "feeds-2.part", "theirs.part", "feeds-notes.txt"):
        (beside / name).write_bytes(b"")
        if name != "feeds-2.part":
            os.utime(beside / name, (long_ago, long_ago))
    writer(str(tmp_path))
    assert {p.name for p in beside.iterdir()} == {"feeds-2.part", "theirs.part", "feeds-notes.txt"}


def test_fm_24_hangul_names_are_nfc(tmp_path: Path) -> None:
    spread = unicodedata.normalize("NFD", "/기술/피드.xml")
    writer(str(tmp_path))([rendition(spread)])
    assert files(tmp_path) == {"기술/피드.xml": b"new"}
    remover(str(tmp_path))([spread])
    assert files(tmp_path) == {}


def test_remove_takes_files_and_the_folders_they_leave_empty(tmp_path: Path) -> None:
    writer(str(tmp_path))([rendition("/x/y/a.xml"), rendition("/x/b.xml")])
    remove: Callable[[Sequence[str]], None] = remover(str(tmp_path))
    remove(["/x/y/a.xml", "/x/y/never.xml", "/z/never.xml"])
    assert files(tmp_path) == {"x/b.xml": b"new"}
    assert not (tmp_path / "x" / "y").exists()
    remove(["/x/b.xml"])
    assert [p.name for p in tmp_path.iterdir()] == [".tmp"]


def test_remove_does_not_take_what_others_put_there(tmp_path: Path) -> None:
    writer(str(tmp_path))([rendition("/x/a.xml")])
    (tmp_path / "x" / "robots.txt").write_bytes(b"theirs")
    remover(str(tmp_path))(["/x/a.xml"])
    assert files(tmp_path) == {"x/robots.txt": b"theirs"}


class Tape(Sequence[bytes]):
    """A recording of single bytes, which counts what is read of it, and fails at *torn*."""

    def __init__(self, body: bytes, torn: int = -1) -> None:
        self.body, self.torn, self.reads = body, torn, 0

    def __len__(self) -> int:
        return len(self.body)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError
        if place == self.torn:
            raise OSError("it changed since it was looked at")
        self.reads += 1
        return self.body[place : place + 1]


def recording(tape: Tape, modified: int = 1) -> Hung:
    return Hung(path="/a.mp3", media_type="audio/mpeg", pieces=tape, stamp=(modified, len(tape)))


def test_a_recording_that_is_as_it_was_is_not_read_again(tmp_path: Path) -> None:
    write, first = writer(str(tmp_path / "out")), Tape(b"sound")
    assert write([recording(first)]) == ("/a.mp3",)
    file = tmp_path / "out/a.mp3"
    assert (file.read_bytes(), first.reads) == (b"sound", 5)
    assert write([recording(first)]) == ()
    assert first.reads == 5
    assert write([recording(first, modified=2)]) == ()
    assert first.reads == 10, "another date, the same bytes"
    assert write([recording(Tape(b"other"), modified=3)]) == ("/a.mp3",)
    assert file.read_bytes() == b"other"
    file.write_bytes(b"theirs")
    assert write([recording(Tape(b"other"), modified=3)]) == ("/a.mp3",)
    assert writer(str(tmp_path / "out"))([recording(Tape(b"other"), modified=3)]) == (), "by another process: compared"


def test_pub_08_a_recording_that_changes_while_it_is_written_leaves_the_old_file(tmp_path: Path) -> None:
    write = writer(str(tmp_path / "out"))
    write([recording(Tape(b"sound"))])
    with pytest.raises(OutputError, match="it changed since it was looked at"):
        write([recording(Tape(b"longer sound", torn=7), modified=2)])
    assert (tmp_path / "out/a.mp3").read_bytes() == b"sound"
    assert list((tmp_path / "out/.tmp").iterdir()) == []
