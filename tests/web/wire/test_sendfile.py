"""Which bodies get a file, and for how long."""

import os
from pathlib import Path

import pytest

from feeds.net.accepted import Accepted
from feeds.web.wire.sendfile import KEPT, LARGE, LARGEST, OFTEN, Files
from tests.web.served import descriptors


def body(n: int = 0, length: int = LARGE) -> bytes:
    return bytes([n]) * length


def asked(files: Files, wanted: bytes, times: int = OFTEN) -> int | None:
    """Ask for it so often; return the last answer."""
    return [files.of(wanted) for _ in range(times)][-1]


@pytest.mark.parametrize(
    ("length", "times", "laid"),
    [
        pytest.param(LARGE, OFTEN, True, id="large and often"),
        pytest.param(LARGE, OFTEN - 1, False, id="not often"),
        pytest.param(LARGE - 1, OFTEN, False, id="small"),
        pytest.param(LARGEST, OFTEN, True, id="largest"),
        pytest.param(LARGEST + 1, OFTEN, False, id="too large"),
    ],
)
def test_what_gets_a_file(tmp_path: Path, length: int, times: int, laid: bool) -> None:
    files, wanted = Files(tmp_path, Accepted), body(7, length)
    number = asked(files, wanted, times)
    assert (number is not None) == laid
    if number is not None:
        assert os.pread(number, length + 1, 0) == wanted
    assert os.listdir(tmp_path) == []
    files.close()
    assert descriptors(tmp_path) == 0


def test_without_a_place_it_is_copied(tmp_path: Path) -> None:
    files, wanted = Files(tmp_path / "missing", Accepted), body()
    assert [files.of(wanted) for _ in range(3 * OFTEN)] == [None] * 3 * OFTEN


def test_files_are_few_and_the_oldest_goes(tmp_path: Path) -> None:
    files, bodies = Files(tmp_path, Accepted), [body(n) for n in range(KEPT + 1)]
    for each in bodies:
        asked(files, each)
    assert descriptors(tmp_path) == KEPT
    assert files.of(bodies[0]) is None
    last = files.of(bodies[-1])
    assert last is not None
    assert os.pread(last, 1, 0) == bytes([KEPT])
    files.close()


def test_what_nobody_asks_for_is_closed(tmp_path: Path) -> None:
    files, one, other = Files(tmp_path, Accepted), body(1), body(2)
    asked(files, one), asked(files, other)
    files.clear()
    files.of(one)
    files.clear()
    assert (files.of(one) is None, files.of(other)) == (False, None)
    files.close()


def test_a_body_in_the_place_of_another_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Identities are used again once nobody has the body; the file's is kept, so this cannot be: if it is, it is seen."""
    monkeypatch.setattr("feeds.web.wire.sendfile.id", lambda _: 1, raising=False)
    files, one, other = Files(tmp_path, Accepted), body(1), body(2)
    asked(files, one)
    number = asked(files, other)
    assert number is not None
    assert os.pread(number, 1, 0) == b"\x02"
    files.close()
    assert descriptors(tmp_path) == 0
