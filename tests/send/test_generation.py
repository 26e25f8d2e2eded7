"""The files of one channel as a set: whoever copies the folder can tell a whole set from half of one."""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import OutputError
from feeds.send.files import remover, writer
from feeds.send.generation import GENERATION, Generation, read
from tests.send.test_files import failing, files, rendition

NAMES = ("atom.xml", "rss.xml", "feed.json", "index.html")
OLD, NEW = ({name: word + name.encode() for name in NAMES} for word in (b"old ", b"new "))


def put(folder: Path, bodies: dict[str, bytes]) -> tuple[str, ...]:
    return writer(str(folder))([rendition(f"/tech/{name}", body) for name, body in bodies.items()])


def told(folder: Path) -> Generation:
    file = folder / "tech" / GENERATION
    return read(file.read_bytes()) if file.exists() else Generation()


def found(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (folder / "tech").iterdir() if p.name in NAMES}


def is_whole(folder: Path) -> bool:
    """What a mirror asks itself, as README says."""
    return {name: sha256(body).hexdigest() for name, body in found(folder).items()} == told(folder).files


def test_a_set_has_a_number_and_the_digest_of_each_file(tmp_path: Path) -> None:
    assert put(tmp_path, OLD) == tuple(f"/tech/{name}" for name in NAMES)
    said = json.loads((tmp_path / "tech" / GENERATION).read_bytes())
    assert said == {"generation": 1, "files": {name: sha256(OLD[name]).hexdigest() for name in NAMES}}


def test_pub_28_the_number_stays_while_nothing_changes_and_rises_by_one(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    before = (tmp_path / "tech" / GENERATION).stat()
    assert put(tmp_path, OLD) == ()
    after = (tmp_path / "tech" / GENERATION).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    put(tmp_path, {**OLD, "rss.xml": NEW["rss.xml"]})
    assert (told(tmp_path).number, is_whole(tmp_path)) == (2, True)


class Killed(BaseException):
    """A process that ends here and now."""


def killed_at(step: int, real: Callable[..., Any]) -> Callable[..., Any]:
    left = [step]

    def call(*args: Any, **named: Any) -> Any:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return real(*args, **named)

    return call


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_pub_28_killed_between_any_two_files_half_a_set_is_seen_and_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    mixed = 0
    for step in range(1000):
        folder = tmp_path / str(step)
        put(folder, OLD)
        with monkeypatch.context() as dying:
            dying.setattr(os, call, killed_at(step, getattr(os, call)))
            try:
                put(folder, NEW)
            except Killed:
                pass
            else:
                break
        here = found(folder)
        assert all(here[name] in (OLD[name], NEW[name]) for name in NAMES), "each file is whole"
        assert is_whole(folder) == (here == OLD or (here == NEW and told(folder).number == 2))
        mixed += here not in (OLD, NEW)
        put(folder, NEW)
        assert (found(folder), told(folder).number, is_whole(folder)) == (NEW, 2, True), "the next run finishes it"
    assert mixed >= len(NAMES) - 1
    assert step > len(NAMES), "the note is one of the steps"


def test_sets_of_one_folder_are_told_together(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    put(tmp_path, {"atom-2026-02.xml": b"a", "feed-2026-02.json": b"b"})
    assert (set(told(tmp_path).files), told(tmp_path).number) == ({*NAMES, "atom-2026-02.xml", "feed-2026-02.json"}, 2)


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: put(tmp_path, {f"atom-{n}.xml": b"a", f"rss-{n}.xml": b"b"}), range(40)))
    assert (told(tmp_path).number, len(told(tmp_path).files)) == (40, 80)


def test_a_file_that_stands_alone_is_a_set_without_a_note(tmp_path: Path) -> None:
    put(tmp_path, {"index.html": b"a story"})
    assert files(tmp_path) == {"tech/index.html": b"a story"}
    put(tmp_path, OLD)
    put(tmp_path, {"index.html": b"newer"})
    assert (told(tmp_path).number, is_whole(tmp_path)) == (2, True)


def test_what_is_taken_away_is_told_no_more(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    remover(str(tmp_path))(["/tech/rss.xml", "/tech/never.xml", "/other/never.xml"])
    assert (told(tmp_path).number, is_whole(tmp_path)) == (2, True)
    remover(str(tmp_path))([f"/tech/{name}" for name in NAMES])
    assert files(tmp_path) == {}
    assert not (tmp_path / "tech").exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"generation": "x", "files": {}}', b'{"generation": 1}',
                                  b'{"generation": 3, "files": {"a": 1}}', b"[" * 100_000])  # fmt: skip
def test_a_note_of_somebody_else_s_is_replaced(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "tech").mkdir()
    (tmp_path / "tech" / GENERATION).write_bytes(body)
    put(tmp_path, OLD)
    assert is_whole(tmp_path)


def test_pub_21_a_planted_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "tech").mkdir()
    (tmp_path / "secret").write_bytes(b'{"generation": 41, "files": {}}')
    (tmp_path / "tech" / GENERATION).symlink_to(tmp_path / "secret")
    put(tmp_path, OLD)
    assert (told(tmp_path).number, (tmp_path / "tech" / GENERATION).is_symlink()) == (1, False)
    assert (tmp_path / "secret").read_bytes() == b'{"generation": 41, "files": {}}'


def test_a_channel_may_have_a_file_of_that_name(tmp_path: Path) -> None:
    bodies = {"atom.xml": b"a", GENERATION: b"mine"}
    put(tmp_path, bodies)
    assert (tmp_path / "tech" / GENERATION).read_bytes() == b"mine"


def test_a_disk_that_fails_under_the_note_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, OLD)
    calls: list[Sequence[object]] = []
    real = os.replace

    def replace(*args: Any, **named: Any) -> None:
        calls.append(args)
        if args[1] == GENERATION:
            failing(28)()
        real(*args, **named)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OutputError, match="no space is left") as caught:
        put(tmp_path, NEW)
    assert caught.value.path.endswith(f"/tech/{GENERATION}")
    assert list((tmp_path / ".tmp").iterdir()) == []
